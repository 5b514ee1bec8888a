import { randomInt } from 'node:crypto';
import type { Clock, Fault, Log } from '@caretaker/readings/base';
import type { Trust } from '@caretaker/readings/tls';
import type {
  BundleStatus,
  GatewayClockState,
  QuarantineEntry,
  Reply,
  ReportedCredential,
  Status,
  TicketsReply,
} from '@caretaker/readings/uplink';
import type { Journal, SegmentReader, Tombstone } from '../journal/index.ts';
import type { Quarantine } from '../quarantine/index.ts';
import {
  type FrameCounts,
  FrameSender,
  type FrameSenderOptions,
  tickMs,
  type UplinkReach,
  uplinkConsumer,
} from './frame-sender.ts';
import { Link } from './link.ts';
import type { Membership } from './membership.ts';
import { type CloudTime, OffsetMeter } from './offset-meter.ts';
import { Pace } from './pace.ts';

export interface UplinkOptions {
  readonly url: string;
  /** Whom to believe at an mqtts address. */
  readonly trust: Trust;
  readonly membership: Membership;
  readonly gateway: string;
  readonly version: string;
  readonly journal: Journal;
  readonly quarantine: Quarantine;
  /** Of whom the cloud is told that they may speak to this gateway. */
  readonly credentials: () => readonly ReportedCredential[];
  readonly clock: Clock;
  readonly log: Log;
  readonly reach: UplinkReach;
  /** As `FrameSenderOptions` has it. */
  readonly time: FrameSenderOptions['time'];
  /** How this machine's clock stands, for the cloud to show. */
  readonly clockState: () => GatewayClockState;
  /** Version of the cloud's configuration that is in force; null for none. */
  readonly bundle: () => number | null;
  /** Kilobits per second that frames may take; null for as much as there is. */
  readonly kilobits: number | null;
}

/** Who takes in what the cloud tells of tickets. */
export interface TicketTaker {
  /** Names the tickets that are known, see `ticketsDigest`. */
  digest(): string;
  take(told: TicketsReply): void;
}

const HEALTH_MS = 5_000;
const QUARANTINE_MS = 1_000;
const TOMBSTONES_MS = 60_000;
/** Entries of one message: with 1 kB samples it stays under 100 kB. */
const ENTRIES_PER_MESSAGE = 50;
const CREDENTIALS_MS = 2_000;
/** When they were last used changes with every connection, and is told only so often. */
const LAST_USES_MS = 60_000;
const CREDENTIALS_PER_MESSAGE = 200;
/** Questions for the cloud's time are numbered from anywhere, so that none is taken for one of an earlier start. */
const FIRST_PROBES = 2 ** 32;
/** `/status` tells the speed of so many milliseconds. */
const RATE_MS = 10_000;

/** What a gateway owes to the cloud. */
export interface Backlog {
  /** Readings not yet accepted. */
  readonly pending: number;
  /** Receipt of the oldest of them, UTC epoch milliseconds. */
  readonly oldestPendingAt: number | null;
}

/** The gateway's side of the protocol in `@caretaker/readings/uplink`. */
export class Uplink {
  readonly #options: UplinkOptions;
  readonly #link: Link;
  readonly #sender: FrameSender;
  readonly #reader: SegmentReader;
  readonly #meter: OffsetMeter;
  readonly #timed = new Set<() => void>();
  readonly #alarmed = new Set<(key: string, actions: number | null) => void>();
  readonly #connected = new Set<() => void>();
  readonly #configured = new Set<(message: Uint8Array) => void>();
  #tickets: TicketTaker | null = null;
  #rate = { at: 0, accepted: 0, perSecond: 0 };
  /** The address has a user name and password of its own. */
  readonly #ownPassword: boolean;
  /** What the cloud was last told of credentials; null before it was. */
  #told: readonly ReportedCredential[] | null = null;
  #toldTombstones: { tombstones: readonly Tombstone[]; at: number } = { tombstones: [], at: 0 };
  #cancel: (() => void)[] = [];

  constructor(options: UplinkOptions) {
    const { gateway, journal, clock, log, reach, url, trust, membership } = options;
    this.#options = options;
    // A broker in between that gives out passwords of its own [adr/0003].
    this.#ownPassword = new URL(url).username !== '';
    this.#reader = journal.reader();
    this.#meter = new OffsetMeter(clock, randomInt(FIRST_PROBES));
    this.#sender = new FrameSender({
      gateway,
      journal,
      clock,
      log,
      reach,
      pace: new Pace(clock, options.kilobits),
      room: () => this.#link.room,
      time: options.time,
      send: (bytes, sent) => this.#link.frame(bytes, sent),
      hello: () => this.#link.status(this.#hello()),
    });
    this.#link = new Link({
      url,
      trust,
      gateway,
      log,
      will: { type: 'gone', at: clock.now() },
      onUp: () => this.#up(),
      onDown: () => this.#sender.disconnected(),
      onAck: (ack) => this.#sender.ack(ack),
      onReply: (reply) => this.#answered(reply),
      onConfig: (message) => {
        for (const listener of this.#configured) listener(message);
      },
      credentials: () => (this.#ownPassword ? null : membership.credentials()),
      onRefused: () => void membership.refused(),
    });
  }

  /** Why the cloud cannot know who this is, or we not whether it is the cloud; null when all is well. */
  get trouble(): Fault | null {
    const unknown = this.#ownPassword ? null : this.#options.membership.trouble;
    return this.#link.untrusted ?? unknown;
  }

  /** Connected, and the cloud has said where to go on. */
  get synced(): boolean {
    return this.#sender.synced;
  }

  /** The cloud's time, as far as it has answered; null before. */
  get cloudTime(): CloudTime | null {
    return this.#meter.best;
  }

  /** Frames sent, what waits for the socket, and readings accepted per second of late. */
  get traffic(): FrameCounts & { readonly buffered: number; readonly perSecond: number } {
    const { perSecond } = this.#rate;
    return { ...this.#sender.counts, buffered: this.#link.buffered, perSecond };
  }

  /** Calls the listener whenever the cloud has told its time. @returns how to stop it */
  onCloudTime(listener: () => void): () => void {
    this.#timed.add(listener);
    return () => void this.#timed.delete(listener);
  }

  /** Asks the cloud for its time at once: ours has been set. */
  askTime(): void {
    void this.#health();
  }

  /**
   * Sends an alarm at once, past all readings that wait. Nothing is kept here: whoever raises it keeps it until
   * `onAlarmStored` names its key, and sends it again when `onConnected` tells and from time to time.
   * @returns false when there is no connection, so it was not sent
   */
  sendAlarm(alarm: Status): boolean {
    return this.tell(alarm);
  }

  /**
   * Sends a status message at once, and keeps nothing of it.
   * @returns false when there is no connection, so it was not sent
   */
  tell(status: Status): boolean {
    if (!this.#link.up) return false;
    this.#link.status(status);
    return true;
  }

  /**
   * Calls the listener with the key of each alarm that the cloud says it has stored, and with how many actions: null
   * when it knows of none. @returns how to stop it
   */
  onAlarmStored(listener: (key: string, actions: number | null) => void): () => void {
    this.#alarmed.add(listener);
    return () => void this.#alarmed.delete(listener);
  }

  /** Calls the listener at each connection, after the journal was introduced. @returns how to stop it */
  onConnected(listener: () => void): () => void {
    this.#connected.add(listener);
    return () => void this.#connected.delete(listener);
  }

  /** Calls the listener with each configuration that comes, as it came. @returns how to stop it */
  onConfig(listener: (message: Uint8Array) => void): () => void {
    this.#configured.add(listener);
    return () => void this.#configured.delete(listener);
  }

  /** Tells the cloud what became of a configuration; while it is away, the next greeting says what is in force. */
  tellBundle(status: Omit<BundleStatus, 'type' | 'at'>): void {
    this.#link.status({ type: 'bundle', at: this.#options.clock.now(), ...status });
  }

  /** From now on the cloud tells of tickets; null for no more. */
  feedTickets(taker: TicketTaker | null): void {
    this.#tickets = taker;
    if (taker !== null) void this.#health();
  }

  #answered(reply: Reply): void {
    if (reply.type === 'alarm') {
      for (const listener of this.#alarmed) listener(reply.key, reply.actions ?? null);
    } else if (reply.type === 'tickets') this.#tickets?.take(reply);
    else if (this.#meter.answer(reply)) for (const listener of this.#timed) listener();
  }

  #measureRate(): void {
    const at = this.#options.clock.monotonic();
    const { accepted } = this.#sender.counts;
    const seconds = (at - this.#rate.at) / 1_000;
    const perSecond = seconds > 0 ? (accepted - this.#rate.accepted) / seconds : 0;
    this.#rate = { at, accepted, perSecond };
  }

  async start(): Promise<void> {
    const { clock, journal, membership } = this.#options;
    this.#cancel = [
      membership.onChanged(() => this.#link.start()),
      clock.every(tickMs, () => this.#sender.tick()),
      clock.every(RATE_MS, () => this.#measureRate()),
      clock.every(HEALTH_MS, () => void this.#health()),
      clock.every(CREDENTIALS_MS, () => this.#reportCredentials(withoutUses)),
      clock.every(LAST_USES_MS, () => this.#reportCredentials(JSON.stringify)),
      clock.every(QUARANTINE_MS, () => this.#quarantined(this.#options.quarantine.takeChanged())),
      journal.onDurable(() => this.#sender.wake()),
    ];
    if (this.#ownPassword) this.#link.start();
    else await membership.start();
  }

  /** The journal has a new id. */
  renewed(): void {
    this.#sender.renewed();
  }

  #up(): void {
    this.#options.membership.accepted();
    this.#sender.connected();
    this.#quarantined(this.#options.quarantine.entries());
    void this.#health();
    this.#told = null;
    this.#toldTombstones = { tombstones: [], at: 0 };
    this.#reportCredentials(withoutUses);
    for (const listener of this.#connected) listener();
  }

  /** Tells all of them when one has changed: what the cloud shows is what is in force here. */
  #reportCredentials(what: (all: readonly ReportedCredential[]) => string): void {
    if (!this.#link.up) return;
    const all = this.#options.credentials();
    if (this.#told !== null && what(this.#told) === what(all)) return;
    this.#told = all;
    const at = this.#options.clock.now();
    for (let first = 0; first === 0 || first < all.length; first += CREDENTIALS_PER_MESSAGE) {
      const entries = all.slice(first, first + CREDENTIALS_PER_MESSAGE);
      this.#link.status({ type: 'credentials', at, first, total: all.length, entries });
    }
  }

  #ticketsKnown(): { tickets?: string } {
    return this.#tickets === null ? {} : { tickets: this.#tickets.digest() };
  }

  #hello(): Status {
    const { journal, version, clock, bundle } = this.#options;
    return {
      type: 'hello',
      journal: journal.id,
      oldest: journal.oldest,
      newest: journal.newest,
      version,
      at: clock.now(),
      bundle: bundle(),
      probe: this.#meter.probe(),
      ...this.#ticketsKnown(),
    };
  }

  #quarantined(entries: readonly QuarantineEntry[]): void {
    const at = this.#options.clock.now();
    for (let from = 0; from < entries.length; from += ENTRIES_PER_MESSAGE) {
      const some = entries.slice(from, from + ENTRIES_PER_MESSAGE);
      this.#link.status({ type: 'quarantine', at, entries: some });
    }
  }

  async #health(): Promise<void> {
    const { clock, quarantine, journal, log } = this.#options;
    if (!this.#link.up) return;
    try {
      const backlog = await this.backlog();
      const { bytes, maxBytes, freeBytes, daysLeft } = journal.room;
      this.#link.status({
        type: 'health',
        at: clock.now(),
        ...backlog,
        quarantined: quarantine.total,
        losses: [...journal.losses],
        tombstones: [...this.#tombstonesToTell()],
        room: { bytes, maxBytes, freeBytes, daysLeft },
        clock: this.#options.clockState(),
        probe: this.#meter.probe(),
        ...this.#ticketsKnown(),
      });
    } catch (error) {
      log.warn({ error }, 'the state of the gateway cannot be told');
    }
  }

  /** All of them when they have changed, or were not told for a while: they may be many. */
  #tombstonesToTell(): readonly Tombstone[] {
    const { journal, clock } = this.#options;
    const now = clock.monotonic();
    const { tombstones, at } = this.#toldTombstones;
    if (tombstones === journal.tombstones && now - at < TOMBSTONES_MS) return [];
    this.#toldTombstones = { tombstones: journal.tombstones, at: now };
    return journal.tombstones;
  }

  async backlog(): Promise<Backlog> {
    const { journal } = this.#options;
    const position = journal.position(uplinkConsumer);
    const pending = journal.heldAfter(position);
    if (pending === 0) return { pending, oldestPendingAt: null };
    for (let from = position + 1; ; ) {
      const { readings, next } = await this.#reader.read(from, 1);
      const [oldest] = readings;
      if (oldest !== undefined || next === from) {
        return { pending, oldestPendingAt: oldest?.received ?? null };
      }
      from = next;
    }
  }

  async stop(): Promise<void> {
    this.#options.membership.stop();
    for (const cancel of this.#cancel) cancel();
    this.#link.status({ type: 'gone', at: this.#options.clock.now() });
    await this.#sender.stop();
    await this.#link.stop();
    await this.#reader.close();
  }
}

function withoutUses(all: readonly ReportedCredential[]): string {
  return JSON.stringify(all.map((one) => ({ ...one, lastUsed: null })));
}
