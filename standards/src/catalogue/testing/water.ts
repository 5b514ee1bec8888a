import { type Case, steady } from './series.ts';

const puddle = (touchpoint: string): Case => ({
  touchpoint,
  opens: { wet: '0 true', raining: steady(0, 30, false) },
  // Half an hour counts from the end of the rain.
  not: { wet: '0 true, 49 false', raining: `${steady(0, 10, true)}, ${steady(20, 50, false)}` },
  clears: { wet: '60 false, 95 false', raining: steady(40, 90, false) },
});

/** Depth in a garage, rising to `deep`, then not quite, then dry. */
const depth = (deep: number): Case => ({
  touchpoint: 'TP29',
  opens: { depth_cm: `0 0, 10 ${deep}, 20 ${deep}` },
  not: { depth_cm: `0 ${deep - 1}, 10 ${deep - 1}, 20 ${deep - 1}` },
  clears: { depth_cm: steady(30, 70, 0) },
});

const cover = (good: number): Case => ({
  opens: { free_cm: '0 29, 5 20' },
  not: { free_cm: '0 29, 4.9 30, 60 30' },
  clears: { free_cm: `20 ${good}, 26 ${good}` },
});

const told = (commanded: boolean): Case => ({
  opens: { commanded: steady(0, 10, commanded), running: steady(0, 10, !commanded) },
  not: { commanded: steady(0, 10, commanded), running: `0 ${!commanded}, 9.9 ${commanded}` },
  clears: { running: `12 ${commanded}, 14 ${commanded}`, commanded: `20 ${commanded}` },
});

/** Standing water, leaks, drains, covers, sumps, water features and irrigation. */
export const waterCases: Readonly<Record<string, Case>> = {
  'gate-puddle': puddle('TP01'),
  'drive-puddle': puddle('TP02'),
  'floor-puddle': puddle('TP29'),
  leak: {
    opens: { leak: '0 true' },
    not: { leak: '0 true, 0.9 false' },
    clears: { leak: '10 false, 39 false' },
  },
  'manhole-open': {
    opens: { tilt_deg: '0 0, 1 11', moved: '0 false' },
    not: { tilt_deg: '0 10, 1 11, 1.4 9', moved: '0 false' },
    clears: { tilt_deg: '10 4, 16 4' },
  },
  'drain-high': cover(34),
  'manhole-water-high': {
    opens: { free_cm: '0 80', level_high: '0 true, 5 true' },
    not: { free_cm: '0 30', level_high: '0 true, 4.9 false' },
    clears: { level_high: '20 false, 26 false' },
  },
  'garage-water': {
    touchpoint: 'TP29',
    opens: { depth_cm: '0 3, 5 3' },
    not: { depth_cm: '0 3, 4.9 2.9, 20 2.9' },
    clears: { depth_cm: steady(20, 60, 1) },
  },
  'garage-water-deep': depth(10),
  'garage-flood': {
    ...depth(27),
    // One reading alone opens nothing.
    not: { depth_cm: '0 26, 10 27, 20 26' },
  },
  'sump-high': {
    opens: { level_high: '0 true, 9 true' },
    not: { level_high: '0 true, 9.9 false' },
    clears: { level_high: '15 false, 21 false' },
  },
  'sump-runs-long': {
    opens: { running: steady(0, 30, true) },
    not: { running: `${steady(0, 20, true)}, 29.9 false` },
    clears: { running: '34 false, 36 false' },
  },
  'sump-starts': {
    opens: { starts: '0 4, 20 4, 59 3' },
    // Ten are allowed, and what is an hour old no longer counts.
    not: { starts: '0 4, 20 3, 59 3, 60 4' },
    clears: { starts: '120 1' },
  },
  'sump-fault': {
    opens: { fault: '0 true' },
    not: { fault: '0 true, 0.9 false' },
    clears: { fault: '4 false, 6 false' },
  },
  'feature-pump-off': told(true),
  'feature-pump-on': told(false),
  'feature-pump-fault': {
    opens: { fault: '0 true' },
    not: { fault: '0 true, 0.9 false' },
    clears: { fault: '4 false, 6 false' },
  },
  'feature-level-low': {
    attributes: { minimum_cm: 40 },
    opens: { level_cm: steady(0, 10, 39) },
    not: { level_cm: '0 39, 9.9 40, 20 40' },
    clears: { level_cm: steady(20, 40, 45) },
  },
  'feature-turbidity': {
    opens: { turbidity_ntu: steady(0, 1440, 11) },
    not: { turbidity_ntu: `${steady(0, 1430, 11)}, 1439 10` },
    clears: { turbidity_ntu: steady(1450, 1600, 5) },
  },
  'feature-chlorine-low': {
    opens: { free_cl: steady(0, 30, 0.9), running: steady(0, 30, true) },
    // With the pump at rest the probe says nothing of the spray.
    not: {
      free_cl: `${steady(0, 20, 0.9)}, 29.9 1, ${steady(40, 90, 0.9)}`,
      running: `${steady(0, 20, true)}, ${steady(30, 90, false)}`,
    },
    clears: { free_cl: steady(40, 70, 1.5), running: steady(40, 70, true) },
  },
  'feature-combined': {
    opens: { combined_cl: '0 1.1, 60 1.1' },
    not: { combined_cl: '0 1.1, 60 1.0, 120 1.1' },
    clears: { combined_cl: '120 0.5' },
  },
  'feature-stagnant': {
    opens: { temp_c: steady(0, 1440, 25), running: steady(0, 1440, false) },
    not: {
      temp_c: steady(0, 1500, 25),
      running: `${steady(0, 1430, false)}, 1439 true, ${steady(1440, 1500, false)}`,
    },
    clears: { temp_c: steady(1450, 1520, 25), running: steady(1450, 1520, true) },
  },
  'feature-frost': {
    opens: { air_c: '0 1.9, 60 1' },
    not: { air_c: '0 1.9, 60 2, 120 1.9' },
    clears: { air_c: '120 3.1' },
  },
  'soil-dry': {
    attributes: { dry_pct: 20 },
    opens: { moisture_pct: steady(0, 4320, 19) },
    not: { moisture_pct: `${steady(0, 4310, 19)}, 4319 20` },
    clears: { moisture_pct: steady(4330, 5100, 30) },
  },
  'irrigation-leak': {
    opens: { flow_m3h: steady(0, 30, 0.2), commanded: steady(0, 30, false) },
    not: { flow_m3h: steady(0, 60, 0.2), commanded: `${steady(0, 20, false)}, 29.9 true` },
    clears: { flow_m3h: steady(40, 80, 0), commanded: steady(40, 80, false) },
  },
  'irrigation-leak-night': {
    from: '00:30',
    opens: { flow_m3h: steady(0, 30, 0.2) },
    // Until one second before half an hour, and again after four.
    not: { flow_m3h: `${steady(0, 20, 0.2)}, 29.9 0.1, ${steady(211, 300, 0.2)}` },
    clears: { flow_m3h: steady(40, 80, 0) },
  },
};
