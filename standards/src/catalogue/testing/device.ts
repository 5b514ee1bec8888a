import { type Case, run } from './series.ts';

/** Every hour from hour 0, `n` times, then `last` just before the day is over. */
const hourly = (n: number, value: number, ...last: readonly string[]) =>
  [...Array.from({ length: n }, (_, k) => `${k * 60} ${value}`), ...last].join(', ');

const day = (metric: string, bad: number, near: number, close: number, good: number): Case => ({
  opens: { [metric]: hourly(25, bad) },
  not: { [metric]: hourly(24, bad, `1439 ${near}`) },
  stays: { [metric]: `1500 ${close}` },
  clears: { [metric]: `1500 ${good}` },
});

/** Devices themselves, and what a lift says of itself beside its service. */
export const deviceCases: Readonly<Record<string, Case>> = {
  'device-battery-low': day('battery_pct', 20, 20.5, 30, 30.5),
  'device-battery-volts': {
    attributes: { battery_low_v: 2.9 },
    ...day('battery_v', 2.9, 2.91, 3, 3.01),
  },
  'device-signal': day('rssi_dbm', -116, -115, -112, -111),
  'device-noise': day('snr_db', -15.5, -15, -12, -11.5),
  'device-link': day('link_quality', 19.5, 20, 25, 25.5),
  'device-frames-lost': {
    opens: { loss_pct: '0 31' },
    not: { loss_pct: '0 30' },
    stays: { loss_pct: '1440 25' },
    clears: { loss_pct: '1440 24.5' },
  },
  'device-clock': {
    opens: { clock_skew_s: '0 301' },
    not: { clock_skew_s: '0 300, 60 -86400' },
    stays: { clock_skew_s: '60 61, 120 -3601' },
    clears: { clock_skew_s: '60 60' },
  },
  'device-tamper': {
    opens: { tamper: '0 true' },
    not: { tamper: '0 false' },
    stays: { tamper: '3 false, 3.15 true' },
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
    stays: { door_db: `${run(10, 20, 64)}, ${run(30, 15, 60)}` },
    clears: { door_db: run(10, 16, 62.9) },
  },
  'lift-machine-room': {
    opens: { machine_room_c: '0 40.1, 60 4.9' },
    not: [{ machine_room_c: '0 41, 60 40, 120 41' }, { machine_room_c: '0 5, 60 5' }],
    stays: { machine_room_c: '120 5.9, 180 39.1' },
    clears: { machine_room_c: '120 39' },
  },
};
