import { renameSync } from 'node:fs';
import { rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '@caretaker/readings/base';
import { syncDirectory } from './files.ts';
import type { GroupCommit } from './group-commit.ts';
import { Keeper, windowsMs } from './keeper.ts';
import { visitReadings, writeDraft } from './rewrite.ts';
import type { Segment } from './segment.ts';
import { removedBy, type Tombstone } from './tombstone.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Thinning begins when the journal is this full, and ends when it is less full than that. */
export const highWater = 0.9;
const lowWater = 0.85;
/** Segments looked at together, so that one window is thinned as one, bytes. */
const GROUP_BYTES = 16 * 1024 * 1024;
/** What has passed its age must have been so for this long: a clock that jumps ahead makes nothing old. */
const AGED_FOR_MS = HOUR_MS;
/** A full disk, or a journal of one hour, is not looked at with every group. */
const REST_MS = 2_000;
/** Old readings are left with one window a day; flags stay. */
const AGED_STAGE = 3;

export interface ThinnerOptions {
  readonly directory: string;
  readonly journal: string;
  readonly commit: GroupCommit;
  readonly clock: Clock;
  readonly maxBytes: number;
  readonly maxDays: number;
  /** Thinning begins when the disk has less left, bytes. */
  readonly minFreeBytes: number;
  readonly kindOf: (point: string) => string;
  readonly silentAfter: (point: string) => number;
  /** Told of what was removed; the segments themselves say it already. */
  readonly onThinned: (tombstone: Tombstone) => void;
  readonly onError: (error: unknown) => void;
}

type Reason = Tombstone['reason'];

interface Task {
  readonly reason: Reason;
  readonly stage: number;
  readonly segments: readonly Segment[];
}

/**
 * Makes room in the journal when it is nearly full, when the disk is, and of what is too old: whole segments in
 * order of age, first per 10 minutes, then per hour, then per day, flags last; never the newest hour.
 */
export class Thinner {
  readonly #options: ThinnerOptions;
  /** Segments of which a stage would have removed nothing. */
  readonly #tried = new WeakMap<Segment, number>();
  #running: Promise<void> | null = null;
  #stopped = false;
  #restUntil = -Infinity;
  #thinning = false;
  #agedSince: number | null = null;
  #freeBytes: number | null = null;

  constructor(options: ThinnerOptions) {
    this.#options = options;
  }

  /** Bytes left on the disk at the last look; null before it. */
  get freeBytes(): number | null {
    return this.#freeBytes;
  }

  get overHighWater(): boolean {
    const { commit, maxBytes } = this.#options;
    return commit.bytes > maxBytes * highWater;
  }

  /** Looks whether room must be made, and makes it; not again at once when the last try made none. */
  soon(): void {
    if (this.#options.clock.monotonic() >= this.#restUntil) void this.look();
  }

  /** Looks now. @returns when room is made, or none can be */
  look(): Promise<void> {
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
      this.#restUntil = this.#options.clock.monotonic() + REST_MS;
    });
    return this.#running;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      while (!this.#stopped) {
        const reason = await this.#reason();
        const task = reason === null ? null : this.#next(reason);
        if (task === null) break;
        await this.#thin(task);
      }
    } catch (error) {
      this.#options.onError(error);
    }
  }

  async #reason(): Promise<Reason | null> {
    const { directory, commit, maxBytes, minFreeBytes } = this.#options;
    const { bavail, bsize } = await statfs(directory);
    this.#freeBytes = bavail * bsize;
    if (this.overHighWater) this.#thinning = true;
    else if (commit.bytes <= maxBytes * lowWater) this.#thinning = false;
    if (this.#thinning && this.#next('size') !== null) return 'size';
    if (this.#freeBytes < minFreeBytes && this.#next('disk') !== null) return 'disk';
    return this.#isAged() ? 'age' : null;
  }

  #isAged(): boolean {
    if (this.#next('age') === null) {
      this.#agedSince = null;
      return false;
    }
    const now = this.#options.clock.monotonic();
    this.#agedSince ??= now;
    return now - this.#agedSince >= AGED_FOR_MS;
  }

  /** What is to be thinned next; null when nothing can be. */
  #next(reason: Reason): Task | null {
    const { clock, maxDays } = this.#options;
    const age = reason === 'age' ? maxDays * DAY_MS : HOUR_MS;
    const old = this.#old(clock.now() - age, reason);
    const stages = reason === 'age' ? [AGED_STAGE] : windowsMs.map((_, i) => i + 1);
    for (const stage of stages) {
      const first = old.findIndex((segment) => this.#stageOf(segment) < stage);
      if (first >= 0) return { reason, stage, segments: this.#group(old.slice(first), stage) };
    }
    return null;
  }

  /** Segments received wholly before an instant, the oldest first; never the one being written. */
  #old(before: number, reason: Reason): Segment[] {
    const { segments } = this.#options.commit;
    const young = segments.findIndex(({ received }) => {
      const to = received?.to ?? Infinity;
      // Kept before the time was known [boot-time.ts]: nobody can say how old it is.
      return to >= before || (to <= 0 && reason === 'age');
    });
    return segments.slice(0, Math.min(young < 0 ? Infinity : young, segments.length - 1));
  }

  /** Neighbours from the first one on that lie in one window and are not larger than fits in memory. */
  #group(segments: readonly Segment[], stage: number): Segment[] {
    const group: Segment[] = [];
    let bytes = 0;
    const end = (segments[0]?.received?.from ?? 0) + (windowsMs[stage - 1] ?? 0);
    for (const segment of segments) {
      bytes += segment.end;
      const apart = bytes > GROUP_BYTES || (segment.received?.from ?? 0) > end;
      if (group.length > 0 && (apart || this.#stageOf(segment) >= stage)) break;
      group.push(segment);
    }
    return group;
  }

  #stageOf(segment: Segment): number {
    return this.#tried.get(segment) ?? segment.stage;
  }

  /**
   * What stays is chosen for all segments together, then they are rewritten one by one. A crash in between is
   * harmless: chosen again among what is left, it is the same.
   */
  async #thin(task: Task): Promise<void> {
    const keeper = new Keeper(task.stage, this.#options.silentAfter);
    for (const segment of task.segments) {
      await visitReadings(segment, (first, readings) => {
        for (const [i, reading] of readings.entries()) keeper.add(first + i, reading);
      });
    }
    const kept = await keeper.kept(setImmediate);
    for (const segment of task.segments) {
      if (this.#stopped) return;
      await this.#thinOne(segment, task, kept);
    }
  }

  async #thinOne(segment: Segment, task: Task, kept: ReadonlySet<number>): Promise<void> {
    const { commit, journal, directory } = this.#options;
    const { stage } = task;
    let tombstone: Tombstone | null = null;
    const draft = await writeDraft(segment, journal, stage, kept, (removed) => {
      tombstone = this.#tombstone(segment, task, removed);
      return tombstone;
    });
    const told = tombstone as Tombstone | null;
    const saved = segment.end + segment.tail - draft.segment.end - draft.segment.tail;
    const worthIt = told !== null && removedBy(told) > 0 && saved > 0;
    const move = () => renameSync(draft.file, segment.file);
    if (!worthIt || this.#stopped || !commit.replace(segment, draft.segment, move)) {
      await rm(draft.file, { force: true });
      this.#tried.set(segment, stage);
      return;
    }
    await syncDirectory(path.join(directory, journal));
    this.#options.onThinned(told);
  }

  #tombstone(
    { first, next, received }: Segment,
    { stage, reason }: Task,
    removed: ReadonlyMap<string, number>,
  ): Tombstone {
    const { journal, clock, kindOf } = this.#options;
    const byKind: Record<string, number> = {};
    for (const [point, count] of removed) {
      const kind = kindOf(point);
      byKind[kind] = (byKind[kind] ?? 0) + count;
    }
    const { from: since, to: until } = received ?? { from: 0, to: 0 };
    const range = { journal, from: first, to: next - 1, since, until };
    return { at: clock.now(), ...range, stage, reason, removed: byKind };
  }
}
