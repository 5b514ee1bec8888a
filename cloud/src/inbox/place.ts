import { type Frame, readingsUpTo, throughOf } from '@caretaker/readings/frame';
import type { Status } from '@caretaker/readings/uplink';

/** How far one journal of a gateway has been stored and judged. */
export interface Position {
  readonly journal: string;
  readonly accepted: number;
  /** The newest sequence the gateway has spoken of. */
  readonly newest: number;
}

export interface Loss {
  readonly journal: string;
  readonly reason: string;
  readonly from: number | null;
  readonly to: number | null;
}

export type Placing =
  /** Frames in between are missing: nothing of this one may be taken. */
  | { readonly type: 'gap' }
  | { readonly type: 'duplicate' }
  /** Take it without its first `skip` readings; everything up to `accepted` is then there, or was thinned. */
  | { readonly type: 'next'; readonly skip: number; readonly accepted: number };

/** Where a frame lies against what was accepted of its journal. */
export function place(accepted: number, frame: Frame): Placing {
  const last = throughOf(frame);
  if (frame.first > accepted + 1) return { type: 'gap' };
  if (last < accepted || (last === accepted && last >= frame.first)) {
    return { type: 'duplicate' };
  }
  return { type: 'next', skip: readingsUpTo(frame, accepted), accepted: last };
}

type Hello = Extract<Status, { type: 'hello' }>;

/**
 * Where a gateway goes on after it introduced its journal.
 * @param known this journal's position, if the cloud has one
 * @param former position of the journal this gateway wrote to before
 */
export function greet(
  hello: Hello,
  known: Position | null,
  former: Position | null,
): { readonly position: Position; readonly losses: readonly Loss[] } {
  const { journal, oldest, newest } = hello;
  if (known === null) {
    const incomplete = former !== null && former.accepted < former.newest && oldest > 1;
    const loss = {
      journal: former?.journal ?? journal,
      reason: 'The gateway began a new journal before all of its former one had arrived.',
      from: former === null ? null : former.accepted + 1,
      to: former?.newest ?? null,
    };
    return {
      position: { journal, accepted: oldest - 1, newest },
      losses: incomplete ? [loss] : [],
    };
  }
  if (oldest > known.accepted + 1) {
    const reason = 'The gateway no longer holds readings that had not been accepted.';
    const loss = { journal, reason, from: known.accepted + 1, to: oldest - 1 };
    return { position: { journal, accepted: oldest - 1, newest }, losses: [loss] };
  }
  if (newest < known.accepted) {
    // Its sequence numbers will be given out again and taken for duplicates: that must not pass unseen.
    const reason = 'The gateway went back in a journal without renewing its id.';
    const loss = { journal, reason, from: newest + 1, to: known.accepted };
    return { position: known, losses: [loss] };
  }
  return { position: { ...known, newest: Math.max(known.newest, newest) }, losses: [] };
}
