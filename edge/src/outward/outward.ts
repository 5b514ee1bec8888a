import path from 'node:path';
import type { Estate } from '@caretaker/devices/model';
import type { Clock, Log } from '@caretaker/readings/base';
import type { Alarm, FedTicket, TicketsReply } from '@caretaker/readings/uplink';
import packageJson from '../../package.json' with { type: 'json' };
import { readChecked, writeChecked } from '../checked-file.ts';
import type { Journal } from '../journal/index.ts';
import type { LocalRules } from '../rules/index.ts';
import { Saver } from '../saver.ts';
import type { TicketTaker } from '../uplink/index.ts';
import { Conditions } from './conditions.ts';
import { Discovery, type DiscoveryConfig } from './discovery.ts';
import { Follower } from './follower.ts';
import { type Kept, keptSchema } from './kept.ts';
import { type AlarmEvent, type GatewayEvent, Topics } from './messages.ts';
import { Outlet, type OutletCounts, type Publisher } from './outlet.ts';
import { assetOf, TicketBook, ticketEvent } from './tickets.ts';
import { Values } from './values.ts';

/** What the gateway tells other programs over MQTT. */
export interface OutwardConfig {
  /** Home Assistant is told of the assets; null when it is not. */
  readonly discovery: DiscoveryConfig | null;
}

/** What judges on the gateway. */
export type Judging = Pick<LocalRules, 'standing' | 'onChanged' | 'onAlarm'>;

export interface OutwardOptions {
  readonly config: OutwardConfig;
  readonly directory: string;
  readonly gateway: string;
  /** Which estate is in force. */
  readonly inForce: {
    readonly estate: Estate;
    onEstate(listener: (estate: Estate) => void): () => void;
  };
  readonly rules: Judging;
  readonly journal: Pick<Journal, 'id' | 'oldest' | 'newest' | 'onDurable' | 'reader'>;
  readonly publisher: Publisher;
  readonly uplink: {
    readonly synced: boolean;
    backlog(): Promise<{ readonly pending: number }>;
    feedTickets(taker: TicketTaker | null): void;
  };
  /** `known` is false while nobody knows the time. */
  readonly clock: Clock & { readonly known: boolean };
  readonly log: Log;
}

/** @returns null for a gateway that publishes nothing */
export async function startOutward(
  settings: Pick<OutwardOptions, 'gateway'> & { readonly outward: OutwardConfig | null },
  parts: Omit<OutwardOptions, 'config' | 'gateway'>,
): Promise<Outward | null> {
  const { gateway, outward: config } = settings;
  if (config === null) return null;
  const outward = new Outward({ ...parts, gateway, config });
  await outward.start();
  return outward;
}

const { version } = packageJson;
const SILENCE_MS = 5_000;
const LOOK_AROUND_MS = 1_000;
/** What waits for the cloud changes all the time. */
const PENDING_MS = 10_000;
/** The journal fills what is missing after a crash. */
const KEEP_MS = 300_000;

/**
 * Publishes what the gateway knows: values of its assets as they are on disk, what is wrong with them, tickets of the
 * cloud, and itself. Whoever has the right to subscribe hears all that holds, and then each change.
 */
export class Outward {
  readonly #options: OutwardOptions;
  readonly #outlet: Outlet;
  readonly #follower: Follower;
  readonly #file: string;
  readonly #saver = new Saver(() => this.#keep());
  #estate: Estate;
  #topics: Topics;
  #values: Values;
  #conditions: Conditions;
  #book = new TicketBook();
  #discovery: Discovery;
  #cancel: (() => void)[] = [];
  #cloud = { connected: false, pending: 0 };
  #connections = 0;

  constructor(options: OutwardOptions) {
    const { gateway, journal, clock, log, publisher, config, directory } = options;
    const { estate } = options.inForce;
    this.#options = options;
    this.#file = path.join(directory, 'outward.json');
    this.#estate = estate;
    this.#topics = new Topics(estate.id);
    this.#values = new Values(estate, gateway);
    this.#conditions = new Conditions(estate.id);
    this.#discovery = new Discovery(config.discovery);
    this.#outlet = new Outlet({ publisher, clock, log });
    this.#follower = new Follower({
      ...{ journal, clock, log },
      take: (readings) => this.#touchStates(this.#values.take(readings)),
    });
  }

  get counts(): OutletCounts {
    return this.#outlet.counts;
  }

  async start(): Promise<void> {
    const { clock, inForce, gateway, config, rules, uplink, log } = this.#options;
    const kept = await readChecked(this.#file, keptSchema, log);
    const { estate } = inForce;
    this.#values = new Values(estate, gateway, kept?.values);
    this.#book = new TicketBook(kept?.tickets);
    this.#discovery = new Discovery(config.discovery, kept?.announced);
    // A broker of somebody else still has what was retained then.
    if (kept !== null) this.#forget(kept.estate, kept.assets);
    this.#follow(estate);
    this.#follower.start(kept?.place ?? null);
    this.#cancel = [
      inForce.onEstate((next) => this.#follow(next)),
      rules.onChanged(() => this.#judge()),
      rules.onAlarm((alarm) => this.#tellAlarm(alarm)),
      clock.every(SILENCE_MS, () => this.#lookForSilence()),
      clock.every(LOOK_AROUND_MS, () => this.#lookAround()),
      clock.every(PENDING_MS, () => void this.#lookAtPending()),
      clock.every(KEEP_MS, () => void this.#saver.save()),
    ];
    uplink.feedTickets({
      digest: () => this.#book.digest(),
      take: (told) => this.#takeTickets(told),
    });
  }

  /** An estate is in force: all of it is said, and what is no more is taken back. */
  #follow(estate: Estate): void {
    const { gateway } = this.#options;
    const before = { estate: this.#estate.id, assets: [...this.#values.assets] };
    const values = this.#values.kept();
    this.#estate = estate;
    this.#topics = new Topics(estate.id);
    this.#values = new Values(estate, gateway, values);
    this.#forget(before.estate, before.assets);
    const assets = new Set(this.#values.assets);
    this.#conditions = new Conditions(estate.id);
    this.#lookForSilence();
    this.#touchGateway();
    this.#touchStates(assets);
    this.#judge();
    this.#conditions.ticketed(this.#book.open);
    for (const asset of assets) this.#touchCondition(asset);
    for (const { id } of this.#book.open) this.#touchTicket(id);
    for (const { topic, payload } of this.#discovery.announce({ estate, gateway, version })) {
      this.#outlet.touch(topic, () => payload, 'urgent');
    }
  }

  /** Takes back what was said of assets that are no more, or of another estate. */
  #forget(estate: string, assets: readonly string[]): void {
    const topics = new Topics(estate);
    const same = estate === this.#estate.id;
    const present = new Set(same ? this.#values.assets : []);
    for (const asset of assets) {
      if (present.has(asset)) continue;
      this.#takeBack(topics.state(asset));
      this.#takeBack(topics.condition(asset));
    }
    if (same) return;
    this.#takeBack(topics.gateway(this.#options.gateway));
    for (const { id } of this.#book.open) this.#takeBack(topics.ticket(id));
    this.#book = new TicketBook();
  }

  #judge(): void {
    const changed = this.#conditions.judged(this.#options.rules.standing());
    for (const asset of changed) this.#touchCondition(asset);
  }

  #tellAlarm({ subject, ...alarm }: Alarm): void {
    const asset = assetOf(subject, this.#estate.id);
    if (asset === null) return;
    const { rule, item, severity, onset, end, raised, why, actions } = alarm;
    const event: AlarmEvent = {
      ...{ estate: this.#estate.id, asset, rule, item, severity, onset, end, raised, why, actions },
    };
    this.#outlet.tell(this.#topics.alarm(asset, rule), JSON.stringify(event));
  }

  #takeTickets(told: TicketsReply): void {
    for (const { ticket, open } of this.#book.take(told)) {
      if (open) this.#touchTicket(ticket.id);
      else this.#closed(ticket);
    }
    for (const asset of this.#conditions.ticketed(this.#book.open)) this.#touchCondition(asset);
  }

  /** Those who listen are told how it ended; who comes later finds nothing. */
  #closed(ticket: FedTicket): void {
    const topic = this.#topics.ticket(ticket.id);
    this.#outlet.tell(topic, this.#ticketText(ticket));
    this.#takeBack(topic);
  }

  #ticketText(ticket: FedTicket): string {
    return JSON.stringify(ticketEvent(ticket, this.#estate.id, this.#options.clock.now()));
  }

  #touchTicket(id: number): void {
    const say = () => {
      const ticket = this.#book.get(id);
      return ticket === undefined ? '' : this.#ticketText(ticket);
    };
    this.#outlet.touch(this.#topics.ticket(id), say, 'urgent');
  }

  #takeBack(topic: string): void {
    this.#outlet.touch(topic, () => '', 'urgent');
  }

  #touchStates(assets: Iterable<string>): void {
    const { clock } = this.#options;
    for (const asset of assets) {
      this.#outlet.touch(this.#topics.state(asset), () => {
        const state = this.#values.state(asset, clock.now());
        return state === null ? null : JSON.stringify(state);
      });
    }
  }

  #touchCondition(asset: string): void {
    const { clock } = this.#options;
    // A ticket may be about an asset of another gateway, which tells of it itself.
    if (!this.#values.has(asset)) return;
    const say = () => JSON.stringify(this.#conditions.of(asset, clock.now()));
    this.#outlet.touch(this.#topics.condition(asset), say, 'urgent');
  }

  #touchGateway(): void {
    const topic = this.#topics.gateway(this.#options.gateway);
    this.#outlet.touch(topic, () => this.#gatewayText('online'), 'urgent');
  }

  #gatewayText(state: GatewayEvent['state']): string {
    const { gateway, clock } = this.#options;
    const cloud = state === 'online' ? this.#cloud : { ...this.#cloud, connected: false };
    const estate = this.#estate.id;
    const event: GatewayEvent = { estate, gateway, at: clock.now(), state, version, cloud };
    return JSON.stringify(event);
  }

  #lookForSilence(): void {
    const { clock } = this.#options;
    if (clock.known) this.#touchStates(this.#values.look(clock.now()));
  }

  #lookAround(): void {
    const { connections = 0 } = this.#options.publisher;
    if (connections !== this.#connections) {
      this.#connections = connections;
      this.#follow(this.#estate);
    }
    const connected = this.#options.uplink.synced;
    if (connected === this.#cloud.connected) return;
    this.#cloud = { ...this.#cloud, connected };
    this.#touchGateway();
  }

  async #lookAtPending(): Promise<void> {
    try {
      const { pending } = await this.#options.uplink.backlog();
      if (pending === this.#cloud.pending) return;
      this.#cloud = { ...this.#cloud, pending };
      this.#touchGateway();
    } catch (error) {
      this.#options.log.debug({ error }, 'what waits for the cloud cannot be counted now');
    }
  }

  /** Never rejects. */
  async #keep(): Promise<void> {
    const kept: Kept = {
      version: 1,
      place: this.#follower.place,
      estate: this.#estate.id,
      assets: [...this.#values.assets],
      values: this.#values.kept().map((one) => [...one]),
      tickets: [...this.#book.open],
      announced: this.#discovery.announced,
    };
    try {
      await writeChecked(this.#file, kept);
    } catch (error) {
      const { log } = this.#options;
      log.warn({ error }, 'what events go on from cannot be kept; it is read from the journal');
    }
  }

  /** Says goodbye while the broker is still there. */
  async stop(): Promise<void> {
    for (const cancel of this.#cancel) cancel();
    this.#options.uplink.feedTickets(null);
    await this.#follower.stop();
    await this.#saver.save();
    const topic = this.#topics.gateway(this.#options.gateway);
    await this.#outlet.stop(new Map([[topic, this.#gatewayText('offline')]]));
  }
}
