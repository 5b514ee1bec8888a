import { type Case, night, run, steady } from './series.ts';

const flow = { flow_m3h: steady(0, 200, 40) };
const pool = (metric: string, good: number, bad: number, near: number, hold: number): Case => ({
  opens: { ...flow, [metric]: steady(0, hold, bad) },
  not: { ...flow, [metric]: `${steady(0, hold - 10, bad)}, ${hold} ${near}` },
  clears: { [metric]: steady(hold + 10, hold + 40, good) },
});

/** Gates, barriers, lamps, bins, lifts, pools, sound and the service centre. */
export const firstCases: Readonly<Record<string, Case>> = {
  'gate-held-open': {
    opens: { door: '0 closed, 1 open' },
    not: { door: '0 closed, 1 open, 1.9 closed' },
    clears: { door: '4 closed' },
  },
  'gate-held-open-long': {
    opens: { door: '0 open, 5 open' },
    not: { door: '0 open, 4.9 closed' },
    clears: { door: '9 closed' },
  },
  'gate-held-open-night': {
    from: night,
    opens: { door: '0 open' },
    not: { door: '0 closed, 1 open, 1.9 closed' },
    // Past six it stands until the door is closed.
    clears: { door: '400 closed' },
  },
  'gate-fault': {
    opens: { fault: '0 true' },
    not: { fault: '0 true, 0.9 false' },
    clears: { fault: '4 false' },
  },
  'gate-force': {
    opens: { force_n: run(0, 5, 55) },
    not: { force_n: run(0, 4, 55, 50, 50, 50) },
    clears: { force_n: run(10, 8, 40) },
  },
  'gate-slam': {
    attributes: { distance_m: 5 },
    // Five metres: 60 + 20 log10 5 = 73.98 dB(A).
    opens: { slam_db: run(0, 4, 74) },
    not: { slam_db: run(0, 20, 73.9, 75, 75, 75) },
    clears: { slam_db: run(10, 19, 60) },
  },
  'gate-slam-night': {
    from: night,
    opens: { slam_db: run(0, 3, 81) },
    not: { slam_db: `-300 81, -200 81, ${run(0, 2, 81)}` },
    clears: { slam_db: '1500 60' },
  },
  'entrance-too-dark': {
    touchpoint: 'TP01',
    from: night,
    opens: { lux: steady(0, 20, 4) },
    not: { lux: '0 4, 10 4, 14 5' },
    clears: { lux: steady(30, 50, 7) },
  },
  'barrier-stuck-open': {
    opens: { position: '0 open, 4 open', loop: '0 false, 4 false' },
    not: { position: '0 open, 4 open', loop: '0 false, 4 true' },
    clears: { position: '8 closed' },
  },
  'barrier-stuck-open-night': {
    from: night,
    opens: { position: '0 open, 1 open', loop: '0 false, 1 false' },
    not: { position: '0 open, 1 open', loop: '0 true, 1 true' },
    clears: { position: '8 closed' },
  },
  'barrier-slow': {
    attributes: { commissioned_s: 2 },
    opens: { travel_s: run(0, 5, 3.1) },
    not: { travel_s: run(0, 6, 3, 3.1, 3.1, 3.1, 3.1) },
    clears: { travel_s: run(10, 8, 2) },
  },
  'barrier-reversals': {
    opens: { reversals: '0 1, 4 0, 8 2' },
    not: { reversals: '0 1, 9 1, 11 1' },
    clears: { reversals: '19 0' },
  },
  'barrier-fault': {
    opens: { fault: '0 true' },
    not: { fault: '0 true, 0.4 false' },
    clears: { fault: '4 false' },
  },
  'drive-too-dark': {
    touchpoint: 'TP02',
    from: night,
    opens: { lux: steady(0, 20, 4) },
    not: { lux: '0 4, 10 4, 14 5' },
    clears: { lux: steady(30, 50, 7) },
  },
  'drive-too-bright': {
    touchpoint: 'TP02',
    from: night,
    opens: { lux: steady(0, 30, 250) },
    not: { lux: steady(0, 40, 200) },
    clears: { lux: steady(40, 60, 100) },
  },
  'lamp-out': {
    attributes: { rated_w: 60 },
    opens: { power_w: '0 1, 9 1', commanded: '0 true, 9 true' },
    not: { power_w: '0 1, 9 1', commanded: '0 true, 9 false' },
    clears: { power_w: '20 55, 29 55', commanded: '20 true, 29 true' },
  },
  'path-too-dark': {
    from: night,
    opens: { lux: steady(0, 20, 1) },
    not: { lux: steady(0, 40, 2) },
    clears: { lux: steady(30, 50, 3) },
  },
  'lamp-by-day': {
    attributes: { rated_w: 60 },
    opens: { power_w: steady(0, 60, 31) },
    not: { power_w: steady(0, 90, 30) },
    clears: { power_w: steady(70, 90, 0) },
  },
  'bin-full': {
    opens: { fill_pct: '0 80, 30 80' },
    not: { fill_pct: '0 100, 30 79, 60 80' },
    clears: { fill_pct: '60 64' },
  },
  'bin-overflow': {
    opens: { fill_pct: '0 95, 30 95' },
    not: { fill_pct: '0 94, 30 95' },
    clears: { fill_pct: '60 20' },
  },
  'bin-full-distance': {
    opens: { distance_cm: '0 30, 30 12' },
    not: { distance_cm: '0 30, 30 31, 60 30' },
    clears: { distance_cm: '60 46' },
  },
  'bin-fire': {
    opens: { temp_c: '0 60' },
    not: { temp_c: '0 59.9' },
    clears: { temp_c: '10 44, 45 44' },
  },
  'bin-tilt': {
    opens: { tilt: '0 true, 9 true' },
    not: { tilt: '0 true, 9 false' },
    clears: { tilt: '20 false, 22 false' },
  },
  'lift-out-of-service': {
    opens: { mode: '0 normal, 1 stopped, 2 stopped, 3 fire' },
    not: { mode: '0 stopped, 1 stopped, 2 inspection' },
    clears: { mode: '6 normal, 7 normal' },
  },
  'lift-fault': {
    opens: { fault: '0 true, 2 true' },
    not: { fault: '0 true, 2 false' },
    clears: { fault: '6 false, 7 false' },
  },
  'lift-levelling': {
    opens: { level_err_mm: run(0, 4, 11, -11) },
    not: { level_err_mm: run(0, 20, 10, 11, 11, -11, -11) },
    clears: { level_err_mm: run(10, 19, 0) },
  },
  'lift-levelling-unsafe': {
    opens: { level_err_mm: '0 -21' },
    not: { level_err_mm: '0 -20' },
    clears: { level_err_mm: run(10, 5, 0) },
  },
  'lift-trapped': {
    opens: { trapped: '0 true' },
    not: { trapped: '0 false' },
    clears: { trapped: '5 false, 6 false' },
  },
  'pool-ph-close': pool('ph', 7.4, 8.1, 8.0, 10),
  'pool-chlorine-close-low': pool('free_cl', 0.6, 0.2, 0.3, 15),
  'pool-chlorine-close-high': pool('free_cl', 0.6, 5.1, 5.0, 15),
  'pool-turbidity-close': pool('turbidity_ntu', 0.4, 5.5, 5.0, 10),
  'pool-combined-close': {
    opens: { combined_cl: '0 1.1, 240 1.1, 480 1.1, 960 1.1, 1440 1.1' },
    not: { combined_cl: '0 1.1, 240 1.1, 480 1.1, 960 1.1, 1439 1.0' },
    clears: { combined_cl: '1500 0.5' },
  },
  'pool-ph': pool('ph', 7.4, 6.9, 7.0, 30),
  'pool-chlorine-low': pool('free_cl', 0.6, 0.2, 0.3, 30),
  'pool-chlorine-high': pool('free_cl', 0.6, 1.1, 1.0, 30),
  'pool-combined': {
    opens: { ...flow, combined_cl: '0 0.5, 60 0.5' },
    not: { ...flow, combined_cl: '0 0.5, 60 0.4' },
    clears: { combined_cl: '120 0.2' },
  },
  'pool-orp': pool('orp_mv', 700, 640, 650, 30),
  'pool-orp-low': pool('orp_mv', 700, 590, 600, 15),
  'pool-turbidity': pool('turbidity_ntu', 0.4, 1.1, 1.0, 30),
  'pool-temperature': pool('temp_c', 27, 31, 30, 120),
  'pool-flow': {
    opens: { flow_m3h: '0 0, 9 0' },
    not: { flow_m3h: '0 0, 9 0.1' },
    clears: { flow_m3h: '20 40, 24 40' },
  },
  'sound-leq': {
    opens: { laeq_db: run(0, 19, 55) },
    // One loud minute is a raw crossing and no episode.
    not: { laeq_db: run(0, 14, 40, 60, 40, 40, 40) },
    clears: { laeq_db: run(19, 40, 40) },
  },
  'climate-range': {
    opens: { temp_c: steady(0, 30, 29) },
    not: { temp_c: `${steady(0, 20, 29)}, 29 20` },
    clears: { temp_c: steady(50, 80, 24) },
  },
};
