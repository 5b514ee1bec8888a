import { type Case, run } from './series.ts';

/** Every hour from hour 0, `n` times, then `last` just before the day is over. */
const hourly = (n: number, value: number, ...last: readonly string[]) =>
  [...Array.from({ length: n }, (_, k) => `${k * 60} ${value}`), ...last].join(', ');

const day = (metric: string, bad: number, near: number, good: number): Case => ({
  opens: { [metric]: hourly(25, bad) },
  not: { [metric]: hourly(24, bad, `1439 ${near}`) },
  clears: { [metric]: `1500 ${good}` },
});

/** Devices themselves, and what a lift says of itself beside its service. */
export const deviceCases: Readonly<Record<string, Case>> = {
  'device-battery-low': day('battery_pct', 20, 21, 31),
  'device-battery-volts': {
    attributes: { battery_low_v: 2.9 },
    ...day('battery_v', 2.9, 2.91, 3.1),
  },
  'device-signal': day('rssi_dbm', -116, -115, -111),
  'device-noise': day('snr_db', -16, -15, -11),
  'device-link': day('link_quality', 19, 20, 26),
  'device-frames-lost': {
    opens: { loss_pct: '0 31' },
    not: { loss_pct: '0 30' },
    clears: { loss_pct: '1440 24' },
  },
  'device-clock': {
    opens: { clock_skew_s: '0 301' },
    not: { clock_skew_s: '0 300, 60 -86400' },
    clears: { clock_skew_s: '60 2' },
  },
  'device-tamper': {
    opens: { tamper: '0 true' },
    not: { tamper: '0 false' },
    clears: { tamper: '3 false' },
  },
  'lift-alarm-test-failed': {
    opens: { alarm_test_ok: '0 false' },
    not: { alarm_test_ok: '0 true' },
    clears: { alarm_test_ok: '60 true' },
  },
  'lift-door-noise': {
    opens: { door_db: run(0, 5, 65.1) },
    not: { door_db: run(0, 16, 65, 66, 66, 66, 66) },
    clears: { door_db: run(10, 20, 60) },
  },
  'lift-machine-room': {
    opens: { machine_room_c: '0 41, 60 4' },
    not: { machine_room_c: '0 41, 60 40, 120 41' },
    clears: { machine_room_c: '120 30' },
  },
};
