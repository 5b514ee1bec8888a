import { type FileHandle, open } from 'node:fs/promises';
import type { Reading } from '@caretaker/readings';
import { CaretakerError } from '@caretaker/readings/base';
import type { Gap } from '@caretaker/readings/frame';
import { largestRecord, readRecord, recordAt } from './record.ts';
import { type Segment, segmentAt } from './segment.ts';

const CHUNK_BYTES = 512 * 1024;

/** What the journal holds from one sequence on. */
export interface Stretch {
  readonly readings: readonly Reading[];
  /** Holes that thinning made; as in a frame that begins where the reading began. */
  readonly gaps: readonly Gap[];
  /** The sequence after the last one that is covered; where the reading began when there is nothing yet. */
  readonly next: number;
}

/** A stretch that is being read. */
interface Taking {
  readonly segment: Segment;
  readonly from: number;
  readonly readings: Reading[];
  readonly gaps: Gap[];
  next: number;
}

/** Reads durable readings in order, holding one chunk of one segment in memory. */
export class SegmentReader {
  readonly #segments: () => readonly Segment[];
  readonly #restamp: ((readings: readonly Reading[]) => readonly Reading[]) | null;
  #open: { segment: Segment; handle: FileHandle } | null = null;
  /** Where the last read ended, so that the next one need not look it up. */
  #hint: { segment: Segment; sequence: number; offset: number } | null = null;
  /** One at a time: reads share the open file. */
  #turn: Promise<unknown> = Promise.resolve();

  /**
   * @param segments ascending; asked again at every read
   * @param restamp gives times to readings without; those that have none yet are not given out
   */
  constructor(
    segments: () => readonly Segment[],
    restamp?: (readings: readonly Reading[]) => readonly Reading[],
  ) {
    this.#segments = segments;
    this.#restamp = restamp ?? null;
  }

  /**
   * The readings from sequence `from` on, at most `limit`; fewer where a segment ends, none where the journal
   * does, where all the rest of a segment was thinned away, or where readings have to wait for their time. Go on at `next`, and finish with `next - 1`.
   * @throws CaretakerError `EDGE_JOURNAL_DAMAGED` when a record is not what was written.
   */
  read(from: number, limit: number): Promise<Stretch> {
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

  async #read(from: number, limit: number): Promise<Stretch> {
    const { segment, handle } = await this.#opened(from);
    if (segment === null) return { readings: [], gaps: [], next: from };
    // What is written while this reads is for the next time.
    const { next, end } = segment;
    const taking: Taking = { segment, from, readings: [], gaps: [], next: from };
    let offset = this.#offsetOf(segment, from);
    let size = CHUNK_BYTES;
    while (offset < end && taking.readings.length < limit) {
      const chunk = Buffer.allocUnsafe(Math.min(size, end - offset));
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, offset);
      const used = parse(chunk.subarray(0, bytesRead), taking, limit);
      if (used === 0) {
        if (size >= largestRecord || chunk.length === end - offset) throw damaged(segment, offset);
        size = largestRecord;
      }
      offset += used;
    }
    const excess = taking.readings.length - limit;
    if (excess > 0) {
      taking.readings.length = limit;
      taking.next -= excess;
    } else if (offset >= end && taking.next < next) {
      skip(taking, next, offset);
    }
    // A record cut by the limit is read again: the hint stands only at a record's start.
    this.#hint = excess > 0 ? null : { segment, sequence: taking.next, offset };
    return this.#timed({ readings: taking.readings, gaps: taking.gaps, next: taking.next }, from);
  }

  #timed(stretch: Stretch, from: number): Stretch {
    if (this.#restamp === null) return stretch;
    const readings = this.#restamp(stretch.readings);
    if (readings.length === stretch.readings.length) return { ...stretch, readings };
    // The rest is read again once it has a time.
    this.#hint = null;
    const gaps = stretch.gaps.filter(({ index }) => index < readings.length);
    const removed = gaps.reduce((sum, gap) => sum + gap.removed, 0);
    return { readings, gaps, next: from + readings.length + removed };
  }

  /** The segment that covers a sequence, and its file. */
  async #opened(
    from: number,
  ): Promise<{ segment: Segment; handle: FileHandle } | { segment: null; handle: null }> {
    for (;;) {
      const segment = segmentAt(this.#segments(), from);
      if (segment === undefined) return { segment: null, handle: null };
      const handle = await this.#handle(segment);
      // Thinning puts another file in its place, which offsets of this one mean nothing in.
      if (handle !== null && segmentAt(this.#segments(), from) === segment) {
        return { segment, handle };
      }
    }
  }

  #offsetOf(segment: Segment, from: number): number {
    const hint = this.#hint;
    if (hint !== null && hint.segment === segment && hint.sequence === from) return hint.offset;
    const { index } = segment;
    let low = 0;
    let high = index.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((index[middle]?.sequence ?? 0) <= from) low = middle;
      else high = middle - 1;
    }
    // Nothing is left in it: its end is where nothing is read.
    return index[low]?.offset ?? segment.end;
  }

  /** @returns null when the segment has just gone */
  async #handle(segment: Segment): Promise<FileHandle | null> {
    if (this.#open?.segment === segment) return this.#open.handle;
    await this.#close();
    try {
      const handle = await open(segment.file, 'r');
      this.#open = { segment, handle };
      return handle;
    } catch (error) {
      if (!this.#segments().includes(segment)) return null;
      throw error;
    }
  }

  async #close(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    this.#hint = null;
    await open?.handle.close();
  }
}

/** @returns bytes of whole records taken */
function parse(chunk: Buffer, taking: Taking, limit: number): number {
  const { readings, segment, from } = taking;
  let at = 0;
  while (at < chunk.length && readings.length < limit) {
    const record = recordAt(chunk, at);
    if (record === 'short') break;
    if (record === 'bad') throw damaged(segment, at);
    const { first, count } = record;
    if (first > taking.next) skip(taking, first, at);
    if (first + count > from) {
      if (first < taking.next && readings.length > 0) throw damaged(segment, at);
      readRecord(chunk, record, from, readings);
      taking.next = first + count;
    }
    at = record.end;
  }
  return at;
}

/** Notes that nothing is held before `to`. */
function skip(taking: Taking, to: number, offset: number): void {
  const { segment, gaps, readings, next } = taking;
  if (segment.stage === 0) throw damaged(segment, offset);
  gaps.push({ index: readings.length, removed: to - next });
  taking.next = to;
}

function damaged({ file }: Segment, offset: number): CaretakerError {
  return new CaretakerError({
    code: 'EDGE_JOURNAL_DAMAGED',
    message: `A record of the journal is not what was written, near byte ${offset}.`,
    where: file,
  });
}
