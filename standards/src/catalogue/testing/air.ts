import { type Case, night, run, steady } from './series.ts';

const stuffy = (touchpoint: string): Case => ({
  touchpoint,
  opens: { co2_ppm: run(0, 20, 1_050) },
  not: { co2_ppm: run(0, 40, 1_000) },
  clears: { co2_ppm: run(20, 40, 600) },
});

const fanOn = { commanded: '0 true, 5 true' };

/** Rooms, air-conditioning, toilets, garages, bursts of sound and what else is smelt or heard. */
export const airCases: Readonly<Record<string, Case>> = {
  'refuse-smell': {
    opens: { nh3_ppm: '0 1, 1 1, 9 1', h2s_ppm: '0 0.6, 9 0.6' },
    not: { nh3_ppm: '0 5.1, 9.9 5, 20 5', h2s_ppm: '0 0.5, 20 0.5' },
    clears: { h2s_ppm: '20 0.1, 29 0.1', nh3_ppm: '20 1, 29 1' },
  },
  'clubhouse-too-dark': {
    touchpoint: 'TP24',
    opens: { lux: steady(0, 20, 140) },
    not: { lux: '0 140, 10 140, 14.9 150' },
    clears: { lux: steady(30, 50, 200) },
  },
  'clubhouse-stuffy': stuffy('TP24'),
  'clubhouse-climate': {
    touchpoint: 'TP24',
    opens: { temp_c: steady(0, 30, 17) },
    not: { temp_c: `${steady(0, 20, 17)}, 29 26` },
    clears: { temp_c: steady(50, 80, 22) },
  },
  'hvac-fault': {
    opens: { fault: '0 true' },
    not: { fault: '0 true, 0.9 false' },
    clears: { fault: '4 false, 6 false' },
  },
  'hvac-not-running': {
    opens: { commanded: steady(0, 10, true), running: steady(0, 10, false) },
    not: { commanded: steady(0, 10, true), running: '0 false, 9.9 true' },
    clears: { commanded: '12 true', running: '12 true, 14 true' },
  },
  'desk-dusty': {
    touchpoint: 'TP26',
    opens: { pm25_ugm3: steady(0, 110, 51) },
    // Eleven readings are no day, and a mean at the limit is no breach.
    not: { pm25_ugm3: `${steady(0, 100, 51)}, 110 39, 120 50` },
    clears: { pm25_ugm3: steady(120, 600, 10) },
  },
  'desk-stuffy': stuffy('TP26'),
  'climate-humidity': {
    touchpoint: 'TP26',
    opens: { humidity_pct: steady(0, 30, 85) },
    not: { humidity_pct: `${steady(0, 20, 85)}, 29 50` },
    clears: { humidity_pct: steady(50, 80, 60) },
  },
  'toilet-ammonia': {
    opens: { nh3_ppm: steady(0, 20, 0.5) },
    not: { nh3_ppm: `${steady(0, 10, 0.5)}, 19 0.3, 30 0.43, 40 0.43, 50 0.43` },
    clears: { nh3_ppm: steady(30, 70, 0.1) },
  },
  'toilet-h2s': {
    opens: { h2s_ppm: steady(0, 20, 0.03) },
    not: { h2s_ppm: '0 0.03, 10 0.03, 19.9 0.02, 30 0.02' },
    clears: { h2s_ppm: steady(30, 60, 0.01) },
  },
  'toilet-wet': {
    opens: { wet: '0 true, 29 true' },
    not: { wet: '0 true, 29.9 false' },
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
  },
  'garage-co': {
    opens: { co_ppm: run(0, 16, 27) },
    not: { co_ppm: run(0, 40, 26) },
    clears: { co_ppm: run(16, 25, 10) },
  },
  'garage-co-high': {
    opens: { co_ppm: run(0, 5, 61) },
    not: { co_ppm: run(0, 4, 61, 60, 60, 60) },
    clears: { co_ppm: run(10, 12, 10) },
  },
  'garage-co-danger': {
    opens: { co_ppm: '0 20, 1 101' },
    not: { co_ppm: '0 101, 0.9 100, 2 100' },
    clears: { co_ppm: run(5, 12, 10) },
  },
  'garage-fan-dead': {
    opens: { ...fanOn, current_a: '0 0, 4 0' },
    not: { ...fanOn, current_a: '0 0, 0.9 4, 4 4' },
    clears: { commanded: '10 true', current_a: '10 4, 12 4' },
  },
  'garage-fan-off': {
    opens: { co_ppm: run(0, 5, 30), current_a: '0 0, 4 0' },
    not: { co_ppm: run(0, 5, 30), current_a: '0 0, 0.9 4, 4 4' },
    clears: { co_ppm: run(6, 4, 30), current_a: '6 4, 9 4' },
  },
  'garage-too-dark': {
    touchpoint: 'TP29',
    opens: { lux: steady(0, 20, 29) },
    not: { lux: steady(0, 40, 30) },
    clears: { lux: steady(30, 50, 40) },
  },
  'sound-burst-night': {
    from: night,
    opens: { lafmax_db: '0 61, 10 50, 15 61, 29 61' },
    not: { lafmax_db: '-120 70, -110 70, 0 61, 10 60, 15 61, 30 61' },
    clears: { lafmax_db: steady(70, 90, 45) },
  },
};
