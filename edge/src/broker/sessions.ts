import memory from 'aedes-persistence';

/** The part of a packet that sessions look at. */
export interface SessionPacket {
  readonly topic: string;
  readonly payload: string | Buffer;
  readonly messageId?: number;
}

interface SessionClient {
  readonly id: string;
}

/** What we replace of aedes-persistence; aedes calls these without a callback and awaits them. */
interface Persistence {
  storeRetained(packet: SessionPacket): Promise<void>;
  outgoingEnqueueCombi(clients: { clientId: string }[], packet: SessionPacket): Promise<void>;
  outgoingClearMessageId(client: SessionClient, packet: SessionPacket): Promise<unknown>;
  incomingStorePacket(client: SessionClient, packet: SessionPacket): Promise<void>;
}

// Its types describe the callback form and another kind of module than it is.
const newMemory = memory as unknown as () => Persistence;

const RETAINED_TOPICS = 5_000;
const RETAINED_BYTES = 16 * 1024 * 1024;
const QUEUED_MESSAGES = 1_000;

/**
 * Sessions in memory, with two differences: they are bounded, and a QoS 2 message goes to `keep` after the
 * duplicate check and before it counts as received, so PUBREC is sent when it is on disk and a repeat that
 * comes meanwhile waits for the same write.
 *
 * Sessions do not outlive the process: a device whose QoS 2 message was kept but not yet confirmed sends it
 * again after our restart, and its readings are told apart by (point, at).
 */
export function createSessions(
  keep: (client: SessionClient, packet: SessionPacket) => Promise<void>,
): Persistence {
  const base = newMemory();
  boundRetained(base);
  boundQueues(base);
  keepBeforeStore(base, keep);
  return base;
}

function boundRetained(base: Persistence): void {
  const store = base.storeRetained.bind(base);
  const sizes = new Map<string, number>();
  let bytes = 0;
  base.storeRetained = async (packet) => {
    const before = sizes.get(packet.topic) ?? 0;
    const size = packet.payload.length;
    const full = !sizes.has(packet.topic) && sizes.size >= RETAINED_TOPICS;
    if (size > 0 && (full || bytes - before + size > RETAINED_BYTES)) return;
    await store(packet);
    bytes += size - before;
    if (size > 0) sizes.set(packet.topic, size);
    else sizes.delete(packet.topic);
  };
}

/** Messages queued for a subscriber that is away: the oldest ones are kept, more are not taken. */
function boundQueues(base: Persistence): void {
  const enqueue = base.outgoingEnqueueCombi.bind(base);
  const clear = base.outgoingClearMessageId.bind(base);
  const queued = new Map<string, number>();
  base.outgoingEnqueueCombi = async (clients, packet) => {
    if (clients.length === 0) return;
    const room = clients.filter(({ clientId }) => (queued.get(clientId) ?? 0) < QUEUED_MESSAGES);
    for (const { clientId } of room) queued.set(clientId, (queued.get(clientId) ?? 0) + 1);
    await enqueue(room, packet);
  };
  base.outgoingClearMessageId = async (client, packet) => {
    const cleared = await clear(client, packet);
    const count = queued.get(client.id) ?? 0;
    if (cleared !== undefined && count > 1) queued.set(client.id, count - 1);
    else if (cleared !== undefined) queued.delete(client.id);
    return cleared;
  };
}

function keepBeforeStore(
  base: Persistence,
  keep: (client: SessionClient, packet: SessionPacket) => Promise<void>,
): void {
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
