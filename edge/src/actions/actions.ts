import path from 'node:path';
import type { Action } from '@caretaker/devices/model';
import { CaretakerError, type Clock, type Log } from '@caretaker/readings/base';
import { type Alarm, type AlarmAction, alarmKey } from '@caretaker/readings/uplink';
import { readChecked, writeChecked } from '../checked-file.ts';
import { Saver } from '../saver.ts';
import { type Command, commandOf, type Publisher } from './command.ts';
import { failed, within } from './deadline.ts';
import { dueOf, type Entry, fileSchema, isDone, type Line, linesFor, takenOf } from './entry.ts';
import { Lanes } from './lanes.ts';
import { post } from './webhook.ts';

export interface ActionsOptions {
  readonly directory: string;
  readonly gateway: string;
  /** Of the estate in force. */
  readonly definitions: () => readonly Action[];
  /** Signs webhooks; null sends them unsigned. */
  readonly webhookSecret: string | null;
  readonly clock: Clock;
  readonly log: Log;
}

/** How actions stand, for the status. */
export interface ActionsStatus {
  /** Steps that the estate names. */
  readonly steps: number;
  /** Alarms of which something is still to be done, or to be undone when their breach is over. */
  readonly open: number;
  /** Since start. */
  readonly done: number;
  readonly failed: number;
  /** Not begun, because too many alarms were open. */
  readonly dropped: number;
}

/** Alarms with something left to do; more at once is no time to act on each. */
const MOST_OPEN = 1_000;
/** So that an alarm raised again after a crash is known to be acted on. */
const MOST_DONE = 200;
const PUBLISH_MS = 5_000;
/** Of one step with all its tries and its waiting for others. */
const STEP_MS = 60_000;
/** Webhooks to one receiver at a time. */
const LANE = 4;
const tooLate = 'the breach was over before it could be done';

/**
 * What the gateway does by itself when it raises an alarm: each step once for a (subject, rule, onset), on disk
 * before it begins. One that a stop or crash cut off before its result was known is done again: better twice than
 * never, and with the same key. Steps go side by side and for a limited time, so that none holds up another.
 */
export class Actions {
  readonly #options: ActionsOptions;
  readonly #file: string;
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Set<(key: string, taken: readonly AlarmAction[]) => void>();
  readonly #running = new Map<Line, Promise<void>>();
  readonly #lanes = new Lanes(LANE);
  readonly #stopped = new AbortController();
  readonly #saver = new Saver(() => this.#write());
  #opened = false;
  #publisher: Publisher | null = null;
  #done = 0;
  #failed = 0;
  #dropped = 0;

  constructor(options: ActionsOptions) {
    this.#options = options;
    this.#file = path.join(options.directory, 'actions.json');
  }

  /** Reads what was begun before, the first time that it is called. */
  async open(): Promise<void> {
    if (this.#opened) return;
    this.#opened = true;
    const read = await readChecked(this.#file, fileSchema, this.#options.log);
    for (const entry of read?.entries ?? []) this.#entries.set(alarmKey(entry.alarm), entry);
  }

  /** Does what waits; before that everything is only noted. */
  start(publisher: Publisher): void {
    this.#publisher = publisher;
    for (const entry of this.#entries.values()) this.#go(entry);
  }

  get status(): ActionsStatus {
    const steps = this.#options.definitions().flatMap((one) => [...one.do, ...one.undo]).length;
    const counts = { done: this.#done, failed: this.#failed, dropped: this.#dropped };
    return { steps, open: this.#open().length, ...counts };
  }

  /** Alarms whose breach is not known to be over, with something to be done or undone. */
  get standing(): readonly Alarm[] {
    return this.#open().flatMap(({ alarm, over }) => (over === null ? alarm : []));
  }

  /** What was done because of an alarm so far. */
  taken(key: string): readonly AlarmAction[] {
    const entry = this.#entries.get(key);
    return entry === undefined ? [] : takenOf(entry);
  }

  /** Calls the listener when something was done or given up, with all that was for this alarm. @returns how to stop it */
  onTaken(listener: (key: string, taken: readonly AlarmAction[]) => void): () => void {
    this.#listeners.add(listener);
    for (const [key, entry] of this.#entries) listener(key, takenOf(entry));
    return () => void this.#listeners.delete(listener);
  }

  /** Begins what the estate wants done because of an alarm; resolves when it is on disk. Known ones change nothing. */
  async begin(alarm: Alarm): Promise<void> {
    const { definitions, log } = this.#options;
    const key = alarmKey(alarm);
    if (this.#entries.has(key) || alarm.end !== null) return;
    const lines = linesFor(definitions(), alarm);
    if (lines.length === 0) return;
    if (this.#open().length >= MOST_OPEN) {
      this.#dropped += 1;
      log.error({ key }, 'too many alarms are being acted on: nothing is done for this one');
      return;
    }
    const entry = { alarm, lines, over: null };
    this.#entries.set(key, entry);
    await this.#saver.save();
    this.#go(entry);
  }

  /** The breach of an alarm is over: what was done is undone. */
  over(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.over !== null) return;
    entry.over = Math.round(this.#options.clock.now());
    void this.#saver.save();
    this.#go(entry);
  }

  /** Breaks off what is under way; it is done again at the next start. */
  async stop(): Promise<void> {
    this.#stopped.abort(failed('the gateway stops'));
    await Promise.all(this.#running.values());
    await this.#saver.save();
  }

  #open(): Entry[] {
    return [...this.#entries.values()].filter((entry) => !isDone(entry));
  }

  #go(entry: Entry): void {
    if (this.#publisher === null || this.#stopped.signal.aborted) return;
    for (const line of dueOf(entry)) {
      // One that is settled here may settle the next ones, too.
      if (line.result !== null || this.#running.has(line)) continue;
      // Cut off before, and over meanwhile.
      if (!line.undo && entry.over !== null) this.#settle(entry, line, tooLate);
      else this.#running.set(line, this.#perform(entry, line));
    }
  }

  /** Never rejects. */
  async #perform(entry: Entry, line: Line): Promise<void> {
    const key = `${alarmKey(entry.alarm)} ${entry.lines.indexOf(line)}`;
    const error = await this.#attempt(this.#commandOf(entry, line), key);
    this.#running.delete(line);
    if (error === null || !this.#stopped.signal.aborted) this.#settle(entry, line, error);
  }

  #commandOf({ alarm }: Entry, { step, undo }: Line): Command {
    return commandOf(step, { gateway: this.#options.gateway, alarm, undo });
  }

  #settle(entry: Entry, line: Line, error: string | null): void {
    const { clock, log } = this.#options;
    const key = alarmKey(entry.alarm);
    const { kind, target } = this.#commandOf(entry, line);
    const at = Math.round(clock.now());
    line.result = { kind, target, undo: line.undo, at, ok: error === null, error };
    if (error === null) this.#done += 1;
    else this.#failed += 1;
    const what = { key, kind, target, undo: line.undo };
    if (error === null) log.info(what, 'the gateway acted by itself');
    else log.error({ ...what, why: error }, 'an action of the gateway failed and is given up');
    void this.#saver.save();
    for (const listener of this.#listeners) listener(key, takenOf(entry));
    this.#go(entry);
  }

  /** @returns why it could not be done; null when it was */
  async #attempt(command: Command, key: string): Promise<string | null> {
    const { clock } = this.#options;
    const outer = this.#stopped.signal;
    try {
      await within(STEP_MS, { clock, outer }, (signal) => this.#do(command, key, signal));
      return null;
    } catch (error) {
      if (error instanceof CaretakerError) return error.message.slice(0, 300);
      this.#options.log.error({ error }, 'an action failed in a way that was not expected');
      return 'it failed in a way that was not expected';
    }
  }

  async #do(command: Command, key: string, signal: AbortSignal): Promise<void> {
    const { clock, webhookSecret: secret } = this.#options;
    if ('post' in command) {
      const { url, body } = command.post;
      await this.#lanes.run(command.target, async () => {
        // It may have waited until its time was up.
        if (!signal.aborted) await post({ url, body, key, secret, clock, signal });
      });
      return;
    }
    const { topic, payload, retain } = command.publish;
    await within(PUBLISH_MS, { clock, outer: signal }, async () =>
      this.#publisher?.publish(topic, payload, { qos: 1, retain }),
    );
  }

  /** Never rejects: what cannot be written down is done all the same. */
  async #write(): Promise<void> {
    this.#trim();
    try {
      await writeChecked(this.#file, { version: 1, entries: [...this.#entries.values()] });
    } catch (error) {
      this.#options.log.error({ error }, 'the actions could not be written to disk');
    }
  }

  #trim(): void {
    const done = [...this.#entries].filter(([, entry]) => isDone(entry));
    for (const [key] of done.slice(0, -MOST_DONE)) this.#entries.delete(key);
  }
}
