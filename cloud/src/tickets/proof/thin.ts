import type { Reading, ReadingValue } from '@caretaker/readings';

/** Readings of one point that are kept with a ticket. */
export interface Kept {
  readonly point: string;
  /** How many there were. */
  readonly count: number;
  readonly readings: readonly { readonly at: number; readonly value: ReadingValue }[];
}

/** What a screen can show of an hour, and what a ticket may weigh. */
const mostKept = 400;

/**
 * Few enough readings to be kept for ever: where there are more, each stretch of time is told by its lowest and its
 * highest, or by each change of a state, so that no peak is lost.
 * @param readings of one point, ascending
 */
export function thinned(point: string, readings: readonly Reading[], most = mostKept): Kept {
  const all = readings.map(({ at, value }) => ({ at, value }));
  const count = all.length;
  if (count <= most) return { point, count, readings: all };
  if (all.every(({ value }) => typeof value === 'number')) {
    return { point, count, readings: extremes(all, most) };
  }
  const changes = all.filter(({ value }, k) => k === 0 || value !== all[k - 1]?.value);
  return { point, count, readings: evenly(changes, most) };
}

type Told = Kept['readings'][number];

function extremes(all: readonly Told[], most: number): Told[] {
  const stretches = Math.floor(most / 2);
  const kept: Told[] = [];
  for (let k = 0; k < stretches; k += 1) {
    const from = Math.floor((k * all.length) / stretches);
    const part = all.slice(from, Math.floor(((k + 1) * all.length) / stretches));
    const byValue = part.toSorted((a, b) => Number(a.value) - Number(b.value) || a.at - b.at);
    const ends = new Set([byValue[0], byValue.at(-1)].filter((one) => one !== undefined));
    kept.push(...[...ends].sort((a, b) => a.at - b.at));
  }
  return kept;
}

function evenly(all: readonly Told[], most: number): readonly Told[] {
  if (all.length <= most) return all;
  return Array.from({ length: most }, (_, k) => all[Math.floor((k * all.length) / most)] as Told);
}
