import type { Episode } from '@caretaker/cloud/contract';
import type { KeyboardEvent } from 'react';
import type { Series } from './series.ts';

interface Parts {
  readonly series: Series;
  readonly episodes: readonly Episode[];
  readonly chosen: number | null;
  readonly setChosen: (index: number | null) => void;
  readonly setTable: (on: boolean) => void;
  readonly onRange: (by: 1 | -1) => void;
}

const hour = 3600;

/** The column nearest to a time in seconds. */
function nearest(times: readonly number[], at: number): number {
  let best = 0;
  for (const [index, time] of times.entries()) {
    if (Math.abs(time - at) < Math.abs((times[best] ?? 0) - at)) best = index;
  }
  return best;
}

/** Where a key leads from column `at`; null when it is none of ours. */
export function stepOf(
  key: string,
  shift: boolean,
  at: number,
  times: readonly number[],
  onsets: readonly number[],
): number | null {
  const now = times[at] ?? 0;
  const last = times.length - 1;
  switch (key) {
    case 'ArrowLeft':
      return shift ? nearest(times, now - hour) : Math.max(0, at - 1);
    case 'ArrowRight':
      return shift ? nearest(times, now + hour) : Math.min(last, at + 1);
    case 'Home':
      return 0;
    case 'End':
      return last;
    case 'PageUp': {
      const onset = onsets.findLast((one) => nearest(times, one) < at);
      return onset === undefined ? at : nearest(times, onset);
    }
    case 'PageDown': {
      const onset = onsets.find((one) => nearest(times, one) > at);
      return onset === undefined ? at : nearest(times, onset);
    }
    default:
      return null;
  }
}

/** The keyboard layer of a chart. */
export function useChartKeys(parts: Parts): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { series, episodes, chosen } = parts;
    const times = series.columns[0];
    if (event.key === 't' || event.key === 'T') {
      parts.setTable(true);
    } else if (event.key === '+' || event.key === '=') {
      parts.onRange(-1);
    } else if (event.key === '-') {
      parts.onRange(1);
    } else {
      const onsets = episodes.map(({ onset }) => onset / 1000).sort((a, b) => a - b);
      const next = stepOf(event.key, event.shiftKey, chosen ?? times.length - 1, times, onsets);
      if (next === null || times.length === 0) return;
      parts.setChosen(next);
    }
    event.preventDefault();
    event.stopPropagation();
  };
}
