import type { Clock, Log } from '@caretaker/readings/base';
import { ClientMeter, KeyedBuckets, type MessageLimits } from '@caretaker/readings/mqtt-guard';
import type { AedesOptions, Client } from 'aedes';
import type { GatewayKeys } from '../gateways/enrolment.ts';
import type { GatewayTokens } from '../gateways/tokens.ts';
import { mayHear, mayLeaveWill, maySay } from '../policy/topics.ts';

type Hook<Name extends keyof AedesOptions> = Required<AedesOptions>[Name];

export interface GatewayAccessParts {
  readonly keys: GatewayKeys;
  readonly tokens: GatewayTokens;
  /** The estate that names a gateway; undefined when none does. */
  readonly estateOf: (gateway: string) => string | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Three days of backlog come as fast as the cloud can judge them: some 25 frames of 1 MB a second. Beyond this
 * somebody floods.
 */
const limits: MessageLimits = {
  messages: { perSecond: 500, burst: 5_000 },
  bytes: { perSecond: 50_000_000, burst: 200_000_000 },
  messageBytes: 4 * 1024 * 1024,
};
/** A gateway asks for two topics; one that asks for more than this again and again is cut off. */
const mostSubscriptions = 16;
/** Connections from one address: many gateways may sit behind one, and all come back after a power cut. */
const connectionRate = { perSecond: 20, burst: 500 };
/** Refusals of one kind and name that are told: whoever tries each second fills no log. */
const reportRate = { perSecond: 1 / 60, burst: 5 };
/** How soon a key whose time has passed stops counting for who is connected by it. */
const sweepEvery = 1_000;

interface Session {
  readonly gateway: string;
  /** Id of the key that its token was signed with. */
  readonly key: string;
  readonly client: Client;
  readonly meter: ClientMeter;
  asked: number;
}

/**
 * Which gateways may connect to the uplink broker, and what each may say and hear: the hooks of aedes.
 *
 * - The password is a token that was signed for this one connection; the session stands as long as its key does.
 * - A session belongs to its gateway: the client id becomes the gateway's id whatever was given, so that nobody takes
 *   over another's. A gateway is one machine; its newest connection is the one that counts.
 * - A gateway that says what it may not is cut off: unlike a device it runs our own program.
 */
export class GatewayAccess {
  readonly #parts: GatewayAccessParts;
  /** Also of those who have just gone: their will is still to be judged. */
  readonly #of = new WeakMap<Client, Session>();
  readonly #sessions = new Map<string, Session>();
  readonly #connections = new KeyedBuckets(connectionRate);
  readonly #reports = new KeyedBuckets(reportRate);
  #ends: (() => void)[] = [];

  constructor(parts: GatewayAccessParts) {
    this.#parts = parts;
  }

  start(): void {
    const { keys, clock } = this.#parts;
    this.#ends = [
      keys.onEnded(({ gateway, key }) => this.#end(gateway, key)),
      clock.every(sweepEvery, () => this.#sweep()),
    ];
  }

  stop(): void {
    for (const end of this.#ends.splice(0)) end();
  }

  connected(gateway: string): boolean {
    return this.#sessions.has(gateway);
  }

  /** Whether a connection from this address may go on. Those of this machine may be a proxy's, for all gateways. */
  admits(address: string): boolean {
    if (/^(?:::ffff:)?127\.|^::1$/.test(address)) return true;
    return this.#connections.tryTake(address, this.#parts.clock.monotonic());
  }

  readonly authenticate: Hook<'authenticate'> = (client, username, password, done) => {
    const name = username ?? '';
    const refuse = (reason: string) => {
      this.#refused(client, name, reason);
      done(Object.assign(new Error(reason), { returnCode: 5 }), false);
    };
    this.#open(client, name, password?.toString('utf8') ?? '').then(
      (session) => {
        if (typeof session === 'string') return refuse(session);
        this.#enter(session);
        done(null, true);
      },
      (error: Error) => refuse(error.message),
    );
  };

  readonly authorizePublish: Hook<'authorizePublish'> = (client, packet, done) => {
    const session = client === null ? undefined : this.#current(client);
    if (client === null || session === undefined) {
      done(new Error('not allowed any more'));
      return;
    }
    const refuse = (reason: string) => {
      this.#refused(client, session.gateway, reason);
      done(new Error(reason));
    };
    if (!maySay(session.gateway, packet.topic)) {
      return refuse('published on a topic that is not its own');
    }
    // The protocol has no use for it, and its messages would be held in memory.
    if (packet.qos === 2) return refuse('published at QoS 2');
    packet.retain = false;
    const bytes = packet.topic.length + Buffer.byteLength(packet.payload);
    const wait = session.meter.message(bytes, this.#parts.clock.monotonic());
    if (wait === null) return refuse('sent too much at once');
    if (wait === 0) done(null);
    else this.#parts.clock.after(wait, () => done(null));
  };

  readonly authorizeSubscribe: Hook<'authorizeSubscribe'> = (client, subscription, done) => {
    const session = this.#current(client);
    if (session === undefined) return done(new Error('not allowed any more'));
    session.asked += 1;
    if (session.asked > mostSubscriptions) return done(new Error('asked for too many topics'));
    if (mayHear(session.gateway, subscription.topic)) return done(null, subscription);
    this.#refused(client, session.gateway, 'asked for a topic that is not its own');
    // Answered with 128, "failure" [MQTT-3.9.3]; the connection stays.
    done(null, null);
  };

  readonly authorizeForward: Hook<'authorizeForward'> = (client, packet) => {
    const session = this.#current(client);
    return session !== undefined && mayHear(session.gateway, packet.topic) ? packet : null;
  };

  /** @returns the session, or why there is none */
  async #open(client: Client, name: string, token: string): Promise<Session | string> {
    const { keys, tokens, estateOf, clock } = this.#parts;
    const proved = await tokens.check(name, token, clock.now());
    if (proved === null) return 'no token of a gateway in force';
    const { principal, key } = proved;
    const estate = estateOf(principal.id);
    if (estate !== undefined && estate !== principal.estate) {
      return `enrolled for the estate ${principal.estate}, and belongs to ${estate}`;
    }
    const will = willOf(client);
    if (will !== null && !mayLeaveWill(principal.id, will)) {
      return 'has a will on a topic that is not its own';
    }
    // It may have ended while the token was looked at.
    if (keys.good(key.id, clock.now()) === null) return 'no token of a gateway in force';
    const meter = new ClientMeter(limits, clock.monotonic());
    return { gateway: principal.id, key: key.id, client, meter, asked: 0 };
  }

  #enter(session: Session): void {
    const { client, gateway } = session;
    // Whoever has gone already would never leave.
    if (client.conn.destroyed) return;
    // Its types call the id read-only; aedes reads it only after this.
    (client as { id: string }).id = gateway;
    this.#of.set(client, session);
    this.#sessions.set(gateway, session);
    client.conn.once('close', () => {
      if (this.#sessions.get(gateway) === session) this.#sessions.delete(gateway);
    });
  }

  /** The session as long as its key counts; otherwise it is closed. */
  #current(client: Client): Session | undefined {
    const session = this.#of.get(client);
    if (session === undefined) return undefined;
    if (this.#parts.keys.good(session.key, this.#parts.clock.now()) !== null) return session;
    this.#close(session);
    return undefined;
  }

  #end(gateway: string, key: string): void {
    const session = this.#sessions.get(gateway);
    if (session?.key === key) this.#close(session);
  }

  #sweep(): void {
    for (const session of this.#sessions.values()) this.#current(session.client);
  }

  #close({ client, gateway }: Session): void {
    if (this.#sessions.get(gateway)?.client === client) {
      this.#sessions.delete(gateway);
      this.#parts.log.warn({ gateway }, 'cut off a gateway whose key has ended');
    }
    client.close();
    // A line that takes no bytes any more would not end by being asked to.
    client.conn.destroy();
  }

  #refused(client: Client, name: string, reason: string): void {
    const { clock, log } = this.#parts;
    const address = 'remoteAddress' in client.conn ? (client.conn.remoteAddress ?? '') : '';
    // What stands in the place of the name may be a secret.
    const gateway = /^[a-z0-9][a-z0-9_-]{0,62}$/.test(name) ? name : null;
    if (!this.#reports.tryTake(`${gateway ?? address} ${reason}`, clock.monotonic())) return;
    log.warn({ gateway, address, reason }, 'refused a client of the uplink broker');
  }
}

/** Topic of the will that a client came with; its types do not tell of it. */
function willOf(client: Client): string | null {
  const { _will: will } = client as unknown as { _will?: { topic?: string } };
  return will?.topic ?? null;
}
