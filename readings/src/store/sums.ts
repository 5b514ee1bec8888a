/** Readings of one number point, summed up. Added in ascending time: of equal extremes the first one stays. */
export interface NumberSum {
  n: number;
  min: number;
  minAt: number;
  max: number;
  maxAt: number;
  last: number;
  lastAt: number;
  sum: number;
  /** Σ 10^((x − max) / 10): the energy of levels in terms of the loudest, so that none overflows. */
  power: number;
}

export function emptyNumberSum(): NumberSum {
  return {
    n: 0,
    min: Number.POSITIVE_INFINITY,
    minAt: 0,
    max: Number.NEGATIVE_INFINITY,
    maxAt: 0,
    last: 0,
    lastAt: 0,
    sum: 0,
    power: 0,
  };
}

/** @param powers false where nobody asks for the energy: it costs more than all the rest */
export function addNumber(sum: NumberSum, at: number, x: number, powers = true): void {
  if (powers) addPower(sum, x, 1);
  sum.n += 1;
  sum.sum += x;
  if (x < sum.min) {
    sum.min = x;
    sum.minAt = at;
  }
  if (x > sum.max) {
    sum.max = x;
    sum.maxAt = at;
  }
  sum.last = x;
  sum.lastAt = at;
}

/** Adds what came after all that is in `sum`. */
export function addNumberSum(sum: NumberSum, later: Readonly<NumberSum>): void {
  addPower(sum, later.max, later.power);
  sum.n += later.n;
  sum.sum += later.sum;
  if (later.min < sum.min) {
    sum.min = later.min;
    sum.minAt = later.minAt;
  }
  if (later.max > sum.max) {
    sum.max = later.max;
    sum.maxAt = later.maxAt;
  }
  sum.last = later.last;
  sum.lastAt = later.lastAt;
}

function addPower(sum: NumberSum, max: number, power: number): void {
  if (sum.n === 0) sum.power = power;
  else if (max > sum.max) sum.power = sum.power * 10 ** ((sum.max - max) / 10) + power;
  else sum.power += power * 10 ** ((max - sum.max) / 10);
}

/** Readings of one state or flag point, summed up, added in ascending time. */
export interface StateSum {
  n: number;
  readonly counts: Map<string, number>;
  last: string;
  lastAt: number;
}

export function emptyStateSum(): StateSum {
  return { n: 0, counts: new Map(), last: '', lastAt: 0 };
}

export function addState(sum: StateSum, at: number, word: string): void {
  sum.n += 1;
  sum.counts.set(word, (sum.counts.get(word) ?? 0) + 1);
  sum.last = word;
  sum.lastAt = at;
}

/** What a later sum brings. */
export interface LaterStates {
  readonly n: number;
  readonly counts: ReadonlyMap<string, number>;
  readonly last: string;
  readonly lastAt: number;
}

export function addStateSum(sum: StateSum, later: LaterStates): void {
  for (const [word, times] of later.counts) {
    sum.counts.set(word, (sum.counts.get(word) ?? 0) + times);
  }
  sum.n += later.n;
  sum.last = later.last;
  sum.lastAt = later.lastAt;
}
