import { type Case, night, run, steady } from './series.ts';

/** A flag with the same hold at its end, minutes. */
const flag = (metric: string, hold: number): Case => ({
  opens: { [metric]: '0 true' },
  not: { [metric]: `0 true, ${hold - 0.1} false` },
  stays: { [metric]: `${hold + 4} false, ${2 * hold + 3.9} true` },
  clears: { [metric]: `${hold + 4} false` },
});

const fence = (hold: number): Case => ({
  attributes: { commissioned_kv: 6 },
  opens: { fence_kv: run(0, hold, 4.1) },
  // 70 % of six is not yet a breach, and one good pulse ends it.
  not: { fence_kv: `${run(0, hold - 1, 4.1)}, ${hold - 0.1} 4.2, ${hold + 9} 4.2` },
  // 77 % of six is 4.62 kV.
  stays: { fence_kv: `${run(hold + 2, 12, 4.6)}, ${run(hold + 14, 9, 5)}, ${hold + 23} 4.1` },
  clears: { fence_kv: run(hold + 2, 12, 4.65) },
});

/** Unit doors, the perimeter, cameras, fire doors and escape routes, street and notice-board lamps. */
export const accessCases: Readonly<Record<string, Case>> = {
  'gate-forced': {
    opens: { forced: '0 true' },
    not: { forced: '0 false' },
    clears: { forced: '3 false' },
    stays: { forced: '8 false, 8.15 true' },
  },
  'unit-door-held-open': {
    touchpoint: 'TP21',
    opens: { door: '0 closed, 1 open' },
    not: { door: '0 closed, 1 open, 1.9 closed' },
    clears: { door: '4 closed' },
    stays: { door: '8 closed, 8.15 open' },
  },
  'unit-door-held-open-long': {
    touchpoint: 'TP21',
    opens: { door: '0 open, 5 open' },
    not: { door: '0 open, 4.9 closed' },
    clears: { door: '9 closed' },
    stays: { door: '8 closed, 8.15 open' },
  },
  'unit-door-held-open-night': {
    touchpoint: 'TP21',
    from: night,
    opens: { door: '0 open' },
    not: { door: '0 closed, 1 open, 1.9 closed' },
    clears: { door: '400 closed' },
    stays: { door: '400 closed, 400.15 open' },
  },
  'unit-door-fault': { touchpoint: 'TP21', ...flag('fault', 1) },
  'fence-voltage-weak': fence(10),
  'fence-voltage-drop': {
    // Not commissioned: 4 kV.
    opens: { fence_kv: '0 6, 1 3.9' },
    not: { fence_kv: '0 3.9, 0.05 4.1, 1 4' },
    stays: { fence_kv: '4 4.39, 10 4.39, 12 5, 12.9 3.9' },
    clears: { fence_kv: '4 4.41' },
  },
  'fence-voltage-high': {
    opens: { fence_kv: run(0, 10, 10.1) },
    not: { fence_kv: run(0, 9, 10.1, 10, 10, 10) },
    stays: { fence_kv: `${run(12, 15, 9.6)}, ${run(27, 10, 9)}, 36.9 10.1` },
    clears: { fence_kv: run(12, 10, 9.4) },
  },
  'beam-blocked': flag('blocked', 1),
  'perimeter-nuisance': {
    opens: { alarm: '0 true, 1 false, 12 true, 13 false, 24 true, 25 true, 59 true' },
    // Four in the hour before the last one: the first is just too old.
    not: { alarm: '0 true, 1 false, 12 true, 24 true, 36 true, 60 true' },
    clears: { alarm: '130 false' },
  },
  'perimeter-fault': flag('fault', 1),
  'perimeter-test-failed': {
    opens: { test_ok: '0 false' },
    not: { test_ok: '0 true, 1440 true' },
    clears: { test_ok: '60 true' },
  },
  'perimeter-alarm': {
    opens: { alarm: '0 true' },
    not: { alarm: '0 false' },
    clears: { alarm: '3 false' },
    stays: { alarm: '8 false, 8.15 true' },
  },
  'perimeter-mains-lost': {
    opens: { mains: '0 true, 1 false, 5 false' },
    not: { mains: '0 false, 4.9 true' },
    clears: { mains: '10 true, 14 true' },
    stays: { mains: '10 true, 14.9 false' },
  },
  'perimeter-battery-low': {
    opens: { battery_v: '0 11.4, 60 11.4' },
    not: { battery_v: '0 11.4, 60 11.5, 120 11.4' },
    clears: { battery_v: '120 12.1' },
    stays: { battery_v: '120 11.9' },
  },
  'camera-not-recording': {
    opens: { recording: '0 true, 1 false, 10 false' },
    not: { recording: '0 false, 9.9 true' },
    clears: { recording: '14 true, 16 true' },
    stays: { recording: '14 true, 14.9 false' },
  },
  'camera-fault': flag('fault', 1),
  'fire-lane-occupied': {
    opens: { occupied: '0 true, 9 true' },
    not: { occupied: '0 true, 9.9 false' },
    clears: { occupied: '15 false, 19 false' },
    stays: { occupied: '15 false, 19.9 true' },
  },
  'fire-door-open': {
    opens: { door: '0 open', hold_open: '0 false' },
    // Held by its magnet it may stand open.
    not: { door: '0 closed, 1 open, 1.9 closed, 3 open', hold_open: '0 false, 2 true' },
    clears: { door: '4 closed' },
    stays: { door: '8 closed, 8.15 open' },
  },
  'fire-door-open-long': {
    opens: { door: '0 open, 5 open' },
    not: { door: '0 open, 4.9 closed' },
    clears: { door: '9 closed' },
    stays: { door: '8 closed, 8.15 open' },
  },
  'fire-door-left-open': {
    opens: { door: '0 open, 29 open', hold_open: '0 false' },
    not: { door: '0 open', hold_open: '0 false, 29.9 true' },
    clears: { hold_open: '40 true' },
    stays: { door: '40 closed, 40.15 open' },
  },
  'fire-door-open-in-alarm': {
    opens: { door: '0 open', fire_alarm: '0 false, 5 true' },
    not: { door: '0 open, 5.9 closed', fire_alarm: '0 false, 5 true' },
    clears: { door: '9 closed' },
    stays: { door: '8 closed, 8.15 open' },
  },
  'passage-obstructed': {
    attributes: { empty_cm: 200 },
    opens: { clear_cm: '0 179, 9 150' },
    not: { clear_cm: '0 179, 9.9 180, 20 180' },
    clears: { clear_cm: '15 199, 19 200' },
    stays: { clear_cm: '15 199, 19.9 179' },
  },
  'board-light-out': {
    touchpoint: 'TP07',
    attributes: { rated_w: 20 },
    from: night,
    opens: { power_w: '0 1.95, 9 1' },
    // By day it may be dark.
    not: [{ power_w: '0 1, 9.9 2, 20 2' }, { power_w: steady(600, 660, 1) }],
    stays: { power_w: '12 19, 21.9 1' },
    clears: { power_w: '20 19, 29 19' },
  },
  'lamp-fault': {
    opens: { fault: '0 true, 9 true' },
    not: { fault: '0 true, 9.9 false' },
    clears: { fault: '20 false, 29 false' },
    stays: { fault: '20 false, 29.9 true' },
  },
  'lamp-power-high': {
    attributes: { rated_w: 50 },
    opens: { power_w: steady(0, 30, 61), commanded: steady(0, 30, true) },
    not: [
      { power_w: `${steady(0, 20, 61)}, 29.9 60`, commanded: steady(0, 50, true) },
      { power_w: steady(0, 50, 61), commanded: steady(0, 50, false) },
    ],
    clears: { power_w: steady(40, 80, 50), commanded: steady(40, 80, true) },
    stays: { power_w: `${steady(40, 60, 50)}, 69.9 61`, commanded: steady(40, 70, true) },
  },
  'lamp-power-low': {
    attributes: { rated_w: 50 },
    opens: { power_w: `0 5, ${steady(10, 30, 29)}`, commanded: steady(0, 30, true) },
    // Under a tenth the lamp is out: another rule.
    not: [
      { power_w: `${steady(0, 20, 29)}, 29.9 30`, commanded: steady(0, 50, true) },
      { power_w: steady(0, 50, 4.9), commanded: steady(0, 50, true) },
      { power_w: steady(0, 50, 29), commanded: steady(0, 50, false) },
    ],
    clears: { power_w: steady(40, 80, 50), commanded: steady(40, 80, true) },
    stays: { power_w: `${steady(40, 60, 50)}, 69.9 29`, commanded: steady(40, 70, true) },
  },
};
