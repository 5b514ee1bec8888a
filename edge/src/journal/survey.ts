import path from 'node:path';
import type { Reading } from '@caretaker/readings';
import { readRecord } from './record.ts';
import {
  emptySegment,
  listSegments,
  noteIndex,
  noteRecords,
  type Segment,
  type SegmentScan,
  scanSegment,
} from './segment.ts';
import { type Mark, readMark, readState, type State } from './state.ts';
import type { Tombstone } from './tombstone.ts';

export const stateName = 'state.json';
export const markName = 'mark';

/** Sequences [from, to], inclusive. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** A range with what was received just before and just behind it, UTC epoch milliseconds. */
export interface LostRange extends Range {
  readonly since: number | null;
  readonly until: number | null;
}

/** What lies on disk, judged. Only a `whole` journal may go on under its id. */
export interface Survey {
  readonly state: State | 'none' | 'damaged';
  /** Readable segments, ascending, without overlap. */
  readonly segments: readonly Segment[];
  readonly bytes: number;
  /** Newest whole sequence, 0 when there is none. */
  readonly newest: number;
  /** Why the journal must be renewed; empty when it is whole. */
  readonly reasons: readonly string[];
  /** Sequences that were durable, are not finished with, and are gone. */
  readonly lost: readonly LostRange[];
  readonly stampedTo: number;
  readonly lastReceived: number;
  /** What thinned segments themselves say was removed from them. */
  readonly tombstones: readonly Tombstone[];
}

/** The last sequence that every consumer has finished with. */
export function finished(positions: Readonly<Record<string, number>>, names: readonly string[]) {
  return names.reduce((least, name) => Math.min(least, positions[name] ?? 0), Infinity);
}

/**
 * Reads everything in the journal's folder and proves it whole, or says what is not. Writes nothing.
 * @param consumers null for those that the journal had when it was last open
 */
export async function survey(
  directory: string,
  consumers: readonly string[] | null,
  boot: string,
): Promise<Survey> {
  const state = await readState(path.join(directory, stateName));
  const mark = await readMark(path.join(directory, markName));
  const known = typeof state === 'string' ? null : state;
  if (known === null) {
    return {
      ...nothing,
      state,
      reasons: state === 'damaged' ? ['the state file is damaged'] : [],
    };
  }
  const scan = await scanAll(path.join(directory, known.journal), known.journal);
  const done = finished(known.positions, consumers ?? Object.keys(known.positions));
  const newest = Math.max(0, ...scan.segments.map((segment) => segment.next - 1));
  const durable = Math.max(newest, ...durableBefore(known, mark));
  const lost = holes(scan.covered, done + 1, durable);
  const reasons = [...scan.reasons, ...doubts(known, mark, boot)];
  if (durable > newest) reasons.push('the end of the journal is missing');
  else if (lost.length > 0) reasons.push('readings are missing');
  if (known.closedAt !== null && newest > known.closedAt) {
    reasons.push('the state file is older than the segments');
  }
  return {
    state: known,
    segments: scan.segments,
    bytes: scan.bytes,
    newest,
    reasons,
    lost,
    stampedTo: Math.max(known.stampedTo, scan.stampedTo),
    lastReceived: scan.lastReceived,
    tombstones: scan.tombstones,
  };
}

const nothing = {
  segments: [],
  bytes: 0,
  newest: 0,
  lost: [],
  stampedTo: 0,
  lastReceived: 0,
  tombstones: [],
} as const;

/** Sequences that the small files prove to have been durable. */
function durableBefore(state: State, mark: Mark | null): number[] {
  const proofs = [...Object.values(state.positions), state.closedAt ?? 0];
  if (mark?.journal === state.journal) proofs.push(mark.newest);
  return proofs;
}

/** Reasons why a clean-looking end of the journal might not be the true one. */
function doubts(state: State, mark: Mark | null, boot: string): string[] {
  if (state.closedAt !== null) return [];
  if (mark === null) return ['the mark is missing or damaged after a crash'];
  if (mark.journal !== state.journal) return ['the mark is of another journal'];
  if (mark.boot !== boot) return ['the machine went down while the journal was open'];
  return [];
}

interface ScanAll {
  readonly segments: Segment[];
  readonly covered: LostRange[];
  readonly reasons: string[];
  readonly bytes: number;
  readonly tombstones: Tombstone[];
  readonly stampedTo: number;
  readonly lastReceived: number;
}

async function scanAll(directory: string, journal: string): Promise<ScanAll> {
  const files = await listSegments(directory);
  const all: ScanAll & { bytes: number; stampedTo: number; lastReceived: number } = {
    segments: [],
    covered: [],
    reasons: [],
    tombstones: [],
    bytes: 0,
    stampedTo: 0,
    lastReceived: 0,
  };
  for (const [index, { file, first }] of files.entries()) {
    const below = files[index + 1]?.first ?? Infinity;
    const scan = await scanSegment(file, journal, first, below);
    const name = path.basename(file);
    all.bytes += scan.size;
    // A file without a record and without a head is one whose making a crash broke off.
    const broken = index === files.length - 1 && scan.records.length === 0;
    if (!scan.headWhole && !broken) all.reasons.push(`the head of ${name} is damaged`);
    if (scan.holed) all.reasons.push(`${name} is damaged inside`);
    if (scan.thinned && scan.footer === null) all.reasons.push(`the end of ${name} is damaged`);
    const segment = segmentOf(file, first, scan);
    all.lastReceived = Math.max(all.lastReceived, segment.received?.to ?? 0);
    all.tombstones.push(...(scan.footer?.tombstones ?? []));
    for (const extent of scan.extents) {
      const { since, until } = extent;
      all.covered.push({ from: extent.first, to: extent.next - 1, since, until });
    }
    if (index >= files.length - 2) all.stampedTo = Math.max(all.stampedTo, stampedIn(scan));
    all.segments.push(segment);
  }
  return all;
}

function segmentOf(file: string, first: number, scan: SegmentScan): Segment {
  const { footer } = scan;
  const tail = scan.size - scan.tail;
  const segment: Segment = { ...emptySegment(file, first), tail, stage: footer?.stage ?? 0 };
  for (const record of scan.records) {
    noteIndex(segment, record.first, record.start);
    const { received } = record;
    const next = record.first + record.count;
    noteRecords(segment, { next, end: record.end, from: received, to: received });
  }
  if (footer === null) return segment;
  const { next, count, received } = footer;
  return Object.assign(segment, { next, count, received });
}

/** The latest time that we gave to an unstamped reading of a segment. */
function stampedIn(scan: SegmentScan): number {
  let latest = 0;
  for (const record of scan.records) {
    const readings: Reading[] = [];
    readRecord(scan.bytes, record, 0, readings);
    for (const reading of readings) {
      if (!reading.stamped && reading.at > latest) latest = reading.at;
    }
  }
  return latest;
}

/** What [from, to] lacks, given ascending covered ranges with the receipt of their first and last readings. */
function holes(covered: readonly LostRange[], from: number, to: number): LostRange[] {
  const found: LostRange[] = [];
  let expected = from;
  let since: number | null = null;
  for (const range of covered) {
    if (range.from > expected && expected <= to) {
      const end = Math.min(range.from - 1, to);
      found.push({ from: expected, to: end, since, until: range.since });
    }
    expected = Math.max(expected, range.to + 1);
    since = range.until ?? since;
  }
  if (expected <= to) found.push({ from: expected, to, since, until: null });
  return found;
}
