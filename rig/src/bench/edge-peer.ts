import { findBinary } from '../servers/binary.ts';
import { startMosquitto } from '../servers/mosquitto.ts';
import type { Shape } from './edge-ingest.ts';
import type { LoadOrder } from './edge-load.ts';
import type { PeerNews, PeerOrder } from './edge-node-red.ts';
import { child, news } from './edge-process.ts';

/** Fewer than ours gets: it has as long for them. */
const share = 3;

/** Why the peer cannot be measured here; null when it can. */
export function peerMissing(): string | null {
  return findBinary('mosquitto') === null ? 'Mosquitto is not installed' : null;
}

/**
 * Messages a second that Node-RED counts behind Mosquitto, from the same loader. Mosquitto acknowledges before
 * Node-RED has seen a message, so what counts is when Node-RED has counted it.
 */
export async function measurePeer(shape: Shape): Promise<number> {
  const mosquitto = await startMosquitto(findBinary('mosquitto') ?? '');
  const peer = child('./edge-node-red.ts');
  const loader = child('./edge-load.ts');
  const { port } = mosquitto;
  const warmUp = Math.round(shape.warmUp / share);
  const measured = Math.round(shape.measured / share);
  try {
    peer.send({ port, warmUp, measured } satisfies PeerOrder);
    await news<PeerNews>(peer);
    loader.send({ ...shape, port, warmUp, measured } satisfies LoadOrder);
    const done = await news<PeerNews>(peer);
    return done.type === 'done' ? (measured / done.ms) * 1_000 : 0;
  } finally {
    peer.kill();
    loader.kill();
    await mosquitto.stop();
  }
}
