import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CaretakerError, type Fault } from '@caretaker/readings/base';
import { type Alarm, alarmKey } from '@caretaker/readings/uplink';
import { checkActions } from '@caretaker/standards';
import type { Episode, EpisodeChange } from '@caretaker/standards/engine';
import type { Change, Changeable, Configuration } from '../change.ts';
import type { SegmentReader } from '../journal/index.ts';
import { uplinkConsumer } from '../uplink/index.ts';
import { alarmOf } from './alarm-of.ts';
import { Alarms } from './alarms.ts';
import { type Breach, Breaches, keyOf } from './breaches.ts';
import { Confirming } from './confirming.ts';
import { type JudgeOptions, LocalJudge } from './judge.ts';
import { actsAfterMs, type LocalRulesOptions, type RulesStatus, rulesConsumer } from './options.ts';
import { nothingLocal } from './standard.ts';
import { readRulesState, writeRulesState } from './state-file.ts';

const BATCH = 2_000;
const GATHER_MS = 50;
const TICK_MS = 500;
const SAVE_MS = 10_000;
const PREPARE_MS = 3_600_000;
/** Without a state of this journal, judging goes back over so many readings at most. */
const BACK = 100_000;

/**
 * The third consumer of the journal: it always judges what the gateway received, by the rules that are marked local,
 * and raises an alarm itself when the cloud has not confirmed for 30 s.
 */
export class LocalRules implements Changeable {
  readonly #options: LocalRulesOptions;
  readonly #reader: SegmentReader;
  readonly #alarms: Alarms;
  readonly #file: string;
  /** By what is judged. */
  #by: JudgeOptions;
  #judge: LocalJudge;
  #breaches = new Breaches();
  readonly #confirmed: Confirming;
  #journal: string;
  #position = 0;
  /** Something was judged that the file does not know of. */
  #dirty = false;
  #savedAt = 0;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #preparedAt = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #actionFaults: readonly Fault[] = [];
  /** Breaches that stand, as far as the journal was judged. */
  readonly standing = (): readonly Episode[] => this.#judge.standing();
  readonly #listeners = new Set<() => void>();
  #cancel: (() => void)[] = [];
  #gathering: (() => void) | null = null;
  #running: Promise<void> | null = null;
  #wanted = false;
  /** Another configuration is being put in force: nothing is judged meanwhile. */
  #held = false;
  #stopped = false;

  constructor(options: LocalRulesOptions) {
    const { directory, journal, clock, log, uplink } = options;
    this.#options = options;
    this.#reader = journal.reader();
    this.#file = path.join(directory, 'rules.state');
    this.#alarms = new Alarms({
      ...{ clock, log, file: path.join(directory, 'alarms.json') },
      send: (alarm) => uplink.sendAlarm(alarm),
    });
    this.#by = judgedBy(options);
    this.#judge = new LocalJudge(this.#by, null);
    this.#confirmed = new Confirming(uplink, clock);
    this.#journal = journal.id;
  }

  async start(): Promise<void> {
    const { journal, clock, uplink, actions } = this.#options;
    await this.#alarms.open();
    await actions.open();
    this.#checkActions();
    await this.#restore();
    await this.#confirmed.start();
    this.#savedAt = clock.monotonic();
    this.#cancel = [
      journal.onDurable(() => this.#gather()),
      clock.every(TICK_MS, () => this.#wake()),
      uplink.onAlarmStored((key, acted) => this.#alarms.stored(key, acted)),
      uplink.onConnected(() => this.#alarms.connected()),
      actions.onTaken((key, taken) => this.#alarms.acted(key, taken)),
    ];
    this.#wake();
  }

  /** Calls the listener when an alarm is raised, and each time that it changes. @returns how to stop it */
  onAlarm(listener: (alarm: Alarm) => void): () => void {
    return this.#alarms.onAlarm(listener);
  }

  /** Null while nothing can be judged. */
  status(): RulesStatus | null {
    if (this.#by.standard === nothingLocal) return null;
    const { journal, actions } = this.#options;
    return {
      rules: this.#judge.rules,
      pending: journal.heldAfter(this.#position),
      standing: this.#judge.standing().length,
      unconfirmedMs: Math.round(this.#confirmed.age),
      actsAfterMs,
      alarms: this.#alarms.counts,
      actions: { ...actions.status, faults: this.#actionFaults },
      failures: this.#failures,
    };
  }

  /**
   * Goes on by another estate and standard from what is known now: rules that stay as they are keep their state, so that
   * a breach that stands is not found twice.
   */
  async prepare({ estate, standard }: Configuration): Promise<Change> {
    this.#held = true;
    await this.#running;
    const before = { by: this.#by, judge: this.#judge, breaches: this.#breaches };
    const done = () => {
      this.#held = false;
      this.#wake();
    };
    try {
      const by = judgedBy({ ...this.#options, estate, standard });
      const judge = new LocalJudge(by, await before.judge.state());
      const breaches = new Breaches(
        before.breaches.all.filter(({ episode }) => judge.has(episode)),
      );
      return {
        commit: () => this.#show({ by, judge, breaches }),
        undo: () => this.#show(before),
        done,
      };
    } catch (error) {
      done();
      throw error;
    }
  }

  #show({ by, judge, breaches }: { by: JudgeOptions; judge: LocalJudge; breaches: Breaches }) {
    if (this.#judge === judge) return;
    this.#by = by;
    this.#judge = judge;
    this.#breaches = breaches;
    this.#dirty = true;
    this.#preparedAt = Number.NEGATIVE_INFINITY;
    this.#checkActions();
    for (const listener of this.#listeners) listener();
  }

  /** Calls the listener after some breach began, changed or ended. @returns how to stop it */
  onChanged(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const cancel of this.#cancel) cancel();
    this.#gathering?.();
    await this.#running;
    if (this.#dirty) await this.#save().catch((error) => this.#complain(error));
    await this.#alarms.close();
    await this.#reader.close();
  }

  /** What an action names may be gone with another standard: the rest is done all the same. */
  #checkActions(): void {
    const { standard, estate } = this.#by;
    this.#actionFaults = standard === nothingLocal ? [] : checkActions(standard, [estate]);
    for (const { message, where } of this.#actionFaults) {
      this.#options.log.error({ where }, `an action will never be done: ${message}`);
    }
  }

  async #restore(): Promise<void> {
    const { journal, log } = this.#options;
    const state = await readRulesState(this.#file);
    if (state === 'damaged') log.error({ file: this.#file }, 'the state of local rules is damaged');
    if (state === null || state === 'damaged') return this.#begin();
    this.#judge = new LocalJudge(this.#by, state.judge);
    this.#breaches = new Breaches(state.breaches);
    if (state.journal !== journal.id) return this.#begin();
    this.#position = Math.max(state.position, journal.position(rulesConsumer));
  }

  /** Nothing says how far this journal was judged: what it holds is judged again, but not all of a long outage. */
  #begin(): void {
    const { journal } = this.#options;
    this.#journal = journal.id;
    this.#position = Math.max(journal.oldest - 1, journal.newest - BACK);
  }

  /** At once after a pause; while much comes, a few times a second, for each look costs the same. */
  #gather(): void {
    const { clock } = this.#options;
    if (clock.monotonic() - this.#lookedAt >= GATHER_MS) this.#wake();
    else {
      this.#gathering ??= clock.after(GATHER_MS, () => {
        this.#gathering = null;
        this.#wake();
      });
    }
  }

  #wake(): void {
    this.#wanted = true;
    if (this.#stopped || this.#held) return;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
      if (this.#wanted) this.#wake();
    });
  }

  async #run(): Promise<void> {
    try {
      await this.#prepare();
      while (this.#wanted && !this.#stopped && !this.#held) {
        this.#wanted = false;
        this.#lookedAt = this.#options.clock.monotonic();
        await this.#catchUp();
        await this.#act();
        this.#undo();
        // Looks something up: not before what has come is judged.
        await this.#confirmed.look();
        this.#alarms.tick();
        await this.#keep();
      }
    } catch (error) {
      this.#complain(error);
    }
  }

  /** Judges what is new in the journal, to its end. */
  async #catchUp(): Promise<void> {
    const { journal, clock } = this.#options;
    for (let more = true; more && !this.#stopped && !this.#held; ) {
      if (this.#journal !== journal.id) this.#begin();
      const id = journal.id;
      // Taken before the reading: what becomes durable meanwhile is not covered by it.
      const completeTo = journal.completeTo();
      // Below zero while what was received before the time was known still waits for the disk.
      const timed = clock.known && completeTo.time >= 0;
      const from = Math.max(this.#position + 1, journal.oldest);
      const { readings, next } = await this.#read(from);
      if (id !== journal.id) continue;
      this.#position = next - 1;
      more = this.#position < completeTo.sequence && next > from;
      this.#guarded(() => {
        if (readings.length > 0 && this.#judge.take(readings)) this.#dirty = true;
        const all = this.#position >= completeTo.sequence;
        if (all && timed) this.#judge.advance(completeTo.time);
        this.#note(this.#judge.changes());
      });
      if (more) {
        await this.#act();
        await nextTurn();
      }
    }
  }

  async #read(from: number) {
    try {
      return await this.#reader.read(from, BATCH);
    } catch (error) {
      if (error instanceof CaretakerError && error.code === 'EDGE_JOURNAL_DAMAGED') {
        await this.#options.journal.renew(error.message);
      }
      throw error;
    }
  }

  /** Judging that fails must not hold the journal up for ever: it begins anew behind what it failed on. */
  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#failures += 1;
      this.#complain(error);
      this.#judge = new LocalJudge(this.#by, null);
      this.#dirty = true;
    }
  }

  #note(changes: readonly EpisodeChange[]): void {
    const place = { journal: this.#journal, sequence: this.#position };
    const now = this.#options.clock.now();
    for (const change of changes) {
      this.#dirty = true;
      if (change.type === 'amended') this.#alarms.ended(keyOf(change.was), change.episode.end);
      if (change.type === 'opened' && this.#alarms.knows(keyOf(change.episode))) continue;
      this.#breaches.note(change, place, now);
    }
    if (changes.length > 0) for (const listener of this.#listeners) listener();
  }

  /** Raises what the cloud has had long enough to confirm. */
  async #act(): Promise<void> {
    const { journal } = this.#options;
    const accepted = journal.position(uplinkConsumer);
    const { id, newest } = journal;
    this.#breaches.settle({ journal: id, accepted, confirmedTo: this.#confirmed.to }, newest);
    if (this.#confirmed.age < actsAfterMs) return;
    for (const breach of this.#breaches.takeAll()) {
      this.#dirty = true;
      await this.#raise(breach);
    }
  }

  async #raise({ episode }: Breach): Promise<void> {
    const { log, clock, actions } = this.#options;
    const alarm = alarmOf(episode, this.#judge.shown(episode), clock.now());
    if (alarm === null) return;
    const { subject, rule, onset } = alarm;
    log.warn({ subject, rule, onset }, 'the gateway raises an alarm itself');
    // First, so that no crash leaves an alarm behind that is known and was not acted on.
    await actions.begin(alarm);
    await this.#alarms.raise({ ...alarm, actions: [...actions.taken(alarmKey(alarm))] });
  }

  /** What was done because of a breach is taken back when its rule says that all is well, or is judged no more. */
  #undo(): void {
    const { actions } = this.#options;
    // Of nothing it would be said that it is judged no more.
    if (this.#by.standard === nothingLocal) return;
    for (const alarm of actions.standing) {
      if (this.#judge.isOver(alarm)) actions.over(alarmKey(alarm));
    }
  }

  /** Lets the journal go on; what was judged is written first. */
  async #keep(): Promise<void> {
    const { journal, clock } = this.#options;
    if (!this.#dirty) {
      if (this.#journal === journal.id)
        journal.finish(rulesConsumer, this.#journal, this.#position);
    } else if (clock.monotonic() - this.#savedAt >= SAVE_MS) await this.#save();
  }

  async #save(): Promise<void> {
    const { journal, clock } = this.#options;
    this.#savedAt = clock.monotonic();
    const place = { journal: this.#journal, position: this.#position };
    const breaches = this.#breaches.all;
    this.#dirty = false;
    try {
      const judge = await this.#judge.state();
      await writeRulesState(this.#file, { version: 1, ...place, judge, breaches });
    } catch (error) {
      this.#dirty = true;
      throw error;
    }
    journal.finish(rulesConsumer, place.journal, place.position);
  }

  async #prepare(): Promise<void> {
    const { clock } = this.#options;
    const at = clock.monotonic();
    if (at - this.#preparedAt < PREPARE_MS) return;
    this.#preparedAt = at;
    for (const _ of this.#judge.prepare(clock.now())) {
      if (this.#stopped) return;
      await nextTurn();
    }
  }

  #complain(error: unknown): void {
    if (!this.#stopped) this.#options.log.error({ error }, 'local rules could not go on');
  }
}

function judgedBy({
  estate,
  gateway,
  standard,
}: Pick<LocalRulesOptions, 'estate' | 'gateway' | 'standard'>): JudgeOptions {
  return { estate, gateway, standard: standard ?? nothingLocal };
}
