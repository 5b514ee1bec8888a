import { readFile, rm, writeFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import type { Reading } from '@caretaker/readings';
import { CaretakerError } from '@caretaker/readings/base';
import { encodeFooter, type Footer, footerOf } from './footer.ts';
import { type RecordAt, RecordBuffer, readRecord, recordAt } from './record.ts';
import { emptySegment, encodeHead, noteIndex, type Segment, segmentHead } from './segment.ts';
import type { Tombstone } from './tombstone.ts';

/** A draft is written beside the segment, then takes its name: a crash leaves the one or the other, whole. */
export const draftEnding = '.draft';

/** Readings looked at before others get the event loop: a few milliseconds' work. */
const SEEN_PER_TURN = 400;
const TAKEN_BYTES = 1024 * 1024;

/**
 * Shows every reading of a segment with its sequence, in order, letting others have the event loop in between.
 * @param visit gets the readings of one record; reading i has `first + i`
 * @returns the footer, when the segment was thinned before
 * @throws CaretakerError `EDGE_JOURNAL_DAMAGED` when a record is not what was written
 */
export async function visitReadings(
  segment: Segment,
  visit: (first: number, readings: readonly Reading[]) => void,
): Promise<Footer | null> {
  const bytes = await readFile(segment.file);
  let at = segmentHead;
  let sinceTurn = 0;
  while (at < segment.end) {
    const record = wholeAt(bytes, at, segment);
    const readings: Reading[] = [];
    readRecord(bytes, record, 0, readings);
    visit(record.first, readings);
    at = record.end;
    sinceTurn += readings.length;
    if (sinceTurn < SEEN_PER_TURN) continue;
    sinceTurn = 0;
    await setImmediate();
  }
  return segment.stage === 0 ? null : footerOf(bytes, wholeAt(bytes, at, segment));
}

function wholeAt(bytes: Buffer, at: number, { file }: Segment): RecordAt {
  const record = recordAt(bytes, at);
  if (typeof record === 'object') return record;
  throw new CaretakerError({
    code: 'EDGE_JOURNAL_DAMAGED',
    message: `A record of the journal is not what was written, near byte ${at}.`,
    where: file,
  });
}

/** A segment as it will be once its draft has its place. */
export interface Draft {
  readonly segment: Segment;
  readonly file: string;
}

/**
 * Writes beside a segment what is to stay of it, durable.
 * @param entomb tells of what was removed, by point
 */
export async function writeDraft(
  segment: Segment,
  journal: string,
  stage: number,
  kept: ReadonlySet<number>,
  entomb: (removed: ReadonlyMap<string, number>) => Tombstone,
): Promise<Draft> {
  const file = `${segment.file}${draftEnding}`;
  const { bytes, draft } = await draftOf(segment, journal, stage, kept, entomb);
  try {
    await writeFile(file, bytes, { flush: true, mode: 0o644 });
  } catch (error) {
    // What a full disk took of it is needed for something better.
    await rm(file, { force: true });
    throw error;
  }
  return { file, segment: draft };
}

async function draftOf(
  segment: Segment,
  journal: string,
  stage: number,
  kept: ReadonlySet<number>,
  entomb: (removed: ReadonlyMap<string, number>) => Tombstone,
): Promise<{ bytes: Buffer; draft: Segment }> {
  const writer = new DraftWriter(segment, stage);
  const removed = new Map<string, number>();
  const parts: Buffer[] = [encodeHead(journal, segment.first, true)];
  const before = await visitReadings(segment, (first, readings) => {
    for (const { point } of readings.filter((_, i) => !kept.has(first + i))) {
      removed.set(point, (removed.get(point) ?? 0) + 1);
    }
    writer.add(first, readings, kept);
    if (writer.buffered >= TAKEN_BYTES) parts.push(writer.take());
  });
  const tombstone = entomb(removed);
  const footer = encodeFooter({
    next: segment.next,
    count: writer.draft.count,
    stage,
    received: segment.received ?? { from: 0, to: 0 },
    tombstones: [...(before?.tombstones ?? []), tombstone],
  });
  const bytes = Buffer.concat([...parts, writer.take(), footer]);
  return { bytes, draft: { ...writer.draft, tail: footer.length } };
}

class DraftWriter {
  readonly draft: Segment;
  readonly #buffer = new RecordBuffer();

  constructor(segment: Segment, stage: number) {
    const { next, received } = segment;
    this.draft = { ...emptySegment(segment.file, segment.first), stage, next, received };
  }

  get buffered(): number {
    return this.#buffer.length;
  }

  /** Adds those readings of one record that stay; runs of them are records of their own. */
  add(first: number, readings: readonly Reading[], kept: ReadonlySet<number>): void {
    let from = 0;
    while (from < readings.length) {
      if (!kept.has(first + from)) {
        from += 1;
        continue;
      }
      let to = from + 1;
      while (to < readings.length && kept.has(first + to)) to += 1;
      const before = this.#buffer.length;
      noteIndex(this.draft, first + from, this.draft.end);
      this.#buffer.add(first + from, readings, from, to);
      this.draft.end += this.#buffer.length - before;
      this.draft.count += to - from;
      from = to;
    }
  }

  take(): Buffer {
    const bytes = Buffer.from(this.#buffer.written);
    this.#buffer.clear();
    return bytes;
  }
}
