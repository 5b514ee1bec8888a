import type { Clock, Log } from '@caretaker/readings/base';
import {
  type Alarm,
  type AlarmAction,
  alarmKey,
  alarmSchema,
  type Status,
} from '@caretaker/readings/uplink';
import { z } from 'zod';
import { readChecked, writeChecked } from '../checked-file.ts';
import { Saver } from '../saver.ts';

export interface AlarmsOptions {
  readonly file: string;
  readonly clock: Clock;
  readonly log: Log;
  /** @returns false when there is no connection */
  readonly send: (alarm: Status) => boolean;
}

/** How many alarms there are, for the status. */
export interface AlarmCounts {
  /** Raised and not stored in the cloud yet. */
  readonly waiting: number;
  /** When the oldest of them was raised, gateway clock. */
  readonly oldestWaitingAt: number | null;
  /** Raised since the file began. */
  readonly raised: number;
  /** Let go of unheard, because there were too many or the cloud never took them. */
  readonly dropped: number;
}

const kept = z.object({
  alarm: alarmSchema,
  /** When the cloud said that it has it, gateway clock; null while it has not. */
  stored: z.int().nullable(),
});
type Kept = z.infer<typeof kept>;
const fileSchema = z.object({
  version: z.literal(1),
  raised: z.int(),
  dropped: z.int(),
  alarms: z.array(kept),
});

const MOST_WAITING = 1_000;
/** So that a breach judged again after a crash is known to be told. */
const MOST_STORED = 200;
/** The readings have told it long since, or the cloud is one that takes no alarms. */
const LONGEST_MS = 7 * 24 * 3_600_000;
/** Alarms of before that are sent without having been answered. */
const UNANSWERED = 16;
const FIRST_RESEND_MS = 10_000;
const LONGEST_RESEND_MS = 300_000;

/**
 * Alarms that were raised, on disk until the cloud names them as stored. They go out at once, at each connection, and
 * from time to time while no answer comes.
 */
export class Alarms {
  readonly #options: AlarmsOptions;
  readonly #all = new Map<string, Kept>();
  readonly #listeners = new Set<(alarm: Alarm) => void>();
  readonly #saver = new Saver(() => this.#write());
  #raised = 0;
  #dropped = 0;
  /** To be sent as answers come. */
  #queue: Alarm[] = [];
  #resendAt = 0;
  #resendMs = FIRST_RESEND_MS;

  constructor(options: AlarmsOptions) {
    this.#options = options;
  }

  get counts(): AlarmCounts {
    const waiting = this.waiting;
    const oldest = waiting.reduce((at, { raised }) => Math.min(at, raised), Infinity);
    return {
      waiting: waiting.length,
      oldestWaitingAt: waiting.length === 0 ? null : oldest,
      raised: this.#raised,
      dropped: this.#dropped,
    };
  }

  get waiting(): readonly Alarm[] {
    return [...this.#all.values()].flatMap(({ alarm, stored }) => (stored === null ? alarm : []));
  }

  async open(): Promise<void> {
    const { file, log } = this.#options;
    const read = await readChecked(file, fileSchema, log);
    if (read === null) return;
    this.#raised = read.raised;
    this.#dropped = read.dropped;
    for (const one of read.alarms) this.#all.set(alarmKey(one.alarm), one);
  }

  /** Calls the listener when an alarm is raised and each time that it changes. @returns how to stop it */
  onAlarm(listener: (alarm: Alarm) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  knows(key: string): boolean {
    return this.#all.has(key);
  }

  /**
   * Sends an alarm and keeps it; resolves when it is on disk. One that is known changes nothing. A crash before it is
   * there loses nothing: the breach is judged again from the journal, and the cloud knows the alarm by its key.
   */
  async raise(alarm: Alarm): Promise<void> {
    const key = alarmKey(alarm);
    if (this.#all.has(key)) return;
    this.#raised += 1;
    this.#keep(key, { alarm, stored: null });
    this.#trim();
    const saved = this.#saver.save();
    this.#send(alarm);
    try {
      await saved;
    } catch (error) {
      this.#options.log.error({ error }, 'an alarm could not be written to disk');
    }
  }

  /** The breach of an alarm is over: whoever is told from now on shall know. */
  ended(key: string, end: number | null): void {
    const held = this.#all.get(key);
    if (held === undefined || held.alarm.end === end) return;
    this.#keep(key, { ...held, alarm: { ...held.alarm, end } });
    this.#saveSoon();
  }

  /** What was done because of an alarm so far: the cloud is told, although it may have the alarm already. */
  acted(key: string, actions: readonly AlarmAction[]): void {
    const held = this.#all.get(key);
    if (held === undefined || held.alarm.actions.length >= actions.length) return;
    const alarm = { ...held.alarm, actions: [...actions] };
    this.#keep(key, { alarm, stored: null });
    this.#saveSoon();
    this.#send(alarm);
  }

  /**
   * The cloud has it: another one of those that wait may go out.
   * @param actions with how many; null from a cloud that knows of none
   */
  stored(key: string, actions: number | null): void {
    this.#sendNext();
    const held = this.#all.get(key);
    if (held === undefined || held.stored !== null) return;
    // Something was done since the one that it answers.
    if (actions !== null && actions < held.alarm.actions.length) return;
    this.#all.set(key, { ...held, stored: this.#options.clock.now() });
    this.#trim();
    this.#saveSoon();
  }

  /** The cloud is there again. */
  connected(): void {
    this.#resendMs = FIRST_RESEND_MS;
    this.#sendAll();
  }

  /** To be called now and then: sends again what was not answered. */
  tick(): void {
    if (this.waiting.length === 0 || this.#options.clock.monotonic() < this.#resendAt) return;
    this.#resendMs = Math.min(2 * this.#resendMs, LONGEST_RESEND_MS);
    this.#trim();
    this.#sendAll();
  }

  async close(): Promise<void> {
    await this.#saver.settled();
  }

  /** Those that stand first, of these the most severe: an alarm of what is over is for the record. */
  #sendAll(): void {
    this.#resendAt = this.#options.clock.monotonic() + this.#resendMs;
    this.#queue = this.waiting.toSorted(
      (a, b) => Number(a.end !== null) - Number(b.end !== null) || rank(a) - rank(b),
    );
    for (let sent = 0; sent < UNANSWERED; sent += 1) this.#sendNext();
  }

  /** Few at a time, so that they do not hold up the readings for long. */
  #sendNext(): void {
    const next = this.#queue.shift();
    if (next === undefined) return;
    const held = this.#all.get(alarmKey(next));
    if (held === undefined || held.stored !== null) this.#sendNext();
    else this.#send(held.alarm);
  }

  #send(alarm: Alarm): void {
    const { send, clock } = this.#options;
    const sent = send({ type: 'alarm', at: clock.now(), alarm });
    if (sent) this.#resendAt = Math.max(this.#resendAt, clock.monotonic() + this.#resendMs);
  }

  #keep(key: string, kept: Kept): void {
    this.#all.set(key, kept);
    for (const listener of this.#listeners) listener(kept.alarm);
  }

  #trim(): void {
    const { clock, log } = this.#options;
    const stored = [...this.#all].filter(([, one]) => one.stored !== null);
    for (const [key] of stored.slice(0, -MOST_STORED)) this.#all.delete(key);
    const waiting = [...this.#all].filter(([, one]) => one.stored === null);
    const late = clock.now() - LONGEST_MS;
    const excess = waiting.length - MOST_WAITING;
    for (const [index, [key, { alarm }]] of waiting.entries()) {
      if (index >= excess && alarm.raised >= late) continue;
      this.#all.delete(key);
      this.#dropped += 1;
      log.warn({ key }, 'an alarm was let go of: the cloud never took it');
    }
  }

  #saveSoon(): void {
    this.#saver
      .save()
      .catch((error) =>
        this.#options.log.error({ error }, 'the alarms could not be written to disk'),
      );
  }

  #write(): Promise<void> {
    const alarms = [...this.#all.values()];
    const content = { version: 1, raised: this.#raised, dropped: this.#dropped, alarms };
    return writeChecked(this.#options.file, content);
  }
}

const severities: readonly Alarm['severity'][] = ['emergency', 'high', 'medium', 'low'];
const rank = ({ severity }: Alarm) => severities.indexOf(severity);
