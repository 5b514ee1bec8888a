import type { BucketsOfTime, KpiStretches } from '@caretaker/cloud/contract';
import { sharesOf, whole } from '../format/shares.ts';

/** The four parts that every required millisecond falls into. */
export const parts = ['up', 'down', 'planned', 'unknown'] as const;
export type Part = (typeof parts)[number];

export type Figures = Readonly<Record<Part, number>>;

/** Hundredths of a percent that add to exactly 100.00; null when nothing was required. */
export function figuresOf(time: BucketsOfTime): Figures | null {
  const shares = sharesOf(
    parts.map((part) => time[part]),
    time.required,
  );
  if (shares === null) return null;
  const [up = 0, down = 0, planned = 0, unknown = 0] = shares;
  return { up, down, planned, unknown };
}

/** Share of the required time about which something is known, hundredths of a percent. */
export function coverageOf(time: BucketsOfTime): number | null {
  const figures = figuresOf(time);
  return figures === null ? null : whole - figures.unknown;
}

/** The part a stretch counts into: degraded time is up. */
function partOf(bucket: KpiStretches['stretches'][number]['bucket']): Part {
  return bucket === 'degraded' ? 'up' : bucket;
}

/** The stretches of one part and the sum that its figure must equal, milliseconds. */
export function stretchesOf(stretches: KpiStretches['stretches'], part: Part) {
  const own = stretches.filter((stretch) => partOf(stretch.bucket) === part);
  return { own, sum: own.reduce((sum, { from, to }) => sum + to - from, 0) };
}
