import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Reading } from '@caretaker/readings';
import { CaretakerError, type Clock } from '@caretaker/readings/base';
import type { CompleteTo } from '@caretaker/readings/frame';
import { type Appended, GroupCommit } from './group-commit.ts';
import { SegmentReader } from './reader.ts';
import { type Opened, type RecoverOptions, recover } from './recover.ts';
import { Growth, type Room, roomOf } from './room.ts';
import { heldAfter } from './segment.ts';
import { bootId, type Loss, MarkFile, type State, writeState } from './state.ts';
import { finished, markName, stateName } from './survey.ts';
import { highWater, Thinner } from './thinner.ts';
import { type Tombstone, withTombstone } from './tombstone.ts';

export interface JournalOptions {
  readonly directory: string;
  /** Names of the consumers; a segment goes when all have finished with it. */
  readonly consumers: readonly string[];
  readonly clock: Clock;
  /** A segment is closed when it has reached this size. */
  readonly segmentBytes: number;
  /** Appends are refused when the segments together have reached this size and can be thinned no more. */
  readonly maxBytes: number;
  /** What was received longer ago is thinned to its days. */
  readonly maxDays: number;
  /** Readings are thinned, too, when the disk has less left, bytes. */
  readonly minFreeBytes: number;
  /** Of a point: what removed readings are counted by. */
  readonly kindOf?: (point: string) => string;
  /** Of a point: how long it may say nothing before it is silent, milliseconds. */
  readonly silentAfter?: (point: string) => number;
  readonly reach?: (name: 'edge.before-sync' | 'edge.after-sync') => void;
  /** Told when a journal opened under a new id, and why. */
  readonly onRenewed?: (reasons: readonly string[], salvaged: number) => void;
  /** Told when readings were removed to make room. */
  readonly onThinned?: (tombstone: Tombstone) => void;
  /**
   * Gives times to readings that were kept before the time was known [boot-time.ts]; as many of them as have one, in
   * their order.
   */
  readonly restamp?: (readings: readonly Reading[]) => readonly Reading[];
  /** Told when a position could not be written, or no room be made; it is tried again. */
  readonly onError?: (error: unknown) => void;
}

const POSITION_DELAY_MS = 500;
/** How often age, disk and growth are looked at. */
const LOOK_MS = 60_000;

/**
 * The gateway's durable log of readings. An append is acknowledged when it is on disk; sequences start at 1,
 * have holes only where the journal was thinned, and mean something only together with the journal's id.
 */
export class Journal {
  readonly #options: JournalOptions;
  readonly #listeners = new Set<() => void>();
  readonly #mark: MarkFile;
  readonly #readers = new Set<SegmentReader>();
  #state: State;
  #commit: GroupCommit;
  #thinner: Thinner;
  readonly #growth = new Growth();
  #stopLooking: () => void = () => {};
  #savePending: (() => void) | null = null;
  #saving: Promise<void> = Promise.resolve();
  #renewing: Promise<void> | null = null;
  #closed = false;

  private constructor(options: JournalOptions, mark: MarkFile, opened: Opened) {
    this.#options = options;
    this.#mark = mark;
    this.#state = opened.state;
    this.#commit = this.#newCommit(opened);
    this.#thinner = this.#newThinner();
  }

  /**
   * @throws CaretakerError `EDGE_JOURNAL_SALVAGE` when a damaged journal cannot be copied.
   */
  static async open(options: JournalOptions): Promise<Journal> {
    const boot = await bootId();
    const opened = await recover(recoverOptions(options, boot));
    const mark = new MarkFile(path.join(options.directory, markName), boot);
    mark.create(opened.state.journal, opened.next - 1);
    if (opened.renewedBecause.length > 0) {
      options.onRenewed?.(opened.renewedBecause, opened.salvaged);
    }
    const journal = new Journal(options, mark, opened);
    journal.#stopLooking = options.clock.every(LOOK_MS, () => journal.#look());
    journal.#look();
    return journal;
  }

  /** 32 hex digits, renewed when the journal was created, restored or cut. */
  get id(): string {
    return this.#state.journal;
  }

  /** The newest durable sequence; 0 when there never was one. */
  get newest(): number {
    return this.#commit.newest;
  }

  /** The oldest sequence that can still be read; newest + 1 when none can. */
  get oldest(): number {
    return this.#commit.segments.find((one) => one.next > one.first)?.first ?? this.newest + 1;
  }

  get bytes(): number {
    return this.#commit.bytes;
  }

  get losses(): readonly Loss[] {
    return this.#state.losses;
  }

  /** What was removed to make room, the last thinned last. */
  get tombstones(): readonly Tombstone[] {
    return this.#state.tombstones;
  }

  /** How many readings each consumer has yet to finish with. */
  get behind(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      this.#options.consumers.map((name) => [name, this.heldAfter(this.position(name))]),
    );
  }

  get room(): Room {
    const { maxBytes, minFreeBytes } = this.#options;
    const sizes = { bytes: this.bytes, maxBytes, freeBytes: this.#thinner.freeBytes };
    return roomOf(sizes, maxBytes * highWater, minFreeBytes, this.#growth.bytesPerDay);
  }

  /** No unstamped reading has a later time than this, UTC epoch milliseconds. */
  get stampedTo(): number {
    return Math.max(this.#state.stampedTo, this.#commit.stampedTo);
  }

  /** Latest receipt ever journalled, UTC epoch milliseconds. */
  get lastReceived(): number {
    return this.#commit.lastReceived;
  }

  /**
   * Keeps readings that were received at one time. They get consecutive sequences.
   * @param done told once when they are durable, or why they are not: `EDGE_JOURNAL_FULL`,
   *   `EDGE_JOURNAL_CLOSED`, `EDGE_READING_UNFIT`, or the disk's own error. After an error nothing was kept.
   */
  append(readings: readonly Reading[], done: Appended): void {
    if (this.#closed || this.#renewing !== null) done(closed());
    else this.#commit.append(readings, done);
  }

  /** "All received up to `time` has a sequence of at most `sequence`", true at this moment. */
  completeTo(): CompleteTo {
    const waitingSince = this.#commit.oldestWaiting ?? this.#options.clock.now();
    // A reading may still come in within the same millisecond.
    return { time: waitingSince - 1, sequence: this.newest };
  }

  /** Calls `listener` after every group that became durable. @returns how to stop it. */
  onDurable(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Readers may find more than before: the time of readings that waited for it is known. */
  wake(): void {
    for (const listener of this.#listeners) listener();
  }

  /** The last sequence that a consumer has finished with. */
  position(consumer: string): number {
    return this.#state.positions[consumer] ?? 0;
  }

  /**
   * A consumer has finished with everything up to `sequence` of the journal with this id; of another journal
   * it means nothing and is ignored. Made durable soon; until then a restart repeats some.
   */
  finish(consumer: string, journal: string, sequence: number): void {
    if (this.#closed || this.#renewing !== null || journal !== this.id) return;
    if (sequence <= this.position(consumer)) return;
    this.#state.positions[consumer] = Math.min(sequence, this.newest);
    this.#saveSoon();
  }

  #saveSoon(): void {
    this.#savePending ??= this.#options.clock.after(POSITION_DELAY_MS, () => {
      this.#savePending = null;
      this.#save().catch((error: unknown) => this.#options.onError?.(error));
    });
  }

  /**
   * How many readings are held behind a sequence. Inside a segment that was thinned it is an estimate, for its
   * holes are known only when it is read.
   */
  heldAfter(sequence: number): number {
    return heldAfter(this.#commit.segments, sequence);
  }

  /** A reader of its own for each consumer; close it. */
  reader(): SegmentReader {
    const reader = new SegmentReader(() => this.#commit.segments, this.#options.restamp);
    this.#readers.add(reader);
    return reader;
  }

  /**
   * Gives the journal a new id and copies what is not finished with: for damage found while running, and for
   * a cloud that knows sequences which this journal does not. Appends are refused meanwhile.
   */
  renew(reason: string): Promise<void> {
    this.#renewing ??= this.#renew(reason).finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  async #renew(reason: string): Promise<void> {
    this.#savePending?.();
    this.#savePending = null;
    await this.#thinner.stop();
    await this.#commit.close();
    await this.#save();
    for (const reader of this.#readers) await reader.close();
    const boot = await bootId();
    const opened = await recover({ ...recoverOptions(this.#options, boot), force: reason });
    this.#mark.create(opened.state.journal, opened.next - 1);
    this.#state = opened.state;
    this.#commit = this.#newCommit(opened);
    this.#thinner = this.#newThinner();
    this.#options.onRenewed?.(opened.renewedBecause, opened.salvaged);
  }

  /** Waits for what is being written, then marks the journal as closed in good order. */
  async close(): Promise<void> {
    if (this.#closed) return;
    await this.#renewing;
    this.#closed = true;
    this.#savePending?.();
    this.#stopLooking();
    await this.#thinner.stop();
    await this.#commit.close();
    await this.#saving.catch(() => {});
    await this.#save(this.newest);
    for (const reader of this.#readers) await reader.close();
    this.#mark.close();
  }

  #newCommit(opened: Opened): GroupCommit {
    const { directory, segmentBytes, maxBytes, reach } = this.#options;
    return new GroupCommit({
      directory: path.join(directory, opened.state.journal),
      journal: opened.state.journal,
      segments: opened.segments,
      next: opened.next,
      bytes: opened.bytes,
      lastReceived: opened.lastReceived,
      segmentBytes,
      maxBytes,
      mark: this.#mark,
      reach: reach ?? (() => {}),
      onDurable: () => {
        if (this.#thinner.overHighWater) this.#thinner.soon();
        for (const listener of this.#listeners) listener();
      },
      onFull: () => {
        this.#save().catch(() => {});
        this.#thinner.soon();
      },
    });
  }

  #newThinner(): Thinner {
    const { directory, clock, maxBytes, maxDays, minFreeBytes, kindOf } = this.#options;
    return new Thinner({
      directory,
      journal: this.id,
      commit: this.#commit,
      clock,
      maxBytes,
      maxDays,
      minFreeBytes,
      kindOf: kindOf ?? metricOf,
      silentAfter: this.#options.silentAfter ?? (() => Infinity),
      onThinned: (tombstone) => this.#thinned(tombstone),
      onError: (error) => this.#notThinned(error),
    });
  }

  /** Looks at once whether readings must be thinned out, as it does every minute. @returns when it has done so */
  makeRoom(): Promise<void> {
    return this.#thinner.look();
  }

  #look(): void {
    this.#growth.note(this.#options.clock.monotonic(), this.#commit.appended);
    void this.#thinner.look();
  }

  #thinned(tombstone: Tombstone): void {
    const tombstones = withTombstone(this.#state.tombstones, tombstone);
    this.#state = { ...this.#state, tombstones };
    this.#saveSoon();
    this.#options.onThinned?.(tombstone);
  }

  #notThinned(error: unknown): void {
    const damaged = error instanceof CaretakerError && error.code === 'EDGE_JOURNAL_DAMAGED';
    if (!damaged) this.#options.onError?.(error);
    else this.renew(error.message).catch((cause: unknown) => this.#options.onError?.(cause));
  }

  /** Writes the positions, then lets segments go that all have finished with. */
  #save(closedAt: number | null = null): Promise<void> {
    this.#saving = this.#saving
      .catch(() => {})
      .then(async () => {
        const { directory, consumers } = this.#options;
        this.#state = { ...this.#state, closedAt, stampedTo: this.stampedTo };
        const done = finished(this.#state.positions, consumers);
        await writeState(path.join(directory, stateName), this.#state);
        for (const segment of this.#commit.release(done)) await rm(segment.file, { force: true });
      });
    return this.#saving;
  }
}

function recoverOptions(options: JournalOptions, boot: string): RecoverOptions {
  const { directory, consumers, segmentBytes, clock } = options;
  return { directory, consumers, segmentBytes, boot, now: clock.now() };
}

function metricOf(point: string): string {
  return point.slice(point.lastIndexOf('/') + 1);
}

function closed(): CaretakerError {
  return new CaretakerError({
    code: 'EDGE_JOURNAL_CLOSED',
    message: 'The journal takes no readings at this moment.',
    next: 'Send the message again.',
  });
}
