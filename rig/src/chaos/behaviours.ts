import type { ReadingValue } from '@caretaker/readings';
import type { Random } from './random.ts';

type Sample = (random: Random) => ReadingValue;

/** How one metric goes from calm to bad and back. */
export interface Behaviour {
  readonly calm: Sample;
  readonly bad: Sample;
  /** Measurements in a row. */
  readonly calmFor: Dwell;
  readonly badFor: Dwell;
  /** Share of the asset's messages that carry it; what only happens now and then is below 1. */
  readonly said: number;
}

type Dwell = readonly [from: number, to: number];

const range =
  (from: number, to: number): Sample =>
  (random) =>
    random.between(from, to);
const always =
  (value: ReadingValue): Sample =>
  () =>
    value;
/** Like a contact that flaps. */
const mostly =
  (value: ReadingValue, other: ReadingValue, share: number): Sample =>
  (random) =>
    random.chance(share) ? value : other;

function goes(
  [calm, calmFor]: readonly [Sample, Dwell],
  [bad, badFor]: readonly [Sample, Dwell],
  said = 1,
): Behaviour {
  return { calm, bad, calmFor, badFor, said };
}

function flag(calmFor: Dwell, badFor: Dwell, said = 1): Behaviour {
  return goes([always(false), calmFor], [always(true), badFor], said);
}

const bin: Readonly<Record<string, Behaviour>> = {
  fill_pct: goes([range(10, 66), [8, 25]], [range(62, 100), [4, 20]]),
  temp_c: goes([range(15, 39), [15, 50]], [range(35, 75), [2, 10]]),
};

/**
 * How the devices with clocks behave, at a measurement a minute. Each dwells around the proving times of its rules, so that some breaches are
 * proven and some are over just before, and some levels lie between the limit and where it clears.
 */
export const behaviours: Readonly<Record<string, Readonly<Record<string, Behaviour>>>> = {
  'feed-1': { live: goes([always(true), [15, 60]], [always(false), [1, 6]]) },
  'lift-a': {
    mode: goes([always('normal'), [8, 25]], [always('stopped'), [1, 9]]),
    trapped: flag([25, 80], [1, 4]),
    fault: flag([10, 40], [1, 8]),
    level_err_mm: goes([range(-9, 9), [10, 40]], [range(8, 24), [3, 12]], 0.6),
  },
  'lift-b': {
    mode: goes([always('normal'), [8, 25]], [mostly('stopped', 'inspection', 0.8), [1, 9]]),
    trapped: flag([30, 80], [1, 3]),
    fault: flag([10, 40], [1, 8]),
  },
  'north-fence': {
    fence_kv: goes([range(6, 9.4), [5, 25]], [mostly(10.4, 3.2, 0.5), [5, 25]]),
    blocked: goes([always(false), [8, 25]], [mostly(true, false, 0.8), [1, 8]]),
    mains: goes([always(true), [15, 50]], [always(false), [3, 12]]),
  },
  'south-beam': {
    blocked: goes([always(false), [5, 20]], [mostly(true, false, 0.6), [2, 10]]),
    alarm: flag([6, 25], [1, 2], 0.7),
    fault: flag([10, 40], [1, 6]),
  },
  'terrace-sound': { laeq_db: goes([range(38, 46), [12, 35]], [range(48, 60), [12, 40]]) },
  'court-sound': {
    laeq_db: goes([range(38, 49), [12, 35]], [range(49, 62), [12, 40]]),
    lafmax_db: goes([range(45, 58), [8, 30]], [range(55, 70), [3, 15]]),
  },
  'north-gate': {
    door: goes([mostly('closed', 'open', 0.9), [5, 25]], [always('open'), [1, 14]]),
    slam_db: goes([range(48, 59), [8, 30]], [range(58, 75), [4, 15]], 0.5),
    fault: flag([12, 40], [1, 5]),
  },
  'garage-air': {
    co_ppm: goes([range(3, 24), [8, 25]], [range(18, 125), [4, 28]]),
    commanded: flag([6, 25], [4, 20]),
    current_a: goes([range(2, 4), [8, 30]], [always(0), [2, 12]]),
  },
  'garage-water': { depth_cm: goes([range(0, 3), [10, 35]], [range(2, 34), [4, 20]]) },
  sump: {
    level_high: flag([8, 25], [6, 20]),
    running: flag([8, 25], [5, 38]),
    starts: goes([range(0, 1), [10, 40]], [range(1, 4), [4, 12]], 0.5),
    fault: flag([10, 35], [1, 6]),
  },
  toilet: {
    nh3_ppm: goes([range(0.05, 0.4), [10, 30]], [range(0.3, 0.9), [15, 38]]),
    call: flag([30, 80], [1, 2], 0.8),
    wet: flag([10, 30], [20, 40]),
  },
  fountain: {
    commanded: flag([8, 25], [8, 25]),
    running: flag([8, 25], [8, 25]),
    fault: flag([10, 35], [1, 5]),
  },
  manhole: {
    tilt_deg: goes([range(0, 6), [25, 80]], [range(4, 40), [1, 10]]),
    free_cm: goes([range(31, 90), [10, 30]], [range(12, 34), [4, 15]]),
  },
  'fire-door': {
    door: goes([always('closed'), [6, 25]], [mostly('open', 'closed', 0.9), [1, 14]]),
    fire_alarm: flag([25, 80], [1, 5]),
  },
  'plaza-bin': { ...bin, tilt: flag([10, 40], [6, 18], 0.5) },
  // A client that is not ours brings its messages.
  'street-bin': bin,
};

/** How devices behave that say at once what they measure, every fifth of a second; their rules wait for seconds. */
export const liveBehaviours: typeof behaviours = {
  'west-gate': {
    door: goes([always('closed'), [5, 50]], [always('open'), [8, 60]]),
    granted: goes([always(false), [10, 80]], [always(true), [2, 8]]),
  },
  'east-gate': { forced: flag([20, 80], [2, 9], 0.5) },
  'west-fence': {
    fence_kv: goes([range(6, 9), [5, 40]], [range(2, 4.2), [5, 60]]),
    alarm: flag([10, 60], [1, 5], 0.5),
  },
  'west-barrier': {
    position: goes([always('closed'), [15, 60]], [always('open'), [5, 30]]),
    commanded: goes([always(true), [20, 80]], [always(false), [2, 10]]),
  },
};

/** Assets of a device connection: with a clock, saying what lies long back or at once, and without one. */
interface Connection {
  readonly stamped: readonly string[];
  readonly live?: readonly string[];
  readonly unstamped: readonly string[];
}

export const connections: readonly Connection[] = [
  { stamped: ['feed-1', 'lift-a', 'north-fence', 'terrace-sound'], unstamped: ['pond-bin'] },
  { stamped: ['lift-b', 'south-beam', 'court-sound', 'north-gate'], unstamped: [] },
  {
    stamped: [],
    live: ['west-gate', 'east-gate', 'west-fence', 'west-barrier'],
    unstamped: ['plant-bin'],
  },
  { stamped: ['garage-air', 'garage-water', 'sump', 'toilet'], unstamped: ['kitchen-bin'] },
  { stamped: ['fountain', 'manhole', 'fire-door', 'plaza-bin'], unstamped: ['yard-bin'] },
];
