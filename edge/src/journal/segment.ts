import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { namesIn } from './files.ts';
import { type Footer, footerOf } from './footer.ts';
import { nextCandidate, type RecordAt, recordAt } from './record.ts';

/** Head of a segment file: `CTKJ` and version, journal id, first sequence, CRC32 of these. */
export const segmentHead = 36;
const MAGIC = Buffer.from('CTKJ\x01\0\0\0', 'latin1');
/** Of a segment that was thinned: it ends with a footer, and its sequences have holes. */
const THINNED = Buffer.from('CTKJ\x02\0\0\0', 'latin1');
const NAME = /^(\d{16})\.seg$/;
/** Bytes between two entries of the index, so that a position is found without reading a whole segment. */
const INDEX_STEP = 64 * 1024;

/** A run of whole records without a hole that was not meant, as offsets in the file and as sequences [first, next). */
export interface Extent {
  readonly first: number;
  next: number;
  readonly offset: number;
  end: number;
  /** Receipt of its first and last readings, UTC epoch milliseconds; null where none is left. */
  readonly since: number | null;
  until: number | null;
}

/** What is known in memory of one segment file that may be read. */
export interface Segment {
  readonly file: string;
  readonly first: number;
  /** Sequence after the last readable one. */
  next: number;
  /** Offset after the last readable record. */
  end: number;
  /** Bytes of the file behind `end`. */
  readonly tail: number;
  /** How far it was thinned: 0 not at all. Only then may sequences be missing in it. */
  readonly stage: number;
  /** Readings in it. */
  count: number;
  /** Receipt of its first and last readings, UTC epoch milliseconds; null while it is empty. */
  received: { from: number; to: number } | null;
  /** Sparse, ascending: sequence → offset of a record that starts with it. */
  readonly index: { sequence: number; offset: number }[];
}

/** A segment without any record yet. */
export function emptySegment(file: string, first: number): Segment {
  const none = { tail: 0, stage: 0, count: 0, received: null };
  return { file, first, next: first, end: segmentHead, index: [], ...none };
}

/** Notes readings [sequence, next) received from .. to, in bytes that end at `end`. */
export function noteRecords(
  segment: Segment,
  added: { next: number; end: number; from: number; to: number },
): void {
  segment.count += added.next - segment.next;
  segment.next = added.next;
  segment.end = added.end;
  segment.received = {
    from: Math.min(segment.received?.from ?? Infinity, added.from),
    to: Math.max(segment.received?.to ?? -Infinity, added.to),
  };
}

/** The segment of an ascending list that covers a sequence. */
export function segmentAt(segments: readonly Segment[], sequence: number): Segment | undefined {
  let low = 0;
  let high = segments.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((segments[middle]?.first ?? 0) <= sequence) low = middle;
    else high = middle - 1;
  }
  const found = segments[low];
  return found !== undefined && found.first <= sequence && sequence < found.next
    ? found
    : undefined;
}

/** How many readings segments hold behind a sequence; inside one that was thinned, an estimate. */
export function heldAfter(segments: readonly Segment[], sequence: number): number {
  let held = 0;
  for (const { first, next, count } of segments) {
    if (next <= sequence + 1) continue;
    const covered = next - Math.max(first, sequence + 1);
    held += covered === next - first ? count : Math.ceil((count * covered) / (next - first));
  }
  return held;
}

export function segmentFile(directory: string, first: number): string {
  return path.join(directory, `${String(first).padStart(16, '0')}.seg`);
}

export function encodeHead(journal: string, first: number, thinned = false): Buffer {
  const head = Buffer.alloc(segmentHead);
  (thinned ? THINNED : MAGIC).copy(head);
  head.write(journal, 8, 16, 'hex');
  head.writeDoubleLE(first, 24);
  head.writeUInt32LE(crc32(head.subarray(0, 32)), 32);
  return head;
}

/** Notes where a record starts when the last entry is far enough behind. */
export function noteIndex(segment: Segment, sequence: number, offset: number): void {
  const last = segment.index.at(-1);
  if (last === undefined || offset - last.offset >= INDEX_STEP) {
    segment.index.push({ sequence, offset });
  }
}

/** The segment files of a folder by the first sequence their names give, ascending. */
export async function listSegments(directory: string): Promise<{ file: string; first: number }[]> {
  const found: { file: string; first: number }[] = [];
  for (const name of await namesIn(directory)) {
    const first = NAME.exec(name)?.[1];
    if (first !== undefined) found.push({ file: path.join(directory, name), first: Number(first) });
  }
  return found.sort((a, b) => a.first - b.first);
}

/** What a whole reading of one segment file found. */
export interface SegmentScan {
  readonly bytes: Buffer;
  readonly size: number;
  /** The head is whole and says what the name and the journal say. */
  readonly headWhole: boolean;
  readonly extents: readonly Extent[];
  readonly records: readonly RecordAt[];
  readonly thinned: boolean;
  /** Of a thinned segment; null when it is damaged or missing. */
  readonly footer: Footer | null;
  /** Offset after which nothing whole was found; equals `size` when no byte at the end is foreign. */
  readonly tail: number;
  /** Foreign bytes lie before the last whole record. */
  readonly holed: boolean;
}

/**
 * Reads a segment file and finds every whole record in it, whatever happened to the bytes between.
 * @param below records that start at this sequence or later are left out: a later segment holds it, and
 *   what is here is a write that failed and was never acknowledged.
 */
export async function scanSegment(
  file: string,
  journal: string,
  first: number,
  below: number,
): Promise<SegmentScan> {
  const bytes = await readFile(file);
  const head = bytes.subarray(0, segmentHead);
  const thinnedHead = head.equals(encodeHead(journal, first, true));
  const headWhole = thinnedHead || head.equals(encodeHead(journal, first));
  const { records, footer, holed, tail, at } = recordsIn(bytes, first, below);
  const thinned = thinnedHead || footer !== null;
  const extents = extentsOf(records, thinned, first);
  if (footer !== null && at === tail) {
    join(extents, { first, next: footer.next, at, end: at, received: null }, true);
  }
  return { bytes, size: bytes.length, headWhole, extents, records, thinned, footer, tail, holed };
}

/** Every whole record behind the head, and the footer, wherever they lie. */
function recordsIn(bytes: Buffer, first: number, below: number) {
  const records: RecordAt[] = [];
  let footer: Footer | null = null;
  let holed = false;
  let expected = first;
  let tail = Math.min(segmentHead, bytes.length);
  let at = tail;
  while (at < bytes.length) {
    const record = recordAt(bytes, at);
    if (typeof record === 'string' || record.first < expected) {
      at = nextCandidate(bytes, at);
      continue;
    }
    footer = footerOf(bytes, record);
    if (footer === null && record.count === 0) {
      at = nextCandidate(bytes, at);
      continue;
    }
    if (footer === null && record.first >= below) break;
    if (at !== tail) holed = true;
    if (footer !== null) break;
    records.push(record);
    expected = record.first + record.count;
    at = record.end;
    tail = at;
  }
  return { records, footer, holed, tail, at };
}

function extentsOf(records: readonly RecordAt[], thinned: boolean, first: number): Extent[] {
  const extents: Extent[] = [];
  for (const record of records) {
    // What lies first in a thinned segment covers it from its beginning.
    const start = thinned && record.start === segmentHead ? first : record.first;
    const next = record.first + record.count;
    const { received, end } = record;
    join(extents, { first: start, next, at: record.start, end, received }, thinned);
  }
  return extents;
}

interface Stretch {
  readonly first: number;
  readonly next: number;
  readonly at: number;
  readonly end: number;
  readonly received: number | null;
}

/** @param holes whether records that lie side by side may have sequences missing between them */
function join(
  extents: Extent[],
  { first, next, at, end, received }: Stretch,
  holes: boolean,
): void {
  const last = extents.at(-1);
  if (last !== undefined && last.end === at && (holes || last.next === first)) {
    last.next = next;
    last.end = end;
    last.until = received ?? last.until;
    return;
  }
  extents.push({ first, next, offset: at, end, since: received, until: received });
}
