import { type Case, steady } from './series.ts';

const puddle = (touchpoint: string): Case => ({
  touchpoint,
  opens: { wet: '0 true', raining: steady(0, 30, false) },
  // Half an hour counts from the end of the rain.
  not: { wet: '0 true, 49 false', raining: `${steady(0, 10, true)}, ${steady(20, 50, false)}` },
  // Rain does not end it, and neither does a dry quarter of an hour.
  stays: { wet: '60 false, 89.9 true', raining: `40 true, ${steady(50, 90, false)}` },
  clears: { wet: '60 false, 89 false', raining: steady(40, 90, false) },
});

/** Depth in a garage, rising to `deep`, then not quite, then dry. */
const depth = (deep: number, clear: number): Case => ({
  touchpoint: 'TP29',
  opens: { depth_cm: `0 0, 1 ${deep}, 5 ${deep}` },
  not: { depth_cm: `0 ${deep}, 4.9 ${deep - 0.1}, 20 ${deep - 0.1}` },
  stays: { depth_cm: `${steady(10, 60, clear + 0.05)}, 70 0, 80 0, 90 0, 99.9 ${deep}` },
  clears: { depth_cm: `10 ${clear - 0.1}, 20 ${clear - 0.1}, 30 0, 39 0` },
});

const cover = (good: number): Case => ({
  opens: { free_cm: '0 29.9, 5 29.9' },
  not: { free_cm: '0 29.9, 4.9 30, 60 30' },
  stays: { free_cm: '10 32.9, 20 32.9, 30 34, 34.9 29' },
  clears: { free_cm: `20 ${good}, 24 ${good}` },
});

const told = (commanded: boolean): Case => ({
  stays: { running: `12 ${commanded}, 12.9 ${!commanded}`, commanded: `20 ${commanded}` },
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
    stays: { leak: '10 false, 39.9 true' },
    not: { leak: '0 true, 0.9 false' },
    clears: { leak: '10 false, 39 false' },
  },
  'manhole-open': {
    opens: { tilt_deg: '0 0, 1 10.1', moved: '0 false' },
    not: { tilt_deg: '0 10, 1 11, 1.45 10', moved: '0 false' },
    stays: { tilt_deg: '5 5.1, 15 5.1, 20 4, 24.9 10.1' },
    clears: { tilt_deg: '10 4.9, 14 4.9' },
  },
  'drain-high': cover(34),
  'manhole-water-high': {
    opens: { free_cm: '0 80', level_high: '0 true, 5 true' },
    not: [
      { free_cm: '0 30', level_high: '0 true, 4.9 false, 20 false' },
      { free_cm: '0 29.9, 4.9 30, 20 30', level_high: '0 false' },
    ],
    stays: { free_cm: '10 32.9, 30 40', level_high: '20 false, 34.9 true' },
    clears: { free_cm: '10 33.1', level_high: '20 false, 24 false' },
  },
  'garage-water': depth(3, 2),
  'garage-water-deep': depth(10, 8),
  'garage-flood': {
    ...depth(27, 24),
    stays: { depth_cm: `${steady(10, 60, 24.1)}, 70 0, 80 0, 90 0, 99 27, 99.9 27` },
    // One reading alone opens nothing.
    not: { depth_cm: '0 26, 10 27, 20 26' },
  },
  'sump-high': {
    opens: { level_high: '0 true, 9 true' },
    not: { level_high: '0 true, 9.9 false' },
    stays: { level_high: '15 false, 19.9 true' },
    clears: { level_high: '15 false, 19 false' },
  },
  'sump-runs-long': {
    opens: { running: steady(0, 30, true) },
    not: { running: `${steady(0, 20, true)}, 29.9 false` },
    stays: { running: '34 false, 34.9 true' },
    clears: { running: '34 false' },
  },
  'sump-starts': {
    opens: { starts: '0 4, 20 4, 59 2.25' },
    // Ten are allowed, and what is an hour old no longer counts.
    not: { starts: '0 4, 20 3, 59 3, 60 4' },
    stays: { starts: '118 5.9' },
    clears: { starts: '120 7.8' },
  },
  'sump-fault': {
    opens: { fault: '0 true' },
    not: { fault: '0 true, 0.9 false' },
    stays: { fault: '4 false, 4.9 true' },
    clears: { fault: '4 false' },
  },
  'feature-pump-off': told(true),
  'feature-pump-on': told(false),
  'feature-pump-fault': {
    opens: { fault: '0 true' },
    not: { fault: '0 true, 0.9 false' },
    stays: { fault: '4 false, 4.9 true' },
    clears: { fault: '4 false' },
  },
  'feature-level-low': {
    attributes: { minimum_cm: 40 },
    opens: { level_cm: steady(0, 10, 39) },
    not: { level_cm: '0 39, 9.9 40, 20 40' },
    stays: { level_cm: '20 43.9, 30 43.9, 40 45, 49.9 39' },
    clears: { level_cm: '20 44.1, 29 44.1' },
  },
  'feature-turbidity': {
    opens: { turbidity_ntu: steady(0, 1440, 10.1) },
    not: { turbidity_ntu: `${steady(0, 1430, 11)}, 1439 10` },
    stays: { turbidity_ntu: `${steady(1450, 1600, 8.1)}, ${steady(1610, 1720, 5)}, 1729.9 10.1` },
    clears: { turbidity_ntu: steady(1450, 1570, 7.9) },
  },
  'feature-chlorine-low': {
    opens: { free_cl: steady(0, 30, 0.99), running: steady(0, 30, true) },
    // With the pump at rest the probe says nothing of the spray.
    not: {
      free_cl: `${steady(0, 20, 0.9)}, 29.9 1, ${steady(30, 60, 1)}, ${steady(70, 120, 0.9)}`,
      running: `${steady(0, 60, true)}, ${steady(70, 120, false)}`,
    },
    stays: {
      free_cl: `${steady(40, 70, 1.09)}, ${steady(80, 90, 2)}, 94.9 0.9`,
      running: steady(40, 90, true),
    },
    clears: { free_cl: '40 1.11, 50 1.11, 54 1.11', running: steady(40, 50, true) },
  },
  'feature-combined': {
    opens: { combined_cl: '0 1.01, 60 1.01' },
    not: { combined_cl: '0 1.1, 60 1.0, 120 1.1' },
    stays: { combined_cl: '120 0.91' },
    clears: { combined_cl: '120 0.89' },
  },
  'feature-stagnant': {
    opens: {
      temp_c: `${steady(0, 700, 20)}, ${steady(710, 1440, 45)}`,
      running: steady(0, 1440, false),
    },
    not: [
      {
        temp_c: steady(0, 1500, 25),
        running: `${steady(0, 1430, false)}, 1439 true, ${steady(1440, 1500, false)}`,
      },
      { temp_c: steady(0, 1500, 19.9), running: steady(0, 1500, false) },
      { temp_c: steady(0, 1500, 45.1), running: steady(0, 1500, false) },
    ],
    stays: {
      temp_c: `${steady(1450, 1550, 19.1)}, ${steady(1560, 1650, 45.9)}`,
      running: `${steady(1450, 1650, false)}, ${steady(1660, 1710, true)}, 1719.9 false`,
    },
    clears: { temp_c: steady(1450, 1520, 18.9), running: steady(1450, 1520, false) },
  },
  'feature-frost': {
    opens: { air_c: '0 1.95, 60 1.95' },
    not: { air_c: '0 1.9, 60 2, 120 1.9' },
    stays: { air_c: '120 2.9' },
    clears: { air_c: '120 3.1' },
  },
  'soil-dry': {
    attributes: { dry_pct: 20 },
    opens: { moisture_pct: steady(0, 4320, 19) },
    not: { moisture_pct: `${steady(0, 4310, 19)}, 4319 20` },
    stays: {
      moisture_pct: `${steady(4330, 5200, 22.9)}, ${steady(5210, 5920, 30)}, 5929.9 19`,
    },
    clears: { moisture_pct: steady(4330, 5050, 23.1) },
  },
  'irrigation-leak': {
    opens: { flow_m3h: steady(0, 30, 0.101), commanded: steady(0, 30, false) },
    not: [
      { flow_m3h: steady(0, 60, 0.2), commanded: `${steady(0, 20, false)}, 29.9 true` },
      { flow_m3h: steady(0, 60, 0.1), commanded: steady(0, 60, false) },
    ],
    stays: {
      flow_m3h: `${steady(40, 60, 0)}, 69.9 0.2`,
      commanded: steady(40, 70, false),
    },
    clears: { flow_m3h: steady(40, 80, 0), commanded: steady(40, 80, false) },
  },
  'irrigation-leak-night': {
    from: '00:30',
    opens: { flow_m3h: steady(0, 30, 0.101) },
    // Until one second before half an hour, and again after four.
    not: { flow_m3h: `${steady(0, 20, 0.2)}, 29.9 0.1, ${steady(211, 300, 0.2)}` },
    // By day, too, until it has been still.
    stays: {
      flow_m3h: `${steady(40, 60, 0.2)}, ${steady(220, 270, 0.101)}, ${steady(280, 300, 0)}, 309.9 0.2`,
    },
    clears: { flow_m3h: steady(40, 70, 0.1) },
  },
};
