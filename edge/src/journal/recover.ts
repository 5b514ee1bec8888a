import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Reading } from '@caretaker/readings';
import { CaretakerError } from '@caretaker/readings/base';
import { ActiveSegment } from './active-segment.ts';
import { namesIn } from './files.ts';
import { RecordBuffer, readRecord } from './record.ts';
import { draftEnding } from './rewrite.ts';
import { listSegments, noteIndex, noteRecords, type Segment, scanSegment } from './segment.ts';
import { type Loss, newJournalId, type State, writeState } from './state.ts';
import { finished, type Survey, stateName, survey } from './survey.ts';
import { isTold, type Tombstone, withTombstone } from './tombstone.ts';

/** A journal that may be appended to from `next` on. */
export interface Opened {
  readonly state: State;
  readonly segments: Segment[];
  readonly bytes: number;
  readonly next: number;
  readonly lastReceived: number;
  /** Non-empty when the journal got a new id because the old one could not be proven whole. */
  readonly renewedBecause: readonly string[];
  readonly salvaged: number;
}

export interface RecoverOptions {
  readonly directory: string;
  readonly consumers: readonly string[];
  readonly boot: string;
  readonly segmentBytes: number;
  /** Found damage is recorded under this instant, UTC epoch milliseconds. */
  readonly now: number;
  /** Renew even a whole journal, for this reason. */
  readonly force?: string;
}

const JOURNAL = /^[0-9a-f]{32}$/;
const COPY_BYTES = 1024 * 1024;

/**
 * Opens what is on disk: as it is when it is proven whole, else under a new id with every whole reading that
 * a consumer has not finished with. The old files go only after the new state is durable, so a crash at any
 * point repeats the work.
 */
export async function recover(options: RecoverOptions): Promise<Opened> {
  await mkdir(options.directory, { recursive: true });
  const found = await survey(options.directory, options.consumers, options.boot);
  const reasons = [...(options.force === undefined ? [] : [options.force]), ...found.reasons];
  const orphans = await journalsIn(options.directory);
  if (typeof found.state !== 'string' && reasons.length === 0) {
    return goOn(options, found, found.state, orphans);
  }
  if (found.state === 'none' && orphans.length > 0) reasons.push('the state file is missing');
  return renew(options, found, reasons, orphans);
}

async function goOn(
  options: RecoverOptions,
  found: Survey,
  old: State,
  folders: readonly string[],
): Promise<Opened> {
  const positions = Object.fromEntries(
    options.consumers.map((name) => [name, old.positions[name] ?? 0]),
  );
  const tombstones = toldBy(found, old.tombstones);
  const state: State = {
    ...old,
    positions,
    tombstones,
    closedAt: null,
    stampedTo: found.stampedTo,
  };
  const folder = path.join(options.directory, state.journal);
  await mkdir(folder, { recursive: true });
  await removeDrafts(folder);
  await writeState(path.join(options.directory, stateName), state);
  await removeOthers(options.directory, folders, state.journal);
  return {
    state,
    segments: [...found.segments],
    bytes: found.bytes,
    next: found.newest + 1,
    lastReceived: found.lastReceived,
    renewedBecause: [],
    salvaged: 0,
  };
}

/** Folders of journals, also those that a broken-off renewal left behind. */
async function journalsIn(directory: string): Promise<string[]> {
  return (await namesIn(directory)).filter((name) => JOURNAL.test(name));
}

async function removeOthers(directory: string, folders: readonly string[], kept: string) {
  for (const name of folders) {
    if (name !== kept) await rm(path.join(directory, name), { recursive: true, force: true });
  }
}

async function renew(
  options: RecoverOptions,
  found: Survey,
  reasons: readonly string[],
  folders: readonly string[],
): Promise<Opened> {
  const old = typeof found.state === 'string' ? null : found.state;
  const journal = newJournalId();
  const directory = path.join(options.directory, journal);
  await mkdir(directory, { recursive: true });
  const target = new Salvage(directory, journal, options.segmentBytes);
  const after = old === null ? 0 : finished(old.positions, options.consumers);
  // Without a state nothing says which folder was the journal: keep what is in any of them.
  for (const name of old === null ? folders : [old.journal]) {
    await salvageFolder(path.join(options.directory, name), name, after, target);
  }
  await target.close();
  const state: State = {
    version: 1,
    journal,
    positions: Object.fromEntries(options.consumers.map((name) => [name, 0])),
    losses: [...(old?.losses ?? []), ...lossesOf(found, old, reasons, options.now)],
    tombstones: toldBy(found, old?.tombstones ?? []),
    closedAt: null,
    stampedTo: Math.max(found.stampedTo, target.stampedTo),
  };
  await writeState(path.join(options.directory, stateName), state);
  await removeOthers(options.directory, folders, journal);
  return {
    state,
    segments: target.segments,
    bytes: target.bytes,
    next: target.next,
    lastReceived: Math.max(found.lastReceived, target.lastReceived),
    // The very first start is no renewal.
    renewedBecause: reasons,
    salvaged: target.next - 1,
  };
}

/** Also of what a crash kept from being written down apart from the segment. */
function toldBy(found: Survey, told: readonly Tombstone[]): Tombstone[] {
  return found.tombstones.reduce<Tombstone[]>(
    (all, one) => (isTold(all, one) ? all : withTombstone(all, one)),
    [...told],
  );
}

/** Segments that were to be put in the place of others when a crash came. */
async function removeDrafts(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) {
    if (name.endsWith(draftEnding)) await rm(path.join(folder, name), { force: true });
  }
}

function lossesOf(
  found: Survey,
  old: State | null,
  reasons: readonly string[],
  now: number,
): Loss[] {
  const reason = reasons.join('; ');
  if (old === null) {
    // What a journal without a state has lost cannot be known.
    if (reasons.length === 0) return [];
    const range = { from: null, to: null, since: null, until: null };
    return [{ at: now, journal: 'unknown', reason, ...range }];
  }
  return found.lost.map((range) => ({ at: now, journal: old.journal, reason, ...range }));
}

async function salvageFolder(folder: string, journal: string, after: number, target: Salvage) {
  const files = await listSegments(folder);
  for (const [index, { file, first }] of files.entries()) {
    const scan = await scanSegment(file, journal, first, files[index + 1]?.first ?? Infinity);
    for (const record of scan.records) {
      const readings: Reading[] = [];
      readRecord(scan.bytes, record, after + 1, readings);
      if (readings.length > 0) await target.add(readings);
    }
  }
}

/** Writes salvaged readings as the first segments of a new journal. */
class Salvage {
  readonly segments: Segment[] = [];
  next = 1;
  bytes = 0;
  stampedTo = 0;
  lastReceived = 0;
  readonly #directory: string;
  readonly #journal: string;
  readonly #segmentBytes: number;
  readonly #buffer = new RecordBuffer();
  #active: ActiveSegment | null = null;
  /** Receipt of what the buffer holds. */
  #from = Infinity;
  #to = -Infinity;

  constructor(directory: string, journal: string, segmentBytes: number) {
    this.#directory = directory;
    this.#journal = journal;
    this.#segmentBytes = segmentBytes;
  }

  async add(readings: Reading[]): Promise<void> {
    this.#buffer.add(this.next, readings, 0, readings.length);
    this.next += readings.length;
    for (const { stamped, at, received } of readings) {
      if (!stamped && at > this.stampedTo) this.stampedTo = at;
      if (received > this.lastReceived) this.lastReceived = received;
      if (received < this.#from) this.#from = received;
      if (received > this.#to) this.#to = received;
    }
    if (this.#buffer.length >= COPY_BYTES) await this.#flush();
  }

  async #flush(): Promise<void> {
    if (this.#buffer.length === 0) return;
    try {
      const first = this.segments.at(-1)?.next ?? 1;
      this.#active ??= await ActiveSegment.create(this.#directory, this.#journal, first);
      const { segment } = this.#active;
      if (this.segments.at(-1) !== segment) this.segments.push(segment);
      await this.#active.write(this.#buffer.written);
      noteIndex(segment, segment.next, segment.end);
      const end = segment.end + this.#buffer.length;
      noteRecords(segment, { next: this.next, end, from: this.#from, to: this.#to });
      this.#from = Infinity;
      this.#to = -Infinity;
      this.bytes += this.#buffer.length;
      this.#buffer.clear();
      if (segment.end >= this.#segmentBytes) await this.#finish();
    } catch (cause) {
      throw new CaretakerError(
        {
          code: 'EDGE_JOURNAL_SALVAGE',
          message: 'The journal is damaged and its readings could not be copied to a new one.',
          next: 'Free disk space and start again; the old journal is untouched.',
          where: this.#directory,
        },
        { cause },
      );
    }
  }

  async #finish(): Promise<void> {
    await this.#active?.close();
    this.#active = null;
  }

  async close(): Promise<void> {
    await this.#flush();
    await this.#finish();
  }
}
