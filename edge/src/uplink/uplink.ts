import type { Clock, Fault, Log } from '@caretaker/readings/base';
import type { Trust } from '@caretaker/readings/tls';
import type { QuarantineEntry, ReportedCredential, Status } from '@caretaker/readings/uplink';
import type { Journal, SegmentReader } from '../journal/index.ts';
import type { Quarantine } from '../quarantine/index.ts';
import { FrameSender, tickMs, type UplinkReach, uplinkConsumer } from './frame-sender.ts';
import { Link } from './link.ts';
import type { Membership } from './membership.ts';

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
}

const HEALTH_MS = 5_000;
const QUARANTINE_MS = 1_000;
/** Entries of one message: with 1 kB samples it stays under 100 kB. */
const ENTRIES_PER_MESSAGE = 50;
const CREDENTIALS_MS = 2_000;
/** When they were last used changes with every connection, and is told only so often. */
const LAST_USES_MS = 60_000;
const CREDENTIALS_PER_MESSAGE = 200;

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
  /** The address has a user name and password of its own. */
  readonly #ownPassword: boolean;
  /** What the cloud was last told of credentials; null before it was. */
  #told: readonly ReportedCredential[] | null = null;
  #cancel: (() => void)[] = [];

  constructor(options: UplinkOptions) {
    const { gateway, journal, clock, log, reach, url, trust, membership } = options;
    this.#options = options;
    // A broker in between that gives out passwords of its own [adr/0003].
    this.#ownPassword = new URL(url).username !== '';
    this.#reader = journal.reader();
    this.#sender = new FrameSender({
      gateway,
      journal,
      clock,
      log,
      reach,
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

  async start(): Promise<void> {
    const { clock, journal, membership } = this.#options;
    this.#cancel = [
      membership.onChanged(() => this.#link.start()),
      clock.every(tickMs, () => this.#sender.tick()),
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
    this.#reportCredentials(withoutUses);
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

  #hello(): Status {
    const { journal, version, clock } = this.#options;
    return {
      type: 'hello',
      journal: journal.id,
      oldest: journal.oldest,
      newest: journal.newest,
      version,
      at: clock.now(),
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
      this.#link.status({
        type: 'health',
        at: clock.now(),
        ...backlog,
        quarantined: quarantine.total,
        losses: [...journal.losses],
      });
    } catch (error) {
      log.warn({ error }, 'the state of the gateway cannot be told');
    }
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
