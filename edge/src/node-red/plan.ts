/** Why a run of Node-RED ended. */
export type EndReason =
  /** By itself. */
  | 'crashed'
  /** Its event loop did not turn for too long. */
  | 'stuck'
  /** It took more memory than it may. */
  | 'memory'
  /** It did not come up. */
  | 'slow';

export interface End {
  readonly why: EndReason;
  /** Milliseconds of a clock that never steps. */
  readonly at: number;
}

/** How soon, and whether without its flows. */
export interface NextStart {
  readonly afterMs: number;
  readonly safe: boolean;
}

/** Ends of so long ago say nothing about now. */
const MEMORY_MS = 300_000;
const CRASHES = 3;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

/**
 * When to start Node-RED again: later each time, and without its flows as soon as it is clear that they are why.
 * @param ends the last one of them just now
 */
export function nextStart(ends: readonly End[]): NextStart {
  const last = ends.at(-1);
  if (last === undefined) return { afterMs: 0, safe: false };
  const recent = ends.filter((one) => last.at - one.at < MEMORY_MS);
  const afterMs = Math.min(FIRST_WAIT_MS * 2 ** (recent.length - 1), LONGEST_WAIT_MS);
  return { afterMs, safe: last.why === 'stuck' || recent.length >= CRASHES };
}
