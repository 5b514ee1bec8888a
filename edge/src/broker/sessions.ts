import { Readable } from 'node:stream';
import type { Clock, Log } from '@caretaker/readings/base';
import memory from 'aedes-persistence';
import { type QueuedPacket, Queues } from './queues.ts';
import { type Kept, type Retained, SessionFile } from './session-file.ts';

/** The part of a packet that sessions look at. */
export interface SessionPacket extends QueuedPacket {
  readonly retain?: boolean;
}

interface SessionClient {
  readonly id: string;
}

interface Filter {
  readonly topic: string;
  readonly qos: number;
}

/** What we replace or use of aedes-persistence; aedes calls these without a callback and awaits them. */
export interface Persistence {
  storeRetained(packet: SessionPacket): Promise<void>;
  addSubscriptions(client: SessionClient, filters: readonly Filter[]): Promise<void>;
  removeSubscriptions(client: SessionClient, topics: readonly string[]): Promise<void>;
  cleanSubscriptions(client: SessionClient): Promise<unknown>;
  subscriptionsByClient(client: SessionClient): Promise<Filter[]>;
  outgoingEnqueue(filter: { clientId: string }, packet: SessionPacket): Promise<void>;
  outgoingEnqueueCombi(
    filters: readonly { clientId: string; qos: number }[],
    packet: SessionPacket,
  ): Promise<void>;
  outgoingUpdate(client: SessionClient, packet: SessionPacket): Promise<void>;
  outgoingClearMessageId(client: SessionClient, packet: SessionPacket): Promise<unknown>;
  outgoingStream(client: SessionClient): Readable;
  incomingStorePacket(client: SessionClient, packet: SessionPacket): Promise<void>;
}

export interface SessionsOptions {
  /** `sessions.sqlite` */
  readonly file: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Makes a message at QoS 2 durable. */
  readonly keep: (client: SessionClient, packet: SessionPacket) => Promise<void>;
}

/** How much is not kept, since start. */
export interface SessionCounts {
  /** Messages for clients that are away. */
  readonly lost: number;
  /** Messages that were to be retained. */
  readonly unretained: number;
}

// Its types describe the callback form and another kind of module than it is.
const newMemory = memory as unknown as () => Persistence;

interface Room {
  readonly topics: number;
  readonly bytes: number;
}

/** What clients may have retained. */
const theirs: Room = { topics: 5_000, bytes: 16 * 1024 * 1024 };
/** What the gateway may, of its events: of 10,000 assets, state, condition and discovery. */
const ours: Room = { topics: 30_000, bytes: 32 * 1024 * 1024 };
const MOST_SESSIONS = 2_000;
/** A relay that is away for longer has been taken down; MQTT leaves it to the server [MQTT-3.1.2.4]. */
const FORGOTTEN_AFTER_MS = 7 * 86_400_000;
const SWEEP_MS = 3_600_000;
/** One commit in this time, however much changes. */
const WRITE_MS = 500;
/** Rows of one commit, so that it holds the event loop for milliseconds. */
const ROWS = 1_000;
const HIGHEST_ID = 65_535;

/**
 * What the broker keeps for clients: retained messages, and the subscriptions and messages at QoS 1 and 2 of those with
 * a persistent session. aedes's own store in memory, with three differences: it is bounded, it outlives the process,
 * and a QoS 2 message goes to `keep` after the duplicate check and before it counts as received, so PUBREC is sent
 * when it is on disk and a repeat that comes meanwhile waits for the same write.
 *
 * The file is half a second behind. Wills and the ids of QoS 2 messages under way do not outlive the process: a device
 * whose message was kept but not yet confirmed sends it again, and its readings are told apart by (point, at).
 */
export class Sessions {
  readonly persistence = newMemory();
  readonly #options: SessionsOptions;
  readonly #queues: Queues;
  readonly #retained = new Map<string, Retained>();
  readonly #kept = new Map<string, Kept>();
  /** Topics of which `#retained` is not to be written. */
  readonly #fleeting = new Set<string>();
  readonly #changedTopics = new Set<string>();
  readonly #changedClients = new Set<string>();
  /** By client, places in its queue. */
  readonly #changedPlaces = new Map<string, Set<number>>();
  #retainedBytes = 0;
  #fleetingBytes = 0;
  #unretained = 0;
  #file: SessionFile | null = null;
  #pending: (() => void) | null = null;
  #sweep: () => void = () => {};
  #isHere: (client: string) => boolean = () => false;

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.#queues = new Queues((client, place) => {
      const places = this.#changedPlaces.get(client) ?? new Set();
      this.#changedPlaces.set(client, places.add(place));
      this.#schedule();
    });
  }

  get counts(): SessionCounts {
    return { lost: this.#queues.lost, unretained: this.#unretained };
  }

  /** Filters of everybody with a session, who need not be connected. */
  get filters(): string[] {
    return [...this.#kept.values()].flatMap(({ filters }) => filters.map(({ topic }) => topic));
  }

  /**
   * What is retained of this topic from now on ends with the process: who publishes it says it again at the next
   * start. It takes no room from what clients have retained.
   */
  dontKeep(topic: string): void {
    if (this.#fleeting.has(topic) || this.#retained.has(topic)) return;
    this.#fleeting.add(topic);
  }

  /** @param isHere whether a client is connected */
  async start(isHere: (client: string) => boolean): Promise<void> {
    const { file, clock, log } = this.#options;
    this.#isHere = isHere;
    const kept = SessionFile.open(file, (error) =>
      log.error({ error, file }, 'sessions and retained messages are begun anew: file damaged'),
    );
    for (const one of kept.retained()) {
      this.#retained.set(one.topic, one);
      this.#retainedBytes += one.payload.length;
      await this.persistence.storeRetained({ ...packetOf(one), retain: true });
    }
    for (const one of kept.sessions()) {
      this.#kept.set(one.client, one);
      this.#queues.restore(one.client, kept.queued(one.client));
      await this.persistence.addSubscriptions({ id: one.client }, one.filters);
    }
    this.#file = kept;
    this.#replaceRetained();
    this.#replaceSubscriptions();
    this.#replaceOutgoing();
    keepBeforeStore(this.persistence, this.#options.keep);
    this.#forgetOld();
    this.#sweep = clock.every(SWEEP_MS, () => this.#forgetOld());
  }

  stop(): void {
    this.#sweep();
    this.#pending?.();
    this.#pending = null;
    while (this.#hasChanges && this.#write());
    this.#file?.close();
    this.#file = null;
  }

  #replaceRetained(): void {
    const store = this.persistence.storeRetained.bind(this.persistence);
    this.persistence.storeRetained = async (packet) => {
      const { topic, qos } = packet;
      // A copy: what came is a part of a larger piece of what the socket received, which it would keep alive.
      const payload = Buffer.from(packet.payload);
      const before = this.#retained.get(topic);
      const more = payload.length - (before?.payload.length ?? 0);
      const fleeting = this.#fleeting.has(topic);
      if (payload.length > 0 && !this.#hasRoom(fleeting, before === undefined, more)) {
        if (before === undefined) this.#fleeting.delete(topic);
        this.#unretained += 1;
        return;
      }
      // Counted before anything is waited for: the next one of the same topic may come meanwhile.
      if (payload.length > 0) this.#retained.set(topic, { topic, qos, payload });
      else this.#retained.delete(topic);
      if (fleeting) {
        this.#fleetingBytes += more;
        if (payload.length === 0) this.#fleeting.delete(topic);
      } else {
        this.#retainedBytes += more;
        this.#changedTopics.add(topic);
        this.#schedule();
      }
      await store({ ...packet, payload });
    };
  }

  #hasRoom(fleeting: boolean, anew: boolean, more: number): boolean {
    const { topics, bytes } = fleeting ? ours : theirs;
    // A new one that is not to be kept is among them already.
    const held = fleeting ? this.#fleeting.size - 1 : this.#retained.size - this.#fleeting.size;
    const used = fleeting ? this.#fleetingBytes : this.#retainedBytes;
    return !(anew && held >= topics) && used + more <= bytes;
  }

  #replaceSubscriptions(): void {
    const { persistence } = this;
    const add = persistence.addSubscriptions.bind(persistence);
    const remove = persistence.removeSubscriptions.bind(persistence);
    const clean = persistence.cleanSubscriptions.bind(persistence);
    const note = async (client: SessionClient) => {
      const filters = (await persistence.subscriptionsByClient(client)).map(({ topic, qos }) => {
        return { topic, qos };
      });
      this.#kept.set(client.id, { client: client.id, seen: this.#options.clock.now(), filters });
      this.#changedClients.add(client.id);
      this.#schedule();
    };
    persistence.addSubscriptions = async (client, filters) => {
      await add(client, filters);
      await note(client);
      this.#forgetBeyond();
    };
    persistence.removeSubscriptions = async (client, topics) => {
      await remove(client, topics);
      if (this.#kept.has(client.id)) await note(client);
    };
    // A clean session takes the place of the one before [MQTT-3.1.2-6].
    persistence.cleanSubscriptions = async (client) => {
      this.#queues.discard(client.id);
      if (this.#kept.delete(client.id)) this.#changedClients.add(client.id);
      return await clean(client);
    };
  }

  #replaceOutgoing(): void {
    const { persistence } = this;
    const queues = this.#queues;
    persistence.outgoingEnqueue = async ({ clientId }, packet) => {
      queues.add(clientId, packet, packet.qos);
    };
    persistence.outgoingEnqueueCombi = async (filters, packet) => {
      for (const { clientId, qos } of filters) queues.add(clientId, packet, qos);
    };
    persistence.outgoingUpdate = async ({ id }, packet) => queues.update(id, packet);
    persistence.outgoingClearMessageId = async ({ id }, packet) => queues.remove(id, packet);
    persistence.outgoingStream = (client) => {
      const waiting = queues.of(client.id).map(({ packet }) => packet);
      beginAfter(client, waiting);
      // What was sent before is sent again as what it is [MQTT-3.3.1-1].
      return Readable.from(
        waiting.map((one) => ({
          ...one,
          dup: one.cmd === 'publish' && one.messageId !== undefined,
        })),
      );
    };
  }

  /** Notes when a client with a session was last here. */
  left(client: string): void {
    const kept = this.#kept.get(client);
    if (kept === undefined) return;
    this.#kept.set(client, { ...kept, seen: this.#options.clock.now() });
    this.#changedClients.add(client);
    this.#schedule();
  }

  #forgetOld(): void {
    const since = this.#options.clock.now() - FORGOTTEN_AFTER_MS;
    for (const { client, seen } of this.#kept.values()) {
      if (seen < since && !this.#isHere(client)) this.#forget(client);
    }
  }

  #forgetBeyond(): void {
    if (this.#kept.size <= MOST_SESSIONS) return;
    const away = [...this.#kept.values()].filter(({ client }) => !this.#isHere(client));
    const oldest = away.sort((a, b) => a.seen - b.seen)[0];
    if (oldest !== undefined) this.#forget(oldest.client);
  }

  #forget(client: string): void {
    void this.persistence.cleanSubscriptions({ id: client });
    this.#schedule();
  }

  get #hasChanges(): boolean {
    return (
      this.#changedTopics.size + this.#changedClients.size + this.#changedPlaces.size > 0 &&
      this.#file !== null
    );
  }

  #schedule(): void {
    if (this.#file === null) return;
    this.#pending ??= this.#options.clock.after(WRITE_MS, () => {
      this.#pending = null;
      this.#write();
      if (this.#hasChanges) this.#schedule();
    });
  }

  /** @returns whether it could be written; what could not is tried again with the next change */
  #write(): boolean {
    const topics = [...this.#changedTopics].slice(0, ROWS);
    const clients = [...this.#changedClients].slice(0, ROWS);
    const queued = this.#changedRows();
    try {
      this.#file?.write({
        retained: new Map(topics.map((topic) => [topic, this.#retained.get(topic) ?? null])),
        sessions: new Map(clients.map((client) => [client, this.#kept.get(client) ?? null])),
        queued,
      });
    } catch (error) {
      this.#options.log.error({ error }, 'sessions cannot be written; they are tried again');
      return false;
    }
    for (const topic of topics) this.#changedTopics.delete(topic);
    for (const client of clients) this.#changedClients.delete(client);
    for (const { client, place } of queued) {
      const places = this.#changedPlaces.get(client);
      places?.delete(place);
      if (places?.size === 0) this.#changedPlaces.delete(client);
    }
    return true;
  }

  #changedRows(): { client: string; place: number; packet: QueuedPacket | null }[] {
    const rows: { client: string; place: number; packet: QueuedPacket | null }[] = [];
    for (const [client, places] of this.#changedPlaces) {
      const now = new Map(this.#queues.of(client).map(({ place, packet }) => [place, packet]));
      for (const place of places) {
        if (rows.length >= ROWS) return rows;
        rows.push({ client, place, packet: now.get(place) ?? null });
      }
    }
    return rows;
  }
}

function packetOf({ topic, qos, payload }: Retained): SessionPacket {
  return { cmd: 'publish', topic, qos, payload: Buffer.from(payload) };
}

/** aedes gives a new connection a random first id, which may be one that a message of before still has. */
function beginAfter(client: SessionClient, waiting: readonly QueuedPacket[]): void {
  const last = waiting.findLast(({ messageId }) => messageId !== undefined)?.messageId;
  if (last !== undefined) (client as { _nextId?: number })._nextId = (last % HIGHEST_ID) + 1;
}

function keepBeforeStore(base: Persistence, keep: SessionsOptions['keep']): void {
  const store = base.incomingStorePacket.bind(base);
  const underWay = new Map<string, Promise<void>>();
  base.incomingStorePacket = (client, packet) => {
    const key = `${packet.messageId}:${client.id}`;
    const before = underWay.get(key);
    if (before !== undefined) return before;
    const now = keep(client, packet)
      .then(() => store(client, packet))
      .finally(() => underWay.delete(key));
    underWay.set(key, now);
    return now;
  };
}
