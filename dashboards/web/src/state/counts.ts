import type { AssetState } from '@caretaker/cloud/contract';
import { type Mark, marksWorstFirst } from './mark.ts';

export type PointCounts = AssetState['points'];

/** Points by state over many assets; the parts add to `total`. */
export function sumPoints(states: Iterable<PointCounts>): PointCounts & { total: number } {
  const sum = { ok: 0, breach: 0, pending: 0, unknown: 0, total: 0 };
  for (const points of states) {
    sum.ok += points.ok;
    sum.breach += points.breach;
    sum.pending += points.pending;
    sum.unknown += points.unknown;
    sum.total += points.ok + points.breach + points.pending + points.unknown;
  }
  return sum;
}

/** How many of each mark, worst first, without those that do not occur. */
export function countMarks(marks: Iterable<Mark>): [mark: Mark, count: number][] {
  const counts = new Map<Mark, number>();
  for (const mark of marks) counts.set(mark, (counts.get(mark) ?? 0) + 1);
  return marksWorstFirst.flatMap((mark) => {
    const count = counts.get(mark);
    return count === undefined ? [] : [[mark, count] as [Mark, number]];
  });
}
