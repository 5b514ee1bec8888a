import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import type { Engine } from '@caretaker/standards/engine';
import type { Database, Tx } from '../db/database.ts';
import { pause } from './pause.ts';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);
const fast = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** Bytes before compression that go into one row: making and writing it holds the event loop for some milliseconds. */
const partBytes = 256 * 1024;
/** Frames let go of in one transaction. */
const framesPerStep = 10;

/** An engine's state as it was kept, and the last frame that is in it. */
export interface Snapshot {
  readonly state: Uint8Array;
  readonly covers: number;
}

/** An engine's state to be kept. */
export interface Kept {
  readonly engine: Pick<Engine, 'snapshotParts'>;
  readonly covers: number;
  /** Cloud clock, UTC epoch milliseconds. */
  readonly at: number;
}

/** What the estate's engine was like when its state was last kept; null when it never was. */
export async function loadSnapshot(database: Database, estate: string): Promise<Snapshot | null> {
  const head = await headOf(database, estate);
  if (head === undefined) return null;
  const { covers, generation, parts } = head;
  // Kept in one piece by an earlier version of this program.
  if (generation === null || parts === null) return { state: head.state, covers };
  const found: Uint8Array[] = [];
  for (let part = 0; part < parts; part += 1) {
    const row = await database.read
      .selectFrom('snapshot_parts')
      .select('bytes')
      .where('estate', '=', estate)
      .where('generation', '=', generation)
      .where('part', '=', part)
      .executeTakeFirstOrThrow();
    found.push(await decompress(row.bytes));
  }
  return { state: Buffer.concat(found), covers };
}

/**
 * Keeps an engine's state, then lets go of the state before it and of the frames that are in it. The parts are
 * written one after another beside what is kept, which stays in force until all are there.
 *
 * @param also is done in the transaction that puts the new state into force
 */
export async function saveSnapshot(
  database: Database,
  estate: string,
  { engine, covers, at }: Kept,
  also: (tx: Tx) => Promise<void> = async () => {},
): Promise<void> {
  const generation = ((await headOf(database, estate))?.generation ?? 0) + 1;
  await dropParts(database, estate, generation - 1);
  let parts = 0;
  for (const piece of pieces(engine.snapshotParts())) {
    const bytes = await compress(piece, fast);
    const row = { estate, generation, part: parts, bytes };
    await database.write((tx) => tx.insertInto('snapshot_parts').values(row).execute());
    parts += 1;
    await pause();
  }
  const head = { covers, at, generation, parts, state: Buffer.alloc(0) };
  await database.write(async (tx) => {
    await tx
      .insertInto('snapshots')
      .values({ estate, ...head })
      .onConflict((conflict) => conflict.column('estate').doUpdateSet(head))
      .execute();
    await also(tx);
  });
  await dropParts(database, estate, generation);
  await dropFrames(database, estate, covers);
}

/** Parts in rows of about the same size, whatever size the engine gives them. */
function* pieces(parts: Iterable<Uint8Array>): Generator<Uint8Array> {
  let held: Uint8Array[] = [];
  let size = 0;
  for (const part of parts) {
    for (let from = 0; from < part.length; from += partBytes) {
      const piece = part.subarray(from, from + partBytes);
      held.push(piece);
      size += piece.length;
      if (size < partBytes) continue;
      yield Buffer.concat(held);
      held = [];
      size = 0;
    }
  }
  if (size > 0) yield Buffer.concat(held);
}

function headOf(database: Database, estate: string) {
  return database.read
    .selectFrom('snapshots')
    .selectAll()
    .where('estate', '=', estate)
    .executeTakeFirst();
}

/** Lets go of all parts but those of one generation, also of what a crash left half written. */
async function dropParts(database: Database, estate: string, but: number): Promise<void> {
  const rows = await database.read
    .selectFrom('snapshot_parts')
    .select(['generation', 'part'])
    .where('estate', '=', estate)
    .where('generation', '<>', but)
    .execute();
  for (const { generation, part } of rows) {
    await database.write((tx) =>
      tx
        .deleteFrom('snapshot_parts')
        .where('estate', '=', estate)
        .where('generation', '=', generation)
        .where('part', '=', part)
        .execute(),
    );
    await pause();
  }
}

async function dropFrames(database: Database, estate: string, covers: number): Promise<void> {
  for (;;) {
    const rows = await database.read
      .selectFrom('inbox')
      .select('id')
      .where('estate', '=', estate)
      .where('id', '<=', covers)
      .orderBy('id')
      .limit(framesPerStep)
      .execute();
    if (rows.length === 0) return;
    const ids = rows.map(({ id }) => id);
    await database.write((tx) => tx.deleteFrom('inbox').where('id', 'in', ids).execute());
    await pause();
  }
}
