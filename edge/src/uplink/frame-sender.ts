import { CaretakerError, type Clock, type Log } from '@caretaker/readings/base';
import {
  type CompleteTo,
  encodeFrame,
  type Frame,
  type Gap,
  throughOf,
} from '@caretaker/readings/frame';
import type { Ack } from '@caretaker/readings/uplink';
import type { Journal, SegmentReader } from '../journal/index.ts';
import type { Pace } from './pace.ts';

export const uplinkConsumer = 'uplink';

/** Names of the places where the rig may stop the process. */
export type UplinkReach = (name: 'edge.frame-sent' | 'edge.ack-received') => void;

export interface FrameSenderOptions {
  readonly gateway: string;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  readonly reach: UplinkReach;
  readonly pace: Pace;
  /** Whether the time is known, and the latest receipt before it was: else that is all one can speak for. */
  readonly time: { readonly known: boolean; readonly lastKnown: number };
  /** Whether the connection takes more at once; while it does not, nothing is written for it. */
  readonly room: () => boolean;
  /** Hands a frame to the connection; `sent` is called when it has gone out. */
  readonly send: (bytes: Uint8Array, sent: () => void) => void;
  /** Introduces the journal to the cloud, which answers with an acknowledgement. */
  readonly hello: () => void;
}

const RESEND_MS = 10_000;
const HELLO_MS = 5_000;
/** Frames without readings, so that the cloud may know that nothing happened; at most 2 s apart. */
const QUIET_MS = 1_000;
export const tickMs = 500;
/** Waits this long for more before a frame goes out: a frame costs the cloud a commit. */
const GATHER_MS = 20;
/** Rewinds for one place within this time answer frames that were already on their way. */
const REWIND_MS = 1_000;

/** Since start; frames without readings count too. */
export interface FrameCounts {
  readonly frames: number;
  readonly bytes: number;
  /** How often it went back to send again what the cloud had not taken. */
  readonly resends: number;
  /** Readings that the cloud has accepted. */
  readonly accepted: number;
}

/**
 * Sends the journal to the cloud strictly in order. Nothing counts as delivered before the cloud says
 * "accepted"; after any break it goes on behind what was accepted.
 */
export class FrameSender {
  readonly #options: FrameSenderOptions;
  readonly #reader: SegmentReader;
  #connected = false;
  /** The cloud has answered our hello: `next` is known. */
  #synced = false;
  #next = 1;
  #inFlight: { last: number; sentAt: number; readings: number }[] = [];
  /** Changes whenever `next` jumps, so that a read under way is thrown away. */
  #epoch = 0;
  #helloAt = 0;
  /** The newest sequence that the cloud can have: held when this journal was opened, or sent since. */
  #known: number;
  #quietSince = 0;
  #rewound = { to: -1, at: 0 };
  /** When the cloud last accepted more: an answer to later frames is not late before those it waits behind. */
  #progressAt = 0;
  #frames = 0;
  #bytes = 0;
  #resends = 0;
  #accepted = 0;
  /** The sequence from which on readings were last found to have no time yet. */
  #waitsAt = 0;
  #pumping = false;
  /** Asked for while pumping: what was looked at before may have changed. */
  #wanted = false;
  #cancelGather: (() => void) | null = null;
  #cancelPace: (() => void) | null = null;
  #stopped = false;

  constructor(options: FrameSenderOptions) {
    this.#options = options;
    this.#reader = options.journal.reader();
    this.#known = options.journal.newest;
  }

  get synced(): boolean {
    return this.#synced;
  }

  get counts(): FrameCounts {
    const [frames, bytes, resends, accepted] = [
      this.#frames,
      this.#bytes,
      this.#resends,
      this.#accepted,
    ];
    return { frames, bytes, resends, accepted };
  }

  connected(): void {
    this.#connected = true;
    this.#options.pace.restart();
    this.#introduce();
  }

  disconnected(): void {
    this.#connected = false;
    this.#forget();
  }

  /** The journal has a new id: everything said before means nothing. */
  renewed(): void {
    this.#known = this.#options.journal.newest;
    if (this.#connected) this.#introduce();
  }

  /** There is something new to send. */
  wake(): void {
    if (!this.#synced || this.#cancelGather !== null) return;
    this.#cancelGather = this.#options.clock.after(GATHER_MS, () => {
      this.#cancelGather = null;
      void this.#pump();
    });
  }

  /** Looks every `tickMs` after what did not come: an answer to hello, an acknowledgement, a reading. */
  tick(): void {
    if (!this.#connected) return;
    const now = this.#options.clock.monotonic();
    if (!this.#synced) {
      if (now - this.#helloAt >= HELLO_MS) this.#introduce();
      return;
    }
    const oldest = this.#inFlight[0];
    if (oldest !== undefined && now - Math.max(oldest.sentAt, this.#progressAt) >= RESEND_MS) {
      this.#options.log.warn({ sequence: oldest.last }, 'no acknowledgement: sending again');
      this.#again(this.#options.journal.position(uplinkConsumer) + 1);
    }
    void this.#pump();
    if (now - this.#quietSince >= QUIET_MS) this.#sendEmpty();
  }

  ack(ack: Ack): void {
    const { journal, reach, log } = this.#options;
    if (this.#stopped || !this.#connected || ack.journal !== journal.id) return;
    reach('edge.ack-received');
    if (ack.accepted > this.#known) {
      // The cloud has what we have lost: these sequences must not be given out again.
      void this.#renew('the cloud has accepted sequences that this journal does not hold');
      return;
    }
    if (ack.accepted + 1 < journal.oldest) {
      // It has forgotten what we may no longer hold; hello tells it where we begin.
      if (this.#synced) this.#introduce();
      else log.warn({ accepted: ack.accepted }, 'the cloud asks for readings already delivered');
      return;
    }
    journal.finish(uplinkConsumer, ack.journal, ack.accepted);
    this.#acknowledged(ack.accepted);
    if (!this.#synced) {
      this.#synced = true;
      this.#jump(ack.accepted + 1);
    } else if (ack.rewind) {
      this.#rewind(ack.accepted);
    }
    void this.#pump();
  }

  #acknowledged(accepted: number): void {
    const { clock, pace } = this.#options;
    const now = clock.monotonic();
    for (const { last, sentAt, readings } of this.#inFlight) {
      if (last > accepted) continue;
      pace.acknowledged(now - Math.max(sentAt, this.#progressAt));
      this.#accepted += readings;
      this.#progressAt = now;
    }
    this.#inFlight = this.#inFlight.filter(({ last }) => last > accepted);
  }

  #rewind(accepted: number): void {
    const now = this.#options.clock.monotonic();
    if (this.#rewound.to === accepted && now - this.#rewound.at < REWIND_MS) return;
    this.#rewound = { to: accepted, at: now };
    this.#again(accepted + 1);
  }

  #again(next: number): void {
    this.#resends += 1;
    this.#jump(next);
  }

  #introduce(): void {
    this.#forget();
    this.#helloAt = this.#options.clock.monotonic();
    this.#options.hello();
  }

  #forget(): void {
    this.#synced = false;
    this.#inFlight = [];
    this.#epoch += 1;
  }

  #jump(next: number): void {
    this.#next = next;
    this.#inFlight = [];
    this.#epoch += 1;
  }

  /** Sends while there is something to send and room in the window. */
  async #pump(): Promise<void> {
    this.#wanted = true;
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (this.#wanted) {
        this.#wanted = false;
        while (await this.#sendNext()) {
          // Each turn sends one frame.
        }
      }
    } catch (error) {
      await this.#failed(error);
    } finally {
      this.#pumping = false;
    }
  }

  /** @returns whether it is worth trying again at once. */
  async #sendNext(): Promise<boolean> {
    const { journal, pace } = this.#options;
    if (!this.#synced || this.#stopped || !this.#mayGo()) return false;
    const epoch = this.#epoch;
    const id = journal.id;
    const first = this.#next;
    // Taken before the reading: what becomes durable meanwhile is not covered by it.
    const completeTo = this.#completeTo();
    const count = Math.min(pace.frameReadings, completeTo.sequence - first + 1);
    if (count <= 0) return false;
    const { readings, gaps, next } = await this.#reader.read(first, count);
    if (epoch !== this.#epoch || id !== journal.id) return true;
    if (next === first) {
      this.#waitsAt = first;
      return false;
    }
    this.#send({ ...this.#head(), journal: id, first, readings, ...some(gaps), completeTo });
    return true;
  }

  #mayGo(): boolean {
    const { clock, pace, room } = this.#options;
    if (this.#inFlight.length >= pace.window || !room() || this.#cancelPace !== null) return false;
    const { wait } = pace;
    if (wait === 0) return true;
    this.#cancelPace = clock.after(wait, () => {
      this.#cancelPace = null;
      void this.#pump();
    });
    return false;
  }

  /** "All received up to": what waits for its time was received after everything that has one. */
  #completeTo(): CompleteTo {
    const { journal, time } = this.#options;
    const completeTo = journal.completeTo();
    // Below zero when what still waits for the disk was received before the time was known.
    if (time.known && completeTo.time >= 0) return completeTo;
    return { ...completeTo, time: time.lastKnown };
  }

  #head() {
    return { gateway: this.#options.gateway, sent: this.#options.clock.now() };
  }

  #send(frame: Frame): void {
    const bytes = encodeFrame(frame);
    const { clock, send, reach, pace } = this.#options;
    const readings = frame.readings.length;
    if (bytes.length > pace.frameBytes && readings > 1) {
      this.#send(halfOf(frame));
      return;
    }
    const sentAt = clock.monotonic();
    this.#next = throughOf(frame) + 1;
    this.#known = Math.max(this.#known, this.#next - 1);
    if (this.#next > frame.first) this.#inFlight.push({ last: this.#next - 1, sentAt, readings });
    this.#quietSince = sentAt;
    this.#frames += 1;
    this.#bytes += bytes.length;
    pace.sent(bytes.length, readings);
    send(bytes, () => {
      reach('edge.frame-sent');
      void this.#pump();
    });
  }

  #sendEmpty(): void {
    const { journal } = this.#options;
    const { time, room } = this.#options;
    const first = this.#next;
    let completeTo = this.#completeTo();
    // All that has a time is delivered: of the rest nothing is claimed.
    if (!time.known && this.#waitsAt === first && this.#inFlight.length === 0) {
      completeTo = { ...completeTo, sequence: first - 1 };
    }
    if (!this.#synced || completeTo.sequence !== first - 1 || !room()) return;
    this.#send({ ...this.#head(), journal: journal.id, first, readings: [], completeTo });
  }

  async #failed(error: unknown): Promise<void> {
    const { log } = this.#options;
    if (this.#stopped) return;
    if (error instanceof CaretakerError && error.code === 'EDGE_JOURNAL_DAMAGED') {
      await this.#renew(error.message);
      return;
    }
    log.error({ error }, 'frames cannot be sent');
  }

  async #renew(reason: string): Promise<void> {
    this.#forget();
    try {
      await this.#options.journal.renew(reason);
    } catch (error) {
      this.#options.log.error({ error }, 'the journal could not be renewed');
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelGather?.();
    this.#cancelPace?.();
    this.#forget();
    await this.#reader.close();
  }
}

/** Gaps as a frame has them: none at all when there are none. */
function some(gaps: readonly Gap[]): { readonly gaps?: readonly Gap[] } {
  return gaps.length === 0 ? {} : { gaps };
}

/** The first half of a frame; a hole before the other half goes with that. */
function halfOf({ gaps, ...frame }: Frame): Frame {
  const half = Math.ceil(frame.readings.length / 2);
  const before = (gaps ?? []).filter(({ index }) => index < half);
  return { ...frame, readings: frame.readings.slice(0, half), ...some(before) };
}
