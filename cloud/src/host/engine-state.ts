import type { ReadingStore } from '@caretaker/readings';
import { CaretakerError, type Clock, type Log } from '@caretaker/readings/base';
import { decodeFrame } from '@caretaker/readings/frame';
import {
  createEngine,
  type Engine,
  type EngineOptions,
  type LateWork,
  prepareCalendars,
  restateEngine,
  restoreEngine,
} from '@caretaker/standards/engine';
import type { Database } from '../db/database.ts';
import type { Directory } from '../estates/directory.ts';
import type { InForce } from '../standards/in-force.ts';
import { type Pending, pendingRestatement } from '../standards/restatements.ts';
import { drainAll, judge, judgeAgain } from './judging.ts';
import { Localiser } from './localiser.ts';
import { pause } from './pause.ts';
import { loadSnapshot } from './snapshots.ts';

/** How far back readings are judged again when something late arrives. */
export const horizon = 35 * 24 * 3_600_000;
/** How far ahead calendars are at hand before they are asked for. */
const ahead = 2 * 24 * 3_600_000;

export interface EngineParts {
  readonly estate: string;
  readonly directory: Directory;
  readonly inForce: InForce;
  readonly store: ReadingStore;
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
}

/** An engine brought to where the last commit left it, and the last frame that is in it. */
export interface Recovered {
  readonly engine: Engine;
  readonly covers: number;
  /** It could not be restored, and everything that is stored was judged again. */
  readonly anew: boolean;
  /** What was restated since its state was kept, and is in it now. */
  readonly restated: Pending | null;
}

/**
 * Builds the engine of an estate from its snapshot and the frames since. Without a snapshot that this program
 * can read, everything within the horizon is judged anew from the store.
 */
export async function recoverEngine(parts: EngineParts): Promise<Recovered> {
  const { database, estate } = parts;
  const options = await optionsOf(parts);
  await prepare(parts, options);
  const restated = await pendingRestatement(database, estate);
  const snapshot = await loadSnapshot(database, estate);
  const restored = snapshot === null ? null : tryRestore(parts, options, snapshot.state, restated);
  const start = restored?.engine ?? createEngine(options);
  const anew = snapshot !== null && restored === null;
  if (anew) await rejudgeAll(start, parts);
  for (const work of restored?.works ?? []) {
    await judgeAgain(start, parts.store, work);
    await pause();
  }
  if (restated !== null) await drainAll(start);
  let covers = snapshot?.covers ?? 0;
  const localiser = new Localiser(parts.directory, estate);
  for (;;) {
    const frames = await framesAfter(database, estate, covers);
    for (const row of frames) {
      const frame = decodeFrame(row.frame);
      const { known } = localiser.localise(frame.readings.slice(row.skipped));
      await judge(start, parts.store, known);
      if (row.advanced !== null) start.advance(row.gateway, row.advanced);
      // What is said here was written when the frame was committed.
      await drainAll(start);
      covers = row.id;
      await pause();
    }
    if (frames.length === 0) return { engine: start, covers, anew, restated };
  }
}

/** Compiles the estate's calendars before the first reading needs them, a step at a time. */
async function prepare(
  { clock }: EngineParts,
  { standard, estates, earlier = [] }: EngineOptions,
): Promise<void> {
  const now = clock.now();
  const known = new Set<EngineOptions['standard']>();
  for (const stretch of [{ standard, estates }, ...earlier]) {
    if (known.has(stretch.standard)) continue;
    known.add(stretch.standard);
    const steps = prepareCalendars(stretch.standard, stretch.estates, now - horizon, now + ahead);
    for (const _ of steps) await pause();
  }
}

/**
 * Compiles the calendars of the days to come, so that the first readings of a new year are not held up by it.
 * Costs next to nothing where that is done.
 */
export async function prepareAhead(parts: EngineParts): Promise<void> {
  const { standard, estates } = await optionsOf(parts);
  const now = parts.clock.now();
  for (const _ of prepareCalendars(standard, estates, now, now + ahead)) await pause();
}

/** By what the estate's readings are judged, as far back as any of them may still be judged again. */
async function optionsOf(parts: EngineParts): Promise<EngineOptions> {
  const { inForce, directory, estate, clock } = parts;
  const own = directory.estates.get(estate);
  if (own === undefined) return { standard: inForce.standard, estates: [], horizon };
  const recorded = own.assets.some((a) => a.points.some((point) => point.history === 'judge'));
  // The horizon is seen from the receipt of a reading, and a gateway that was away brings old receipts.
  const heard = (await completeTos(parts)).flatMap((gateway) => gateway.complete_to ?? []);
  const oldest = Math.min(clock.now(), ...heard) - 2 * horizon;
  return { ...inForce.timeline(own, recorded ? Number.NEGATIVE_INFINITY : oldest), horizon };
}

function completeTos({ database, estate }: EngineParts) {
  return database.read
    .selectFrom('gateways')
    .select(['id', 'complete_to'])
    .where('estate', '=', estate)
    .execute();
}

interface Restored {
  readonly engine: Engine;
  /** To be done before anything else. */
  readonly works: readonly LateWork[];
}

function tryRestore(
  parts: EngineParts,
  options: EngineOptions,
  state: Uint8Array,
  restated: Pending | null,
): Restored | null {
  try {
    if (restated !== null) return restateEngine(options, state, restated);
    return { engine: restoreEngine(options, state), works: [] };
  } catch (error) {
    if (!(error instanceof CaretakerError)) throw error;
    parts.log.warn(
      { estate: parts.estate, code: error.code },
      'the kept state is of another program: judging the stored readings anew',
    );
    return null;
  }
}

async function rejudgeAll(engine: Engine, parts: EngineParts): Promise<void> {
  const { estate, directory, store } = parts;
  const points = [...directory.points.values()].filter(({ asset }) => asset.estate === estate);
  const recorded = points.filter(({ point }) => point.history === 'judge').map((p) => p.point.id);
  const live = points.filter(({ point }) => point.history !== 'judge').map((p) => p.point.id);
  const gateways = await completeTos(parts);
  const newest = Math.max(0, ...gateways.map((gateway) => gateway.complete_to ?? 0));
  const passes = [
    { points: recorded, from: 0 },
    { points: live, from: Math.max(0, newest - horizon) },
  ];
  for (const pass of passes) {
    if (pass.points.length === 0) continue;
    for await (const batch of store.scan(pass.from, Number.MAX_SAFE_INTEGER, pass.points)) {
      await judge(engine, store, batch);
      await drainAll(engine);
      await pause();
    }
  }
  for (const { id, complete_to } of gateways) {
    if (complete_to !== null) engine.advance(id, complete_to);
  }
  await drainAll(engine);
}

function framesAfter(database: Database, estate: string, covers: number) {
  return database.read
    .selectFrom('inbox')
    .selectAll()
    .where('estate', '=', estate)
    .where('id', '>', covers)
    .orderBy('id')
    .limit(20)
    .execute();
}
