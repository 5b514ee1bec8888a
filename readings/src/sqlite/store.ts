import { mkdir, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CaretakerError } from '../base/index.ts';
import { decodeReadings } from '../frame/index.ts';
import type { Reading } from '../reading.ts';
import { refuseExpired, refuseType, seriesOf, siftReadings } from '../store/check.ts';
import { scanColumnsBySlices } from '../store/columns.ts';
import { scanBySlices } from '../store/slices.ts';
import type {
  DescribePoint,
  RawRetention,
  ReadingColumns,
  ReadingStore,
  Span,
  WriteResult,
} from '../store.ts';
import { faultOf } from './faults.ts';
import { type Position, pack, type Reader, type Writing } from './protocol.ts';
import { Thread } from './thread.ts';

/** Readings of one message between threads: some 5 ms to encode or decode. */
const MESSAGE = 20_000;
/** Point names of one message. */
const NAMES = 5_000;

export interface SqliteOptions {
  /** Path of the readings file; its folder is created. Beside it lie `-wal`, `-shm` and `.lock`. */
  readonly file: string;
  readonly describe: DescribePoint;
  /** Null, the default: raw readings are kept for ever. */
  readonly rawRetentionMs?: RawRetention;
}

/**
 * Readings in one SQLite file, with nothing to install. One thread writes and one reads, so the caller's
 * event loop only encodes and decodes.
 */
export function createSqliteReadings(options: SqliteOptions): ReadingStore {
  return new SqliteReadings(options);
}

class SqliteReadings implements ReadingStore {
  readonly #file: string;
  readonly #describe: DescribePoint;
  readonly #rawRetentionMs: RawRetention;
  #writer: Thread<Writing>;
  #reader: Thread<Reader>;
  #scans = 0;
  /** The folding under way. */
  #folding: Promise<void> | null = null;
  #stopping = false;

  constructor({ file, describe, rawRetentionMs = null }: SqliteOptions) {
    this.#file = resolve(file);
    this.#describe = describe;
    this.#rawRetentionMs = rawRetentionMs;
    this.#writer = this.#thread('write', this.#file);
    this.#reader = this.#thread('read', this.#file);
  }

  #thread<Calls>(role: 'write' | 'read', file: string): Thread<Calls> {
    return new Thread<Calls>({ role, file, rawRetentionMs: this.#rawRetentionMs });
  }

  async start(): Promise<void> {
    const file = await this.#realFile();
    const writer = this.#thread<Writing>('write', file);
    const reader = this.#thread<Reader>('read', file);
    await writer.open();
    try {
      await reader.open();
    } catch (error) {
      await writer.close();
      throw error;
    }
    this.#writer = writer;
    this.#reader = reader;
    this.#stopping = false;
    this.#fold();
  }

  /** One name for one file, however it is reached: the lock lies beside it. */
  async #realFile(): Promise<string> {
    try {
      const folder = dirname(this.#file);
      await mkdir(folder, { recursive: true });
      const direct = join(await realpath(folder), basename(this.#file));
      return await realpath(direct).catch(() => direct);
    } catch (cause) {
      throw new CaretakerError(faultOf(cause, this.#file), { cause });
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#folding;
    await this.#reader.close();
    await this.#writer.close();
  }

  async write(readings: readonly Reading[]): Promise<WriteResult> {
    const { kept, refused } = siftReadings(readings, this.#describe);
    let written = 0;
    const conflicts: WriteResult['conflicts'][number][] = [];
    for (let from = 0; from < kept.length; from += MESSAGE) {
      const part = kept.slice(from, from + MESSAGE);
      const outcome = await this.#writer.call('write', pack(part));
      written += outcome.written;
      for (const { index, held } of outcome.conflicts) {
        conflicts.push({ offered: part[index] as Reading, held });
      }
      for (const { index, held } of outcome.mistyped) {
        refused.push(refuseType(part[index] as Reading, held));
      }
      for (const index of outcome.expired) refused.push(refuseExpired(part[index] as Reading));
      if (outcome.foldable) this.#fold();
    }
    const duplicates = readings.length - written - conflicts.length - refused.length;
    return { written, duplicates, conflicts, refused };
  }

  /** Folds what may be folded, turn by turn, so that writers come in between. */
  #fold(): void {
    if (this.#folding !== null || this.#stopping) return;
    const folding = async () => {
      while (!this.#stopping && (await this.#writer.call('fold')));
    };
    // It only saves space and time: a disk that is full says so to the next write, damage to `expire` and readers.
    this.#folding = folding()
      .catch(() => {})
      .finally(() => {
        this.#folding = null;
      });
  }

  async expire(now: number): Promise<void> {
    while (!this.#stopping && (await this.#writer.call('expire', now)));
  }

  async latest(points?: readonly string[]): Promise<ReadonlyMap<string, Reading>> {
    const newest = new Map<string, Reading>();
    const add = (bytes: Uint8Array) => {
      for (const reading of decodeReadings(bytes)) newest.set(reading.point, reading);
    };
    if (points !== undefined) {
      for (const names of parts(points)) add(await this.#reader.call('latest', names));
      return newest;
    }
    let after: Position = 0;
    while (after !== null) {
      const page: ReturnType<Reader['latestPage']> = await this.#reader.call('latestPage', after);
      add(page.readings);
      after = page.next;
    }
    return newest;
  }

  async spans(points?: readonly string[]): Promise<ReadonlyMap<string, Span>> {
    const spans = new Map<string, Span>();
    if (points !== undefined) {
      for (const names of parts(points)) {
        for (const [point, span] of await this.#reader.call('spans', names)) spans.set(point, span);
      }
      return spans;
    }
    let after: Position = 0;
    while (after !== null) {
      const page: ReturnType<Reader['spansPage']> = await this.#reader.call('spansPage', after);
      for (const [point, span] of page.spans) spans.set(point, span);
      after = page.next;
    }
    return spans;
  }

  async range(
    point: string,
    from: number,
    to: number,
    limit = Number.MAX_SAFE_INTEGER,
  ): Promise<readonly Reading[]> {
    seriesOf(point, this.#describe);
    const readings: Reading[] = [];
    let start = from;
    while (start < to && readings.length < limit) {
      const wanted = Math.min(MESSAGE, limit - readings.length);
      const bytes = await this.#reader.call('range', point, start, to, wanted);
      const page = decodeReadings(bytes);
      for (const reading of page) readings.push(reading);
      const last = page.at(-1);
      if (last === undefined || page.length < wanted) break;
      start = last.at + 1;
    }
    return readings;
  }

  async buckets(point: string, from: number, to: number, count: number) {
    const { type, mean } = seriesOf(point, this.#describe);
    return await this.#reader.call('buckets', point, type, mean, from, to, count);
  }

  scan(from: number, to: number, points?: readonly string[]): AsyncIterable<readonly Reading[]> {
    const names = points === undefined ? null : [...new Set(points)];
    return scanBySlices(from, to, {
      next: (at) => this.#reader.call('next', at, names),
      slice: async (start, end) => {
        const parts = await this.#reader.call('slice', start, end, names);
        return parts === null ? null : parts.flatMap(decodeReadings);
      },
    });
  }

  scanColumns(from: number, to: number, points: readonly string[]): AsyncIterable<ReadingColumns> {
    this.#scans += 1;
    const scan = this.#scans;
    return scanColumnsBySlices(from, to, {
      next: (at) => this.#reader.call('next', at, points),
      slice: (start, end) => this.#reader.call('columns', scan, start, end, points),
    });
  }
}

function* parts(points: readonly string[]): Generator<readonly string[]> {
  for (let from = 0; from < points.length; from += NAMES) yield points.slice(from, from + NAMES);
}
