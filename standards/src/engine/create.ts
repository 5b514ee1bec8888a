import { compile, type EngineOptions } from './core/compile.ts';
import { JudgingEngine } from './core/engine.ts';
import { Words } from './core/layout.ts';
import { headOf, restoreState } from './core/restore.ts';
import type { Engine } from './engine.ts';

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
