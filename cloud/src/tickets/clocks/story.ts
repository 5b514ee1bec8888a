import type { PromiseKind } from './promise.ts';
import type { CompletionClass, PauseReason } from './targets.ts';

/** What the clocks read of an entry of a ticket's log. */
export interface LogEvent {
  readonly type: string;
  /** Cloud clock. */
  readonly at: number;
  readonly patch: {
    readonly state?: string;
    readonly severity?: string;
    readonly class?: string | null;
    readonly onset?: number;
    readonly detected?: number | null;
    readonly waiting_reason?: string | null;
    readonly waiting_until?: number | null;
    readonly follow_up?: string;
  };
  readonly data: Readonly<Record<string, unknown>> | null;
}

/** Waiting for something, as its author said; how long it pauses a clock is another matter. */
export interface Wait {
  readonly reason: PauseReason;
  readonly from: number;
  /** The instant until which it was to last; it may have been over before. */
  readonly to: number;
}

/** That a share of a clock had run was written to the log. */
export interface Said {
  readonly clock: string;
  readonly round: number;
  /** 50, 80 or 100. */
  readonly share: number;
  /** The target in force then, in words. */
  readonly target: string;
}

export interface Promised {
  readonly at: number;
  readonly kind: PromiseKind;
  /** For a promise of an instant. */
  readonly until: number | null;
}

export interface Stretch {
  readonly from: number;
  /** Null while it lasts. */
  readonly to: number | null;
}

/** A ticket's log, sorted by what matters to its clocks. Times are the cloud's but for the episode's own. */
export interface Story {
  readonly opened: number;
  /** Event time; null for what people report. */
  readonly onset: number | null;
  readonly detected: number | null;
  /** Each change of state; the first is the one it was opened with. */
  readonly moves: readonly { readonly at: number; readonly state: string }[];
  readonly severities: readonly { readonly at: number; readonly severity: string }[];
  readonly class: CompletionClass | null;
  readonly waits: readonly Wait[];
  /** Somebody took over what was handed to them. */
  readonly accepts: readonly number[];
  readonly answers: readonly number[];
  readonly promises: readonly Promised[];
  /** A follow-up was owed. */
  readonly owed: readonly Stretch[];
  readonly said: readonly Said[];
}

interface Draft {
  onset: number | null;
  detected: number | null;
  class: CompletionClass | null;
  readonly moves: { at: number; state: string }[];
  readonly severities: { at: number; severity: string }[];
  readonly waits: { reason: PauseReason; from: number; to: number }[];
  readonly accepts: number[];
  readonly answers: number[];
  readonly promises: Promised[];
  readonly owed: { from: number; to: number | null }[];
  readonly said: Said[];
}

const reasons: ReadonlySet<unknown> = new Set<PauseReason>(['parts', 'no-access', 'third-party']);

const deeds: ReadonlySet<string> = new Set([
  'accepted',
  'answered',
  'promised',
  'clock-warned',
  'clock-missed',
]);
const fields = [
  'state',
  'severity',
  'class',
  'onset',
  'detected',
  'waiting_until',
  'follow_up',
] as const;

/** Whether anything of the clocks can follow from an entry; from most that people write nothing does. */
export function movesClocks({ type, patch }: LogEvent): boolean {
  return deeds.has(type) || fields.some((field) => patch[field] !== undefined);
}

/**
 * Reads a log.
 * @param log in its order, at least one entry
 */
export function storyOf(log: readonly LogEvent[]): Story {
  const opened = log[0]?.at ?? 0;
  const draft: Draft = {
    ...{ onset: null, detected: null, class: null, moves: [], severities: [], waits: [] },
    ...{ accepts: [], answers: [], promises: [], owed: [], said: [] },
  };
  let now = opened;
  for (const event of log) {
    // A cloud's clock that was set back makes nothing happen before what it follows.
    now = Math.max(now, event.at);
    noteState(draft, event, now);
    noteFields(draft, event, now);
    noteDeeds(draft, event, now);
  }
  if (draft.moves[0]?.at !== opened) draft.moves.unshift({ at: opened, state: 'new' });
  return { ...draft, opened };
}

function noteState(draft: Draft, { patch, data }: LogEvent, now: number): void {
  const { state, waiting_until: until = null } = patch;
  const last = draft.waits.at(-1);
  const over = until !== null || (state !== undefined && state !== 'waiting');
  if (last !== undefined && over) last.to = Math.min(last.to, now);
  if (state !== undefined && draft.moves.at(-1)?.state !== state) {
    draft.moves.push({ at: now, state });
  }
  const reason = patch.waiting_reason as PauseReason;
  const evidence = data?.evidence;
  // Without a listed reason and something to show for it, a ticket may wait, but its clocks do not.
  if (until === null || !reasons.has(reason) || typeof evidence !== 'string') return;
  if (evidence.trim() !== '') draft.waits.push({ reason, from: now, to: Math.max(now, until) });
}

function noteFields(draft: Draft, { patch }: LogEvent, now: number): void {
  if (patch.onset !== undefined) draft.onset = patch.onset;
  if (patch.detected !== undefined) draft.detected = patch.detected;
  if (patch.class !== undefined) draft.class = patch.class as CompletionClass | null;
  const { severity } = patch;
  if (severity !== undefined && draft.severities.at(-1)?.severity !== severity) {
    draft.severities.push({ at: now, severity });
  }
  const open = draft.owed.at(-1);
  if (patch.follow_up === undefined) return;
  if (open !== undefined && open.to === null) {
    if (patch.follow_up !== 'owed') open.to = now;
  } else if (patch.follow_up === 'owed') draft.owed.push({ from: now, to: null });
}

function noteDeeds(draft: Draft, { type, data }: LogEvent, now: number): void {
  if (type === 'accepted') draft.accepts.push(now);
  if (type === 'answered') draft.answers.push(now);
  if (type === 'promised') {
    const { kind, at } = data ?? {};
    draft.promises.push({
      at: now,
      kind: kind as PromiseKind,
      until: at === undefined ? null : Number(at),
    });
  }
  if (type === 'clock-warned' || type === 'clock-missed') {
    const { clock, round, share, target } = data ?? {};
    draft.said.push({
      clock: String(clock),
      round: Number(round),
      share: Number(share),
      target: String(target),
    });
  }
}
