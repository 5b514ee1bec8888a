import type { Reading } from '@caretaker/readings';
import { CaretakerError } from '@caretaker/readings/base';
import { ActiveSegment } from './active-segment.ts';
import { RecordBuffer, recordReadings } from './record.ts';
import { noteIndex, noteRecords, type Segment, segmentHead } from './segment.ts';
import type { MarkFile } from './state.ts';

/** Told once what became of an append. */
export type Appended = (error: Error | null) => void;

export interface GroupCommitOptions {
  readonly directory: string;
  readonly journal: string;
  readonly segments: Segment[];
  readonly next: number;
  readonly bytes: number;
  readonly lastReceived: number;
  readonly segmentBytes: number;
  readonly maxBytes: number;
  readonly mark: MarkFile;
  readonly reach: (name: 'edge.before-sync' | 'edge.after-sync') => void;
  readonly onDurable: () => void;
  /** Asked to make room when there is none. */
  readonly onFull: () => void;
}

/** Acknowledgements released between two turns of the event loop; each writes a packet to a socket. */
const RELEASED_PER_TURN = 1_000;

class Group {
  readonly records = new RecordBuffer();
  waiting: Appended[] = [];
  /** Receipt of the first reading in it. */
  since: number | null = null;
  /** Latest receipt in it. */
  until = 0;
  /** Sequence after its last reading. */
  next = 0;
}

/**
 * Gathers appends into groups: while one group is written and synced off the event loop, the next one fills.
 * One write and one sync per group, however many devices wait for it.
 */
export class GroupCommit {
  readonly segments: Segment[];
  newest: number;
  bytes: number;
  stampedTo = 0;
  /** Bytes appended since this was opened. */
  appended = 0;
  lastReceived: number;
  readonly #options: GroupCommitOptions;
  #active: ActiveSegment | null = null;
  #gathering = new Group();
  #writing = new Group();
  #next: number;
  #running = false;
  #scheduled = false;
  #closing = false;
  #idle: (() => void)[] = [];

  constructor(options: GroupCommitOptions) {
    this.#options = options;
    this.segments = options.segments;
    this.newest = options.next - 1;
    this.#next = options.next;
    this.bytes = options.bytes;
    this.lastReceived = options.lastReceived;
  }

  /** Receipt of the oldest reading that is not durable yet; null when all are. */
  get oldestWaiting(): number | null {
    return this.#writing.since ?? this.#gathering.since;
  }

  append(readings: readonly Reading[], done: Appended): void {
    const group = this.#gathering;
    const { records } = group;
    const before = records.length;
    if (this.#closing || this.bytes + before >= this.#options.maxBytes) {
      done(this.#refusal());
      return;
    }
    let sequence = this.#next;
    try {
      for (let from = 0; from < readings.length; from += recordReadings) {
        const to = Math.min(from + recordReadings, readings.length);
        records.add(sequence, readings, from, to);
        sequence += to - from;
      }
    } catch (error) {
      records.truncate(before);
      done(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    this.#next = sequence;
    group.next = sequence;
    for (const { stamped, at, received } of readings) {
      if (!stamped && at > this.stampedTo) this.stampedTo = at;
      if (received > this.lastReceived) this.lastReceived = received;
      group.since ??= received;
      if (received > group.until) group.until = received;
    }
    group.waiting.push(done);
    this.#schedule();
  }

  /** Segments whose readings all lie at or before `done`; the last one stays as proof of the newest sequence. */
  release(done: number): Segment[] {
    const gone: Segment[] = [];
    while (this.segments.length > 1 && (this.segments[0]?.next ?? Infinity) <= done + 1) {
      const segment = this.segments.shift();
      if (segment === undefined) break;
      this.bytes -= segment.end + segment.tail;
      gone.push(segment);
    }
    return gone;
  }

  /**
   * Puts a thinned segment in the place of one, by `move`.
   * @returns false when it has been released meanwhile
   */
  replace(old: Segment, segment: Segment, move: () => void): boolean {
    const at = this.segments.indexOf(old);
    if (at < 0) return false;
    // In one step: whoever opens the file and then finds this segment in the list has the right one.
    move();
    this.segments[at] = segment;
    this.bytes += segment.end + segment.tail - old.end - old.tail;
    return true;
  }

  /** Waits until everything appended is durable or refused; takes no more. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#running || this.#scheduled) {
      await new Promise<void>((resolve) => this.#idle.push(resolve));
    }
    await this.#active?.close();
    this.#active = null;
  }

  #refusal(): CaretakerError {
    if (this.#closing) {
      return new CaretakerError({ code: 'EDGE_JOURNAL_CLOSED', message: 'The journal is closed.' });
    }
    this.#options.onFull();
    return new CaretakerError({
      code: 'EDGE_JOURNAL_FULL',
      message: `The journal has reached its ${this.#options.maxBytes} bytes; nothing more is acknowledged.`,
      next: 'Restore the connection to the cloud, or give the journal more room.',
    });
  }

  #schedule(): void {
    if (this.#running || this.#scheduled) return;
    this.#scheduled = true;
    // What has come in with this turn of the event loop goes with this group.
    setImmediate(() => {
      this.#scheduled = false;
      void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#gathering.waiting.length > 0) {
      const group = this.#gathering;
      this.#gathering = this.#writing;
      this.#writing = group;
      const error = await this.#write(group);
      const waiting = this.#empty(group);
      if (error !== null) {
        // What gathered meanwhile has sequences behind the hole: refused too, and the numbers given out again.
        waiting.push(...this.#empty(this.#gathering));
        this.#next = this.newest + 1;
      }
      release(waiting, error, 0);
      if (error === null) this.#options.onDurable();
    }
    this.#running = false;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #empty(group: Group): Appended[] {
    const { waiting } = group;
    group.waiting = [];
    group.records.clear();
    group.since = null;
    group.until = 0;
    return waiting;
  }

  async #write(group: Group): Promise<Error | null> {
    const { directory, journal, segmentBytes, mark, reach } = this.#options;
    try {
      if (this.#active === null) {
        this.#active = await ActiveSegment.create(directory, journal, this.newest + 1);
        this.segments.push(this.#active.segment);
        this.bytes += segmentHead;
      }
      const { segment } = this.#active;
      reach('edge.before-sync');
      await this.#active.write(group.records.written);
      mark.set(group.next - 1);
      noteIndex(segment, segment.next, segment.end);
      const end = segment.end + group.records.length;
      noteRecords(segment, { next: group.next, end, from: group.since ?? 0, to: group.until });
      this.bytes += group.records.length;
      this.appended += group.records.length;
      this.newest = group.next - 1;
      reach('edge.after-sync');
      if (segment.end >= segmentBytes) await this.#seal();
      return null;
    } catch (error) {
      await this.#abandon();
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  async #seal(): Promise<void> {
    const active = this.#active;
    this.#active = null;
    await active?.close().catch(() => {});
  }

  /** After a failed write the file is not trusted with more; the next group starts a new one. */
  async #abandon(): Promise<void> {
    const segment = this.#active?.segment;
    await this.#seal();
    if (segment === undefined || segment.next > segment.first) return;
    // Nothing durable in it: the next one takes its name and place.
    this.segments.splice(this.segments.indexOf(segment), 1);
    this.bytes -= segmentHead;
  }
}

function release(waiting: readonly Appended[], error: Error | null, from: number): void {
  const to = Math.min(from + RELEASED_PER_TURN, waiting.length);
  for (let index = from; index < to; index += 1) waiting[index]?.(error);
  if (to < waiting.length) setImmediate(release, waiting, error, to);
}
