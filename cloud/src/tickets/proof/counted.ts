import type { Reading } from '@caretaker/readings';
import type { EventProof } from '@caretaker/standards';
import type { Counted } from './proof.ts';

/** What the events of a point amount to. @param readings those since the claim, ascending */
export function countEvents(readings: readonly Reading[], proof: EventProof): Counted {
  let quiet = 0;
  let bad = 0;
  let lastBad: number | null = null;
  for (const { at, value } of readings) {
    if (!proof.isBad(value, at)) {
      quiet += 1;
      continue;
    }
    quiet = 0;
    bad += 1;
    lastBad = at;
  }
  return { quiet, bad, lastBad, needed: proof.needed, least: proof.least };
}
