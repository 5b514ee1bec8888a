import type { Clock, Log } from '@caretaker/readings/base';
import type { ClockBasis, GatewayClockState } from '@caretaker/readings/uplink';
import { type BootTime, bootInstant, bootTimeOf } from '../journal/index.ts';
import type { Boot, BootTable } from './boots.ts';
import type { TimeService } from './service.ts';
import { settledBoots } from './settle.ts';

/**
 * `check`: the machine's clock is believed unless something speaks against it. `wait`: not before something speaks for
 * it, for machines whose clock does not run while they are off. `trust`: always.
 */
export type ClockMode = 'check' | 'wait' | 'trust';

/** The cloud's time, reckoned against the monotonic clock. */
interface CloudTime {
  readonly base: number;
  readonly uncertainty: number;
}

export interface TimekeeperOptions {
  /** The machine's. */
  readonly clock: Clock;
  /** Names this start of the machine. */
  readonly boot: string;
  readonly mode: ClockMode;
  readonly table: BootTable;
  readonly service: () => TimeService;
  readonly log: Log;
  /** Something speaks against the clock: ask the cloud now. */
  readonly onDoubt: () => void;
  /** The time has become known: readings that waited for it can be read. */
  readonly onKnown: () => void;
  /**
   * Time went back for good. No unstamped reading before the jump that this undoes was given a later time than
   * `floor`; null when it undoes none.
   */
  readonly onBack: (floor: number | null) => void;
}

/** What the journal remembers, UTC epoch milliseconds; 0 when there is nothing. */
export interface Remembered {
  readonly lastReceived: number;
  readonly stampedTo: number;
}

/** Nobody ran this program before; a clock that says so was never set. */
const EARLIEST = Date.UTC(2026, 0, 1);
export const lookMs = 1_000;
/** Time servers correct less than this slowly; more between two looks is a step. */
const STEP_MS = 2_000;
/** A step back up to this is a jitter of the clock: the time of receipt waits for it. */
const JITTER_MS = 60_000;
/** A step further than this must be confirmed; a clock further from the cloud's than this is wrong. */
export const farMs = 5 * 60_000;
/** How long a step back waits for the cloud's word, before it is followed. */
const DOUBT_MS = 15_000;
/** How long a start of the machine waits for something to speak for its clock, when nothing speaks against it. */
const GRACE_MS = 10_000;
/** The same where a time service is still looking for a server. */
const SERVICE_GRACE_MS = 5 * 60_000;
/** A point that sends many readings within a millisecond is given times this far ahead at most. */
const STAMPED_AHEAD_MS = 1_000;
/** How often the time of readings without a known time is noted. */
const NOTE_MS = 5_000;

/**
 * Tells the gateway's time [docs/clock.md]. It is the machine's wall clock as long as that runs with the monotonic
 * one; after a far step it goes on by the monotonic one until the step is confirmed or taken back; and before the time
 * is known at all, readings are received at moments of this start of the machine, and times are given to them later.
 */
export class Timekeeper implements Clock {
  readonly #options: TimekeeperOptions;
  #basis: ClockBasis = 'clock';
  /** UTC epoch milliseconds at 0 of the monotonic clock, unless the basis is `unknown`. */
  #base = 0;
  #last = 0;
  /** Something has confirmed this clock since the start. */
  #confirmed = false;
  #cloud: CloudTime | null = null;
  /** When the present doubt began, and until when an unknown time waits, by the monotonic clock. */
  #since = 0;
  #deadline = Number.POSITIVE_INFINITY;
  #notedAt = 0;
  #current: Boot | null = null;
  #settling = false;
  #remembered: Remembered = { lastReceived: 0, stampedTo: 0 };
  #begun = false;
  #cancel: (() => void) | null = null;

  constructor(options: TimekeeperOptions) {
    this.#options = options;
  }

  get basis(): ClockBasis {
    return this.#basis;
  }

  /** False while readings wait for their time. */
  get known(): boolean {
    return this.#basis !== 'unknown';
  }

  /** The latest time of receipt before this start; all that the gateway can speak for while the time is not known. */
  get lastKnown(): number {
    return this.#remembered.lastReceived;
  }

  /** Decides what to make of the machine's clock; before it, time is that clock's. */
  async begin({ lastReceived, stampedTo }: Remembered): Promise<void> {
    const { clock, table, boot, mode } = this.#options;
    this.#remembered = { lastReceived, stampedTo };
    const wall = clock.now();
    const elapsed = clock.monotonic();
    this.#base = wall - elapsed;
    this.#last = Math.max(0, lastReceived);
    this.#begun = true;
    const known = table.known?.boot === boot ? table.known.base : null;
    if (mode !== 'trust') {
      if (known !== null) this.#goOnFrom(known);
      else this.#deadline = this.#patience(wall, elapsed);
      if (this.#deadline > elapsed && known === null) this.#enterUnknown(elapsed);
      await this.#note(elapsed);
    }
    this.#cancel = clock.every(lookMs, () => this.look());
  }

  stop(): void {
    this.#cancel?.();
  }

  /** The time from which unstamped readings may be given times, given the latest that one ever was given. */
  stampFloor(stampedTo: number): number {
    const now = this.now();
    if (stampedTo <= now + farMs) return stampedTo;
    const undone = this.#options.table.jumps.findLast(({ floor, to }) => floor <= now && to > now);
    return undone?.floor ?? stampedTo;
  }

  /** UTC epoch milliseconds as well as they are known. Never goes back by a jitter. */
  now(): number {
    const { clock, mode } = this.#options;
    const wall = clock.now();
    if (!this.#begun) return wall;
    if (this.#basis === 'unknown') return wall;
    let now = wall;
    if (this.#basis !== 'clock') now = clock.monotonic() + this.#base;
    else if (mode !== 'trust') {
      const ahead = wall - clock.monotonic() - this.#base;
      if (ahead > STEP_MS || ahead < -STEP_MS) {
        this.#stepped(ahead);
        now = clock.monotonic() + this.#base;
      }
    }
    // Whole milliseconds, as everything that is stamped by it.
    now = Math.floor(now);
    if (now >= this.#last || this.#last - now > JITTER_MS) this.#last = now;
    return this.#last;
  }

  /** The time of receipt of a reading that comes now: a time, or a moment of this start that becomes one later. */
  receipt(): number {
    const current = this.#current;
    if (this.#basis !== 'unknown' || current === null) return this.now();
    return bootInstant({ index: current.index, elapsed: this.#options.clock.monotonic() });
  }

  monotonic(): number {
    return this.#options.clock.monotonic();
  }

  after(delayMs: number, task: () => void): () => void {
    return this.#options.clock.after(delayMs, task);
  }

  every(periodMs: number, task: () => void): () => void {
    return this.#options.clock.every(periodMs, task);
  }

  /** A start that was forgotten, though the journal has readings of it. */
  adopt({ index, elapsed }: BootTime): Boot {
    const { table, log } = this.#options;
    const boot = table.adopt(index, elapsed, this.#remembered.lastReceived);
    log.error({ index }, 'a start of the machine was forgotten; its readings are placed by guess');
    table.save().catch((error: unknown) => log.error({ error }, 'it cannot be noted'));
    return boot;
  }

  /** How it stands, against the cloud's time as far as that is known. */
  state(): GatewayClockState {
    const { clock } = this.#options;
    const cloud = this.#cloud;
    const offsetMs = cloud === null ? null : clock.now() - clock.monotonic() - cloud.base;
    return { basis: this.#basis, offsetMs, uncertaintyMs: cloud?.uncertainty ?? null };
  }

  /** The cloud has told its time, or none is known any more. */
  heard(cloud: CloudTime | null): void {
    this.#cloud = cloud;
    if (cloud !== null && this.#options.mode !== 'trust') this.#judge();
  }

  /** Looks at what may have changed; once a second. */
  look(): void {
    if (this.#options.mode === 'trust') return;
    if (this.#basis === 'clock') {
      this.now();
      // Corrections too slow for a step.
      if (this.#basis === 'clock') this.#base = this.#wallBase();
    } else this.#judge();
    this.#noteSometimes();
  }

  #wallBase(): number {
    const { clock } = this.#options;
    return clock.now() - clock.monotonic();
  }

  /** Until when the time is not known, by the monotonic clock; 0 when the clock is believed. */
  #patience(wall: number, elapsed: number): number {
    const { mode, service } = this.#options;
    const { lastReceived } = this.#remembered;
    const told = service();
    if (told.state === 'set') return 0;
    const wrong = wall < EARLIEST || wall < lastReceived - JITTER_MS;
    if (wrong || mode === 'wait') return Number.POSITIVE_INFINITY;
    if (told.state === 'waiting') return elapsed + SERVICE_GRACE_MS;
    // Where nothing was ever received, nothing can be put in the wrong order.
    return lastReceived > 0 ? elapsed + GRACE_MS : 0;
  }

  /** The gateway was started again, and the machine was not: it knew its time. */
  #goOnFrom(base: number): void {
    const ahead = this.#base - base;
    this.#base = base;
    if (Math.abs(ahead) > STEP_MS) this.#stepped(ahead);
  }

  #enterUnknown(elapsed: number): void {
    const { table, boot, log, clock } = this.#options;
    const { lastReceived, stampedTo } = this.#remembered;
    this.#current = table.open(boot, elapsed, Math.max(lastReceived, stampedTo));
    this.#basis = 'unknown';
    log.warn({ clock: clock.now(), lastReceived }, 'the time is not known yet; readings wait');
  }

  /** The wall clock no longer runs with the monotonic one. */
  #stepped(ahead: number): void {
    const { log, onDoubt } = this.#options;
    if (Math.abs(ahead) <= farMs) {
      log.info({ ms: Math.round(ahead) }, 'the clock was set');
      this.#base += ahead;
      return;
    }
    this.#basis = 'held';
    this.#since = this.#options.clock.monotonic();
    log.warn({ ms: Math.round(ahead) }, 'the clock has jumped; time goes on from before');
    onDoubt();
    this.#judge();
  }

  /** Weighs the machine's clock against the cloud's and the time service, unless it is believed already. */
  #judge(): void {
    const wall = this.#wallBase();
    const cloud = this.#cloud;
    const confirmed = this.#serviceSpeaksFor(wall) || (cloud !== null && near(wall, cloud.base));
    if (this.#basis === 'unknown') {
      this.#judgeUnknown(wall, cloud, confirmed);
    } else if (this.#basis === 'clock') {
      if (cloud !== null && !confirmed && !this.#confirmed) this.#follow(cloud.base, 'cloud');
    } else if (confirmed || near(wall, this.#base)) {
      this.#follow(wall, 'clock');
    } else if (this.#basis === 'cloud') {
      if (cloud !== null) this.#base = cloud.base;
    } else {
      this.#judgeHeld(wall, cloud);
    }
    this.#confirmed ||= confirmed;
  }

  #judgeUnknown(wall: number, cloud: CloudTime | null, confirmed: boolean): void {
    if (confirmed || this.#wasSet(wall)) this.#settle(wall, 'clock');
    else if (cloud !== null) this.#settle(cloud.base, 'cloud');
    else if (this.#options.clock.monotonic() >= this.#deadline) this.#settle(wall, 'clock');
  }

  /** Nobody confirms the jump: it is followed only back, and only when nobody speaks against it either. */
  #judgeHeld(wall: number, cloud: CloudTime | null): void {
    const waited = this.#options.clock.monotonic() - this.#since;
    if (cloud !== null) {
      // What went before was not the cloud's time either.
      if (!near(cloud.base, this.#base) && !this.#confirmed) this.#follow(cloud.base, 'cloud');
    } else if (wall < this.#base && waited >= DOUBT_MS) this.#follow(wall, 'clock');
  }

  /** A time service has set the clock since it has been telling this time. */
  #serviceSpeaksFor(base: number): boolean {
    const told = this.#options.service();
    if (told.state !== 'set') return false;
    const now = this.#options.clock.monotonic() + base;
    // A clock that was set before it jumped shows a mark of another time.
    return this.#basis === 'clock' || Math.abs(now - told.at) <= farMs;
  }

  /** While the time was not known somebody set the clock, to a time that may be. */
  #wasSet(wall: number): boolean {
    const now = this.#options.clock.monotonic() + wall;
    const moved = wall - this.#base > STEP_MS;
    return moved && now >= EARLIEST && now >= this.#remembered.lastReceived - JITTER_MS;
  }

  #follow(base: number, basis: 'clock' | 'cloud'): void {
    const { table, boot, clock, log, onBack } = this.#options;
    const before = this.#base;
    const ahead = base - before;
    this.#base = base;
    this.#basis = basis;
    if (Math.abs(ahead) <= farMs) return;
    log.warn({ ms: Math.round(ahead), basis }, 'the time of the gateway was corrected');
    const now = clock.monotonic() + base;
    if (ahead > 0) {
      table.jumped({ floor: this.#last + STAMPED_AHEAD_MS, to: now, boot, base: before });
    } else {
      this.#last = Math.floor(now);
      const undone = table.jumps.findLast((jump) => jump.boot === boot && near(jump.base, base));
      onBack(undone?.floor ?? (this.#confirmed ? null : this.#floorOfStart(now)));
      table.landed((jump) => jump !== undone);
    }
    this.#know();
  }

  /** The clock was wrong since this gateway started: what it was given before that is all that counts. */
  #floorOfStart(now: number): number | null {
    const floor = Math.max(this.#remembered.lastReceived, this.#remembered.stampedTo);
    return floor <= now ? floor : null;
  }

  /** The time has become known: readings that were kept without get theirs, durable before anybody reads them. */
  #settle(measured: number, basis: 'clock' | 'cloud'): void {
    const { table, clock, log, onKnown } = this.#options;
    const current = this.#current;
    if (this.#settling || current === null) return;
    this.#settling = true;
    const boots = settledBoots(table.boots, { ...current, last: clock.monotonic() }, measured);
    for (const one of boots) table.put(one);
    const base = boots.find(({ index }) => index === current.index)?.base ?? measured;
    table.know(current.boot, base);
    const done = () => {
      this.#settling = false;
      this.#base = base;
      this.#basis = basis;
      this.#confirmed = true;
      this.#last = Math.floor(clock.monotonic() + base);
      log.info({ basis, time: this.#last }, 'the time is known now');
      onKnown();
    };
    table.save().then(done, (error: unknown) => {
      // Tried again with the next look.
      this.#settling = false;
      log.error({ error }, 'the time of this start cannot be noted');
    });
  }

  #noteSometimes(): void {
    const elapsed = this.#options.clock.monotonic();
    const every = this.#basis === 'unknown' ? NOTE_MS : farMs;
    if (elapsed - this.#notedAt < every || this.#settling) return;
    this.#note(elapsed).catch((error: unknown) => {
      this.#options.log.error({ error }, 'what the gateway knows of its clock cannot be noted');
    });
  }

  #know(): void {
    this.#options.table.know(this.#options.boot, this.#base);
    this.#notedAt = Number.NEGATIVE_INFINITY;
  }

  /** So that the next start of the gateway, or of the machine, knows. */
  async #note(elapsed: number): Promise<void> {
    const { table, boot } = this.#options;
    this.#notedAt = elapsed;
    if (this.#basis === 'unknown') {
      if (this.#current !== null) table.put({ ...this.#current, last: elapsed });
    } else {
      table.know(boot, this.#base);
    }
    await table.save();
  }
}

function near(base: number, other: number): boolean {
  return Math.abs(base - other) <= farMs;
}

/** The time of a reading that was kept at a moment of a start, once that start is known. */
export function timeOf(instant: number, base: number): number {
  const moment = bootTimeOf(instant);
  return moment === null ? instant : Math.floor(moment.elapsed + base);
}
