import type { Reading, ReadingStore } from '@caretaker/readings';
import type { Engine, EpisodeChange, LateWork } from '@caretaker/standards/engine';
import { pause } from './pause.ts';

/** Readings accepted in one turn of the event loop: a frame as gateways send them, so that its late ones make one work. */
const acceptedPerTurn = 5_000;
/** Readings of the store judged again in one turn. */
const readingsPerTurn = 1_000;
/** Rules whose changes are looked at in one turn. */
const rulesPerTurn = 500;

/** Judges readings, and again what late ones change, with the store's readings; never long in one turn. */
export async function judge(
  engine: Engine,
  store: ReadingStore,
  readings: readonly Reading[],
): Promise<void> {
  for (let from = 0; from < readings.length; from += acceptedPerTurn) {
    if (from > 0) await pause();
    const part = readings.slice(from, from + acceptedPerTurn);
    for (const work of engine.accept(part)) await judgeAgain(engine, store, work);
  }
}

async function judgeAgain(engine: Engine, store: ReadingStore, work: LateWork): Promise<void> {
  let held: readonly Reading[] = [];
  for await (const batch of store.scan(work.from, work.to + 1, work.points)) {
    for (let from = 0; from < batch.length; from += readingsPerTurn) {
      if (held.length > 0) {
        engine.rejudge(work, held, true);
        await pause();
      }
      held = batch.slice(from, from + readingsPerTurn);
    }
  }
  engine.rejudge(work, held);
}

/** All that the engine has to say since it was last asked. */
export async function drainAll(engine: Engine): Promise<readonly EpisodeChange[]> {
  const changes: EpisodeChange[] = [];
  for (;;) {
    changes.push(...engine.drain(rulesPerTurn));
    if (engine.settled) return changes;
    await pause();
  }
}
