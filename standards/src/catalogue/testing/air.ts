import { type Case, night, run, steady } from './series.ts';

const stuffy = (touchpoint: string): Case => ({
  touchpoint,
  // The mean passes the limit with the fifteenth reading.
  opens: { co2_ppm: `${run(-15, 15, 400)}, ${run(0, 30, 1_010)}` },
  not: [
    { co2_ppm: run(0, 40, 1_000) },
    { co2_ppm: `${run(-15, 15, 400)}, ${run(0, 28, 1_010)}` },
    // After closing time.
    { co2_ppm: run(400, 40, 1_500) },
  ],
  stays: { co2_ppm: `${run(30, 30, 905)}, ${run(60, 19, 890)}, 79 9000` },
  clears: { co2_ppm: run(30, 29, 890) },
});

const fanOn = { commanded: '0 true, 5 true' };

/** Rooms, air-conditioning, toilets, garages, bursts of sound and what else is smelt or heard. */
export const airCases: Readonly<Record<string, Case>> = {
  'refuse-smell': {
    opens: { nh3_ppm: '0 1, 1 1, 9 1', h2s_ppm: '0 0.51, 9 0.51' },
    not: { nh3_ppm: '0 5.1, 9.9 5, 20 5', h2s_ppm: '0 0.5, 20 0.5' },
    stays: { h2s_ppm: '20 0.41, 29 0.41, 40 0.3, 49.9 0.51', nh3_ppm: '20 1, 45 1' },
    clears: { h2s_ppm: '20 0.39, 29 0.39', nh3_ppm: '20 3.9, 29 3.9' },
  },
  'clubhouse-too-dark': {
    touchpoint: 'TP24',
    opens: { lux: steady(0, 20, 149) },
    not: [{ lux: '0 140, 10 140, 14.9 150, 25 150' }, { lux: steady(400, 440, 20) }],
    stays: { lux: '25 164, 35 164, 45 200, 54.9 149' },
    clears: { lux: '30 166, 39 166' },
  },
  'clubhouse-stuffy': stuffy('TP24'),
  'clubhouse-climate': {
    touchpoint: 'TP24',
    opens: { temp_c: `${run(-10, 10, 22)}, ${run(0, 40, 17.9)}` },
    not: [
      { temp_c: run(0, 50, 18) },
      { temp_c: run(0, 50, 28) },
      { temp_c: `${run(-10, 10, 22)}, ${run(0, 38, 17.9)}` },
      { temp_c: run(400, 60, 12) },
    ],
    stays: { temp_c: `${run(40, 20, 18.4)}, ${run(60, 20, 18.55)}, 80 0` },
    clears: { temp_c: run(40, 25, 18.6) },
  },
  'hvac-fault': {
    opens: { fault: '0 true' },
    not: { fault: '0 true, 0.9 false' },
    clears: { fault: '4 false, 6 false' },
    stays: { fault: '4 false, 4.9 true' },
  },
  'hvac-not-running': {
    opens: { commanded: steady(0, 10, true), running: steady(0, 10, false) },
    not: { commanded: steady(0, 10, true), running: '0 false, 9.9 true' },
    clears: { commanded: '12 true', running: '12 true, 14 true' },
    stays: { commanded: '12 true', running: '12 true, 12.9 false' },
  },
  'desk-dusty': {
    touchpoint: 'TP26',
    opens: { pm25_ugm3: steady(0, 110, 51) },
    // Eleven readings are no day, and a mean at the limit is no breach.
    not: { pm25_ugm3: `${steady(0, 100, 51)}, 110 39, 120 50` },
    // A day is 24 h: dust of the morning still counts in the evening.
    stays: { pm25_ugm3: steady(120, 230, 40) },
    clears: { pm25_ugm3: steady(120, 1_600, 43) },
  },
  'desk-stuffy': stuffy('TP26'),
  'climate-humidity': {
    touchpoint: 'TP26',
    opens: { humidity_pct: `${run(-10, 10, 60)}, ${run(0, 40, 80.5)}` },
    not: [
      { humidity_pct: run(0, 50, 80) },
      { humidity_pct: run(0, 50, 30) },
      { humidity_pct: `${run(-10, 10, 60)}, ${run(0, 38, 80.5)}` },
      { humidity_pct: run(400, 60, 90) },
    ],
    stays: { humidity_pct: `${run(40, 20, 77.1)}, ${run(60, 18, 76.9)}, 78 100` },
    clears: { humidity_pct: run(40, 25, 76.5) },
  },
  'toilet-ammonia': {
    opens: { nh3_ppm: steady(0, 20, 0.44) },
    not: { nh3_ppm: `${steady(0, 10, 0.5)}, 19 0.3, 30 0.43, 40 0.43, 50 0.43` },
    stays: { nh3_ppm: `${steady(30, 70, 0.31)}, ${steady(80, 90, 0.2)}, 99 1.5` },
    clears: { nh3_ppm: steady(30, 60, 0.29) },
  },
  'toilet-h2s': {
    opens: { h2s_ppm: steady(0, 20, 0.0205) },
    not: { h2s_ppm: '0 0.03, 10 0.03, 19.9 0.02, 30 0.02' },
    stays: { h2s_ppm: '30 0.01, 40 0.01, 49.9 0.03' },
    clears: { h2s_ppm: '30 0.02, 40 0.02, 49 0.02' },
  },
  'toilet-wet': {
    opens: { wet: '0 true, 29 true' },
    not: { wet: '0 true, 29.9 false' },
    stays: { wet: '40 false, 69.9 true' },
    clears: { wet: '40 false, 69 false' },
  },
  'toilet-visits': {
    opens: { visits: '0 60, 60 101' },
    not: { visits: '0 60, 60 100' },
    clears: { visits: '90 0' },
  },
  'toilet-call': {
    opens: { call: '0 true' },
    not: { call: '0 false' },
    clears: { call: '3 false' },
    stays: { call: '3 false, 3.15 true' },
  },
  'garage-co': {
    opens: { co_ppm: `${run(-5, 5, 0)}, ${run(0, 20, 27)}` },
    not: [{ co_ppm: run(0, 40, 26) }, { co_ppm: `${run(-5, 5, 0)}, ${run(0, 18, 27)}` }],
    stays: { co_ppm: `${run(20, 20, 20.5)}, ${run(40, 11, 19)}, 50.5 150` },
    clears: { co_ppm: run(20, 15, 19.5) },
  },
  'garage-co-high': {
    opens: { co_ppm: run(0, 5, 61) },
    not: { co_ppm: `${run(0, 5, 61)}, ${run(4.9, 6, 60)}` },
    stays: { co_ppm: `${run(6, 12, 20.5)}, ${run(18, 10, 10)}, 27.9 61` },
    clears: { co_ppm: run(10, 10, 19.5) },
  },
  'garage-co-danger': {
    opens: { co_ppm: '0 20, 1 101' },
    not: { co_ppm: '0 101, 0.9 100, 2 100' },
    stays: { co_ppm: `${run(3, 12, 20.5)}, ${run(15, 10, 10)}, 24.9 101` },
    clears: { co_ppm: run(5, 10, 19.5) },
  },
  'garage-fan-dead': {
    opens: { commanded: '0 true', current_a: '0 0.1' },
    not: { ...fanOn, current_a: '0 0, 0.9 0.101, 4 0.101' },
    stays: { commanded: '10 true', current_a: '10 4, 10.9 0' },
    clears: { commanded: '10 true', current_a: '10 4' },
  },
  'garage-fan-off': {
    opens: { co_ppm: '0 26.5', current_a: '0 0.1' },
    not: [
      { co_ppm: run(0, 9, 26), current_a: '0 0, 8 0' },
      { co_ppm: run(0, 5, 30), current_a: '0 0, 0.9 0.101, 4 0.101' },
    ],
    stays: { co_ppm: run(6, 12, 20.5), current_a: '6 4, 6.9 0.1, 15 0.1' },
    clears: { co_ppm: run(6, 8, 19.5), current_a: '6 0.1, 13 0.1' },
  },
  'garage-too-dark': {
    touchpoint: 'TP29',
    opens: { lux: steady(0, 20, 29) },
    not: [{ lux: steady(0, 40, 30) }, { lux: '0 29, 10 29, 14.9 30, 20 30' }],
    stays: { lux: '25 32.5, 35 32.5, 45 40, 54.9 29' },
    clears: { lux: '30 33.5, 39 33.5' },
  },
  'sound-burst-night': {
    from: night,
    opens: { lafmax_db: '0 61, 10 50, 15 61, 29 61' },
    not: { lafmax_db: '-120 70, -110 70, 0 61, 10 60, 15 61, 30 61' },
    stays: { lafmax_db: `${steady(30, 80, 57.5)}, 90 45, 99.9 57.5` },
    clears: { lafmax_db: '30 56.5, 39 45' },
  },
};
