import { parseDuration } from '@caretaker/devices/model';
import { merged, type Span } from './counting.ts';
import type { Wait } from './story.ts';
import type { Kind, PauseReason } from './targets.ts';
import type { EstateTime } from './time.ts';

/** The longest that a ticket's clocks may stand still for each reason, all its waits taken together. */
export type Caps = Readonly<Record<PauseReason, number>>;

const day = 24 * 3_600_000;
const usual: Caps = { parts: 14 * day, 'no-access': 3 * day, 'third-party': 7 * day };

export function capsOf({ clocks }: Pick<EstateTime, 'clocks'>): Caps {
  const said = (reason: PauseReason) => {
    const words = clocks?.pauses?.[reason];
    return (words === undefined ? undefined : parseDuration(words)) ?? usual[reason];
  };
  return {
    parts: said('parts'),
    'no-access': said('no-access'),
    'third-party': said('third-party'),
  };
}

/**
 * The times in which a ticket's waiting stops its clocks: until it was over, or was to be over, and for each reason not
 * longer than its cap, from where they run on by themselves. That nobody is at home pauses nothing: residents are not
 * there to suit us.
 */
export function pausesOf(
  waits: readonly Wait[],
  { inHome, time }: Pick<Kind, 'inHome'> & { readonly time: EstateTime },
): Span[] {
  const left: Record<PauseReason, number> = { ...capsOf(time) };
  const pauses = waits
    .filter(({ reason }) => !(inHome && reason === 'no-access'))
    .map(({ reason, from, to }) => {
      const length = Math.min(to - from, left[reason]);
      left[reason] -= length;
      return { from, to: from + length };
    });
  return merged(pauses);
}
