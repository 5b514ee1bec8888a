import { type FileHandle, open } from 'node:fs/promises';
import type { Reading } from '@caretaker/readings';
import { CaretakerError } from '@caretaker/readings/base';
import { largestRecord, readRecord, recordAt } from './record.ts';
import type { Segment } from './segment.ts';

const CHUNK_BYTES = 512 * 1024;

/** Reads durable readings in order, holding one chunk of one segment in memory. */
export class SegmentReader {
  readonly #segments: () => readonly Segment[];
  #open: { file: string; handle: FileHandle } | null = null;
  /** Where the last read ended, so that the next one need not look it up. */
  #hint: { file: string; sequence: number; offset: number } | null = null;
  /** One at a time: reads share the open file. */
  #turn: Promise<unknown> = Promise.resolve();

  /** @param segments ascending; asked again at every read. */
  constructor(segments: () => readonly Segment[]) {
    this.#segments = segments;
  }

  /**
   * Consecutive readings from sequence `from` on, at most `limit`; fewer where a segment ends, none where the
   * journal does.
   * @throws CaretakerError `EDGE_JOURNAL_DAMAGED` when a record is not what was written.
   */
  read(from: number, limit: number): Promise<Reading[]> {
    return this.#inTurn(() => this.#read(from, limit));
  }

  close(): Promise<void> {
    return this.#inTurn(() => this.#close());
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(task, task);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #read(from: number, limit: number): Promise<Reading[]> {
    const segment = this.#segments().find((one) => from >= one.first && from < one.next);
    if (segment === undefined) return [];
    const { next, end, file } = segment;
    const handle = await this.#handle(file);
    const readings: Reading[] = [];
    let offset = this.#offsetOf(segment, from);
    let size = CHUNK_BYTES;
    while (offset < end && readings.length < limit) {
      const chunk = Buffer.allocUnsafe(Math.min(size, end - offset));
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, offset);
      const used = this.#parse(chunk.subarray(0, bytesRead), segment, from, limit, readings);
      if (used === 0) {
        if (size >= largestRecord || chunk.length === end - offset) throw damaged(file, offset);
        size = largestRecord;
      }
      offset += used;
    }
    if (readings.length === 0) throw damaged(file, offset);
    const kept = readings.slice(0, Math.min(limit, next - from));
    // A record cut by the limit is read again: the hint stands only at a record's start.
    this.#hint =
      kept.length === readings.length ? { file, sequence: from + kept.length, offset } : null;
    return kept;
  }

  /** @returns bytes of whole records taken. */
  #parse(
    chunk: Buffer,
    segment: Segment,
    from: number,
    limit: number,
    readings: Reading[],
  ): number {
    let at = 0;
    while (at < chunk.length && readings.length < limit) {
      const record = recordAt(chunk, at);
      if (record === 'short') break;
      const expected = from + readings.length;
      if (record === 'bad' || (readings.length > 0 && record.first !== expected)) {
        throw damaged(segment.file, at);
      }
      if (readings.length === 0 && record.first > from) throw damaged(segment.file, at);
      readRecord(chunk, record, from, readings);
      at = record.end;
    }
    return at;
  }

  #offsetOf(segment: Segment, from: number): number {
    const hint = this.#hint;
    if (hint !== null && hint.file === segment.file && hint.sequence === from) return hint.offset;
    const { index } = segment;
    let low = 0;
    let high = index.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((index[middle]?.sequence ?? 0) <= from) low = middle;
      else high = middle - 1;
    }
    const found = index[low];
    if (found === undefined) throw damaged(segment.file, 0);
    return found.offset;
  }

  async #handle(file: string): Promise<FileHandle> {
    if (this.#open?.file === file) return this.#open.handle;
    await this.#close();
    const handle = await open(file, 'r');
    this.#open = { file, handle };
    return handle;
  }

  async #close(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    this.#hint = null;
    await open?.handle.close();
  }
}

function damaged(file: string, offset: number): CaretakerError {
  return new CaretakerError({
    code: 'EDGE_JOURNAL_DAMAGED',
    message: `A record of the journal is not what was written, near byte ${offset}.`,
    where: file,
  });
}
