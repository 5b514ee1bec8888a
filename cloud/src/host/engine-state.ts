import { type Reading, type ReadingStore, storable } from '@caretaker/readings';
import { CaretakerError, type Clock, type Log } from '@caretaker/readings/base';
import { decodeFrame } from '@caretaker/readings/frame';
import type { Standard } from '@caretaker/standards';
import {
  createEngine,
  type Engine,
  prepareCalendars,
  restoreEngine,
} from '@caretaker/standards/engine';
import type { Database, Tx } from '../db/database.ts';
import type { Directory } from '../estates/directory.ts';
import { pause } from './pause.ts';

/** How far back readings are judged again when something late arrives. */
export const horizon = 35 * 24 * 3_600_000;
/** How far ahead calendars are at hand before they are asked for. */
const ahead = 2 * 24 * 3_600_000;

export interface EngineParts {
  readonly estate: string;
  readonly directory: Directory;
  readonly standard: Standard;
  readonly store: ReadingStore;
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
}

/** Judges readings, and again what late ones change, with the store's readings. */
export async function judge(
  engine: Engine,
  store: ReadingStore,
  readings: readonly Reading[],
): Promise<void> {
  for (const work of engine.accept(readings)) {
    const found: Reading[] = [];
    for await (const batch of store.scan(work.from, work.to + 1, work.points)) {
      for (const reading of batch) found.push(reading);
    }
    engine.rejudge(work, found);
  }
}

/** The readings of a frame that an estate declares, under their full ids, and the rest. */
export function localise(directory: Directory, estate: string, readings: readonly Reading[]) {
  const known: Reading[] = [];
  const unknown: Reading[] = [];
  // The gateway's estate may be older than ours: one reading no store keeps would hold up all that follow.
  const unfit: Reading[] = [];
  for (const reading of readings) {
    const point = `${estate}/${reading.point}`;
    const series = directory.describe(point);
    if (series === undefined) unknown.push(reading);
    else if (!storable(reading, series)) unfit.push(reading);
    else known.push({ ...reading, point });
  }
  return { known, unknown, unfit };
}

/** An engine brought to where the last commit left it, and the last frame that is in it. */
export interface Recovered {
  readonly engine: Engine;
  readonly covers: number;
}

/**
 * Builds the engine of an estate from its snapshot and the frames since. Without a snapshot that this program
 * can read, everything within the horizon is judged anew from the store.
 */
export async function recoverEngine(parts: EngineParts): Promise<Recovered> {
  const { database, estate } = parts;
  await prepare(parts);
  const snapshot = await database.read
    .selectFrom('snapshots')
    .selectAll()
    .where('estate', '=', estate)
    .executeTakeFirst();
  const restored = snapshot === undefined ? null : tryRestore(parts, snapshot.state);
  const start = restored ?? fresh(parts);
  if (snapshot !== undefined && restored === null) await rejudgeAll(start, parts);
  let covers = snapshot?.covers ?? 0;
  for (;;) {
    const frames = await framesAfter(database, estate, covers);
    for (const row of frames) {
      const frame = decodeFrame(row.frame);
      const { known } = localise(parts.directory, estate, frame.readings.slice(row.skipped));
      await judge(start, parts.store, known);
      if (row.advanced !== null) start.advance(row.gateway, row.advanced);
      // What is said here was written when the frame was committed.
      start.drain();
      covers = row.id;
      await pause();
    }
    if (frames.length === 0) return { engine: start, covers };
  }
}

/** Compiles the estate's calendars before the first reading needs them, a step at a time. */
async function prepare(parts: EngineParts): Promise<void> {
  const { standard, estates } = settings(parts);
  const now = parts.clock.now();
  for (const _ of prepareCalendars(standard, estates, now - horizon, now + ahead)) await pause();
}

function settings({ standard, directory, estate }: EngineParts) {
  const own = directory.estates.get(estate);
  return { standard, estates: own === undefined ? [] : [own], horizon };
}

const fresh = (parts: EngineParts): Engine => createEngine(settings(parts));

function tryRestore(parts: EngineParts, state: Uint8Array): Engine | null {
  try {
    return restoreEngine(settings(parts), state);
  } catch (error) {
    if (!(error instanceof CaretakerError)) throw error;
    parts.log.warn(
      { estate: parts.estate, code: error.code },
      'the rules or the estate have changed: judging the stored readings anew',
    );
    return null;
  }
}

async function rejudgeAll(engine: Engine, parts: EngineParts): Promise<void> {
  const { estate, directory, store, database } = parts;
  const points = [...directory.points.values()].filter(({ asset }) => asset.estate === estate);
  const recorded = points.filter(({ point }) => point.history === 'judge').map((p) => p.point.id);
  const live = points.filter(({ point }) => point.history !== 'judge').map((p) => p.point.id);
  const gateways = await database.read
    .selectFrom('gateways')
    .select(['id', 'complete_to'])
    .where('estate', '=', estate)
    .execute();
  const newest = Math.max(0, ...gateways.map((gateway) => gateway.complete_to ?? 0));
  const passes = [
    { points: recorded, from: 0 },
    { points: live, from: Math.max(0, newest - horizon) },
  ];
  for (const pass of passes) {
    if (pass.points.length === 0) continue;
    for await (const batch of store.scan(pass.from, Number.MAX_SAFE_INTEGER, pass.points)) {
      await judge(engine, store, batch);
      engine.drain();
      await pause();
    }
  }
  for (const { id, complete_to } of gateways) {
    if (complete_to !== null) engine.advance(id, complete_to);
  }
  engine.drain();
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

/** Keeps an engine's state and lets go of the frames that are in it. */
export async function saveSnapshot(
  tx: Tx,
  estate: string,
  covers: number,
  state: Uint8Array,
  at: number,
): Promise<void> {
  await tx
    .insertInto('snapshots')
    .values({ estate, covers, at, state })
    .onConflict((conflict) => conflict.column('estate').doUpdateSet({ covers, at, state }))
    .execute();
  await tx.deleteFrom('inbox').where('estate', '=', estate).where('id', '<=', covers).execute();
}
