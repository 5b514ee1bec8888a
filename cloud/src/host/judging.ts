import type { Reading, ReadingStore } from '@caretaker/readings';
import type { Engine, EpisodeChange, LateWork } from '@caretaker/standards/engine';
import { pause } from './pause.ts';

/** Readings judged in one turn of the event loop. */
const readingsPerTurn = 1_000;
/** Rules whose changes are looked at in one turn. */
const rulesPerTurn = 250;

/** Judges the readings of a frame, and again what late ones change, with the store's readings. */
export async function judge(
  engine: Engine,
  store: ReadingStore,
  readings: readonly Reading[],
): Promise<void> {
  for (const [index, part] of partsOf(readings).entries()) {
    if (index > 0) await pause();
    for (const work of engine.accept(part)) await judgeAgain(engine, store, work);
  }
}

/** The readings of an asset stay together and in order, so that its late ones make one piece of work. */
function partsOf(readings: readonly Reading[]): Reading[][] {
  if (readings.length <= readingsPerTurn) return [[...readings]];
  const byAsset = new Map<string, Reading[]>();
  for (const reading of readings) {
    const asset = reading.point.slice(0, reading.point.lastIndexOf('/'));
    const own = byAsset.get(asset);
    if (own === undefined) byAsset.set(asset, [reading]);
    else own.push(reading);
  }
  const parts: Reading[][] = [[]];
  for (const own of byAsset.values()) {
    const part = parts.at(-1);
    if (part === undefined || part.length + own.length > readingsPerTurn) parts.push(own);
    else part.push(...own);
  }
  return parts;
}

/** Does work of the engine with the store's readings. */
export async function judgeAgain(
  engine: Engine,
  store: ReadingStore,
  work: LateWork,
): Promise<void> {
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
