import type { Estate } from '@caretaker/devices/model';
import type { Clock } from '@caretaker/readings/base';
import { KeyedBuckets } from '@caretaker/readings/mqtt-guard';
import type { AedesOptions, Client, PublishPacket } from 'aedes';
import type { Change, Changeable, Configuration } from '../change.ts';
import { isLoopback } from './anonymous.ts';
import type { Credential } from './credential.ts';
import {
  clientLimits,
  connectionRate,
  mostSessions,
  mostSessionsOfFlows,
  reportRate,
} from './limits.ts';
import type { OwnCredential } from './own.ts';
import { PerCredential } from './per-credential.ts';
import { everything, mayHear, type Rights, RightsTable } from './rights.ts';
import { maySay, mayTouch, type Session } from './session.ts';
import type { CredentialStore } from './store.ts';

/** How soon a secret whose grace has passed stops counting for those who are connected. */
const SWEEP_MS = 1_000;
/** Where a message goes that its client may not send: acknowledged, and heard by nobody. */
const nowhere = '$refused';

type Hook<Name extends keyof AedesOptions> = Required<AedesOptions>[Name];

/** How often something was not allowed, since start. */
export type Refusals = Readonly<Record<Refusal['code'], number>>;

/** Something that was not allowed; for the log. */
export interface Refusal {
  readonly code:
    | 'EDGE_LOGIN_REFUSED'
    | 'EDGE_LOGIN_TOO_OFTEN'
    | 'EDGE_TOPIC_FORBIDDEN'
    | 'EDGE_TOO_FAST'
    | 'EDGE_SUBSCRIPTION_REFUSED';
  /** Name of the credential, or what was given as one; null without. */
  readonly name: string | null;
  readonly address: string | null;
  readonly topic: string | null;
}

export interface AccessOptions {
  readonly estate: Estate;
  readonly store: CredentialStore;
  readonly clock: Clock;
  /** Clients without a name may do everything; from `allowAnonymous`. */
  readonly anonymous: boolean;
  /** Of the flows that the gateway runs itself; null without. */
  readonly own?: OwnCredential | null;
  /** Prefix under which Home Assistant is told of assets; null when it is not. */
  readonly announced?: string | null;
  /** Called for a part of them only when there are many of one kind and name. */
  readonly onRefused?: (refusal: Refusal) => void;
  /** Somebody has connected by this credential. */
  readonly onUsed?: (id: string) => void;
  /** Where a client comes from; needed when its connection is not the socket itself. */
  readonly addressOf?: (client: Client) => string | undefined;
}

/**
 * Who may connect to the device broker, and what each may say and hear: the hooks of aedes.
 *
 * - The password is checked against the store, and again on every change of it: a session whose secret no
 *   longer counts is closed.
 * - A session belongs to its credential: its client id gets the credential's name in front, so that nobody can
 *   take over another's, whatever client id is given.
 * - A message on a foreign topic is acknowledged and goes nowhere [MQTT-3.3.5-2]: closing the connection would
 *   cut off every device that also says something nobody asked for, as most do.
 * - `authorizeForward` is asked besides `authorizeSubscribe`, because aedes queues for a client that is away
 *   by every filter it asked for, also by refused ones, and because rights change.
 */
export class Access implements Changeable {
  readonly #options: AccessOptions;
  #estate: Estate;
  /** Also of clients that have just gone: their will is still to be judged. */
  readonly #of = new WeakMap<Client, Session>();
  /** Of those who are connected, the oldest first. */
  readonly #sessions = new Set<Session>();
  readonly #byName = new Map<string, Set<Session>>();
  readonly #connections = new KeyedBuckets(connectionRate);
  readonly #used = new PerCredential();
  readonly #reports = new KeyedBuckets(reportRate);
  readonly #counts = {
    EDGE_LOGIN_REFUSED: 0,
    EDGE_LOGIN_TOO_OFTEN: 0,
    EDGE_TOPIC_FORBIDDEN: 0,
    EDGE_TOO_FAST: 0,
    EDGE_SUBSCRIPTION_REFUSED: 0,
  };
  #table: RightsTable;
  #ends: (() => void)[] = [];

  constructor(options: AccessOptions) {
    this.#options = options;
    this.#estate = options.estate;
    this.#table = new RightsTable(options.estate, options.store.prefixes(), options.announced);
  }

  /** Whoever is connected stays so, with the rights that follow from the new estate. */
  prepare({ estate }: Configuration): Change {
    const before = this.#estate;
    const show = (next: Estate) => {
      if (this.#estate === next) return;
      this.#estate = next;
      this.#changed();
    };
    return { commit: () => show(estate), undo: () => show(before) };
  }

  /** Follows changes of the store. */
  start(): void {
    const { store, own, clock } = this.#options;
    this.#ends = [
      store.onChanged(() => this.#changed()),
      own?.onChanged(() => this.#changed()) ?? (() => {}),
      clock.every(SWEEP_MS, () => this.#sweep()),
    ];
    this.#changed();
  }

  stop(): void {
    for (const end of this.#ends) end();
    this.#ends = [];
  }

  /** Every refusal counts, also those that are not told. */
  get refusals(): Refusals {
    return { ...this.#counts };
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  /** What the quarantine calls a client: its credential, or without one the id that it gave itself. */
  nameOf(client: { readonly id: string }): string {
    return this.#of.get(client as Client)?.credential?.id ?? client.id;
  }

  /**
   * Whether a connection from this address may go on. This machine's own are not counted: they are its
   * bridges, or all devices of a proxy in front of the broker.
   */
  admits(address: string | undefined): boolean {
    if (address === undefined || isLoopback(address)) return true;
    return this.#connections.tryTake(address, this.#options.clock.monotonic());
  }

  readonly authenticate: Hook<'authenticate'> = (client, username, password, done) => {
    const session = this.#open(client, username, password?.toString('utf8'));
    if (session === null) {
      this.#refused('EDGE_LOGIN_REFUSED', client, tellable(username), null);
      done(Object.assign(new Error('bad user name or password'), { returnCode: 4 }), false);
      return;
    }
    const { credential } = session;
    const now = this.#options.clock.monotonic();
    if (credential !== null && !this.#used.admits(credential.id, now)) {
      this.#refused('EDGE_LOGIN_TOO_OFTEN', client, credential.id, null);
      done(Object.assign(new Error('connects too often'), { returnCode: 3 }), false);
      return;
    }
    // Whoever has gone already would never leave.
    if (!client.conn.destroyed) this.#enter(session);
    done(null, true);
  };

  /** Answers with an error only to cut the client off; see `isDropped` for what it may not send. */
  readonly authorizePublish: Hook<'authorizePublish'> = (client, packet, done) => {
    const session = client === null ? undefined : this.#current(client);
    if (client === null || session === undefined) {
      done(new Error('not allowed any more'));
      return;
    }
    const name = session.credential?.id ?? null;
    const now = this.#options.clock.monotonic();
    if (session.meter?.message(sizeOf(packet), now) === null) {
      this.#refused('EDGE_TOO_FAST', client, name, packet.topic);
      done(new Error('too much at once'));
      return;
    }
    if (!maySay(session, packet.topic)) {
      this.#refused('EDGE_TOPIC_FORBIDDEN', client, name, packet.topic);
      drop(packet);
    }
    done(null);
  };

  /** Milliseconds until a client that sends faster than it may is to be read again. */
  waitOf(client: Client): number {
    const meter = this.#of.get(client)?.meter ?? null;
    return meter === null ? 0 : meter.wait(this.#options.clock.monotonic());
  }

  readonly authorizeSubscribe: Hook<'authorizeSubscribe'> = (client, subscription, done) => {
    const session = this.#current(client);
    const { topic } = subscription;
    const allowed =
      session !== undefined &&
      (session.filters.has(topic) || session.filters.size < session.mostFilters) &&
      mayHear(session.rights, topic);
    if (allowed) {
      session.filters.add(topic);
      done(null, subscription);
      return;
    }
    this.#refused('EDGE_SUBSCRIPTION_REFUSED', client, session?.credential?.id ?? null, topic);
    // Answered with 128, "failure" [MQTT-3.9.3]; the connection stays.
    done(null, null);
  };

  readonly authorizeForward: Hook<'authorizeForward'> = (client, packet) => {
    const session = this.#current(client);
    return session !== undefined && mayTouch(session, packet.topic) ? packet : null;
  };

  /** For the broker's event of the same name, so that filters can be given up for others. */
  readonly unsubscribed = (filters: readonly string[], client: Client): void => {
    const session = this.#of.get(client);
    for (const filter of filters) session?.filters.delete(filter);
  };

  #open(client: Client, name: string | undefined, password: string | undefined): Session | null {
    const { anonymous, store, own, clock } = this.#options;
    const base = { client, filters: new Set<string>(), verdicts: new Map<string, boolean>() };
    if (name === undefined && password === undefined) {
      const session = { credential: null, rights: everything, meter: null, mostFilters: Infinity };
      return anonymous ? { ...base, ...session } : null;
    }
    const digestOfOwn = own?.check(name ?? '', password ?? '') ?? null;
    if (own && digestOfOwn !== null) {
      const used = { id: own.id, kind: 'bridge' } as const;
      return {
        ...base,
        credential: { id: own.id, digest: digestOfOwn, own: true },
        rights: this.#table.flows(),
        meter: this.#used.meterOf(used, clock.monotonic()),
        mostFilters: clientLimits[used.kind].subscriptions,
      };
    }
    // Wrong secrets do not lock a name: nobody guesses one, and whoever knows the name could lock it.
    const proved = store.check(name ?? '', password ?? '', clock.now());
    if (proved === null) return null;
    const { credential, digest } = proved;
    return {
      ...base,
      credential: { id: credential.id, digest, own: false },
      rights: this.#rightsOf(credential),
      meter: this.#used.meterOf(credential, clock.monotonic()),
      mostFilters: clientLimits[credential.kind].subscriptions,
    };
  }

  /** The session as long as its secret counts; otherwise it is closed. */
  #current(client: Client): Session | undefined {
    const session = this.#of.get(client);
    if (session === undefined || this.#stands(session)) return session;
    this.#close(session);
    return undefined;
  }

  #stands({ credential }: Session): boolean {
    const { store, own, clock } = this.#options;
    if (credential === null) return true;
    const { id, digest } = credential;
    if (credential.own) return own?.stands(digest) === true;
    return store.current(id, digest, clock.now()) !== null;
  }

  #enter(session: Session): void {
    const { client, credential } = session;
    this.#of.set(client, session);
    this.#sessions.add(session);
    client.conn.once('close', () => this.#leave(session));
    if (credential === null) return;
    this.#options.onUsed?.(credential.id);
    rename(client, `${credential.id}/${client.id}`);
    const mine = this.#byName.get(credential.id) ?? new Set();
    this.#byName.set(credential.id, mine.add(session));
    // The newest ones stay: those before are most likely dead lines.
    const [oldest] = mine;
    const most = credential.own ? mostSessionsOfFlows : mostSessions;
    if (oldest !== undefined && mine.size > most) this.#close(oldest);
  }

  #leave(session: Session): void {
    this.#sessions.delete(session);
    const name = session.credential?.id ?? '';
    const mine = this.#byName.get(name);
    mine?.delete(session);
    if (mine?.size === 0) this.#byName.delete(name);
  }

  #changed(): void {
    const { store, clock } = this.#options;
    this.#table = new RightsTable(this.#estate, store.prefixes(), this.#options.announced);
    for (const session of this.#sessions) {
      if (session.credential === null) continue;
      const { id, digest, own } = session.credential;
      const credential = own ? null : store.current(id, digest, clock.now());
      if (!this.#stands(session)) this.#close(session);
      else {
        session.rights = credential === null ? this.#table.flows() : this.#rightsOf(credential);
        session.verdicts.clear();
      }
    }
  }

  #sweep(): void {
    this.#used.sweep(this.#options.clock.monotonic(), (id) => this.#byName.has(id));
    for (const session of this.#sessions) {
      if (!this.#stands(session)) this.#close(session);
    }
  }

  #close(session: Session): void {
    this.#leave(session);
    session.client.close();
  }

  #rightsOf(credential: Credential): Rights {
    return credential.kind === 'bridge'
      ? this.#table.bridge(credential.prefix)
      : this.#table.device(credential.assets);
  }

  #refused(code: Refusal['code'], client: Client, name: string | null, topic: string | null): void {
    this.#counts[code] += 1;
    const { onRefused, addressOf = remoteAddress, clock } = this.#options;
    const address = addressOf(client) ?? null;
    const who = (name ?? address ?? '').slice(0, 64);
    if (!this.#reports.tryTake(`${code} ${who}`, clock.monotonic())) return;
    const clip = (text: string | null) => text?.slice(0, 256) ?? null;
    onRefused?.({ code, name: clip(name), address, topic: clip(topic) });
  }
}

/** Whether `authorizePublish` has sent a message nowhere: it is not to be kept, at QoS 2 either. */
export function isDropped({ topic }: { readonly topic: string }): boolean {
  return topic === nowhere;
}

/** A name that was given, unless it may be a password in the wrong place. */
function tellable(name: string | undefined): string | null {
  const isName = name !== undefined && /^[a-z0-9][a-z0-9_-]{0,62}$/.test(name);
  return isName && !/^[a-z2-7]{32}$/.test(name) ? name : null;
}

function drop(packet: PublishPacket): void {
  packet.topic = nowhere;
  packet.payload = Buffer.alloc(0);
  packet.retain = false;
}

function sizeOf({ topic, payload }: PublishPacket): number {
  return topic.length + Buffer.byteLength(payload);
}

/** Its types call the id read-only; aedes itself reads it first when it looks for the session, after this. */
function rename(client: Client, id: string): void {
  (client as { id: string }).id = id;
}

function remoteAddress(client: Client): string | undefined {
  return 'remoteAddress' in client.conn ? client.conn.remoteAddress : undefined;
}
