import { compile, type EngineOptions } from './core/compile.ts';
import { JudgingEngine } from './core/engine.ts';
import { Words } from './core/layout.ts';
import { headOf, restoreState } from './core/restore.ts';
import type { Engine, LateWork, Restatement } from './engine.ts';

/** An engine that has seen nothing yet. */
export function createEngine(options: EngineOptions): Engine {
  return new JudgingEngine(compile(options));
}

/**
 * An engine with the state of a snapshot. Rules that are the same, with the same numbers, carry their state
 * over; others begin anew.
 * @throws CaretakerError `STANDARDS_SNAPSHOT_FOREIGN` when the bytes are no snapshot of this program.
 */
export function restoreEngine(options: EngineOptions, snapshot: Uint8Array): Engine {
  const engine = new JudgingEngine(compile(options, new Words(headOf(snapshot).words)));
  restoreState(engine, snapshot);
  return engine;
}

/**
 * An engine with the state of a snapshot that was judged by what is restated now. It says every episode anew: what
 * it holds in the end is to be compared with what was said.
 * @param options with what counts after the restatement
 * @returns the work, to be handed to `rejudge` with the store's readings before anything else
 * @throws CaretakerError `STANDARDS_SNAPSHOT_FOREIGN`
 */
export function restateEngine(
  options: EngineOptions,
  snapshot: Uint8Array,
  restatement: Restatement,
): { readonly engine: Engine; readonly works: readonly LateWork[] } {
  const engine = new JudgingEngine(compile(options, new Words(headOf(snapshot).words)));
  restoreState(engine, snapshot, true);
  return { engine, works: engine.judgeAgain(restatement) };
}
