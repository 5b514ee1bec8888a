import type { Duplex } from 'node:stream';
import { type FirstPacket, HeaderScan } from './header-scan.ts';

/** Most bytes one packet may announce, fixed header included. */
export interface GuardLimits {
  /** Until the server has answered CONNECT. */
  readonly beforeConnect: number;
  readonly afterConnect: number;
}

const CONNACK_BYTE = 0x20;

/**
 * Refuses MQTT traffic by its fixed headers alone, before a broker that has no packet limit of its own
 * starts to collect the body: a packet above the limit, a malformed length, or a first packet that is not
 * CONNECT destroys the socket.
 *
 * The guard stands in the socket's own `push`, the one door through which received bytes enter a Readable,
 * so nothing is copied or buffered twice and back-pressure stays the socket's.
 *
 * @param socket a fresh server-side connection; guard it before anybody reads from it.
 * @param onRefused told once why, just before the socket is destroyed.
 * @returns the same socket.
 */
export function guardMqtt(
  socket: Duplex,
  limits: GuardLimits,
  onRefused: (reason: string) => void,
): Duplex {
  let limit = limits.beforeConnect;
  const admit = guardPush(socket, { begins: 1, most: () => limit }, onRefused);

  const write = socket.write;
  socket.write = function watchedWrite(this: Duplex, ...args: Parameters<Duplex['write']>) {
    const chunk: unknown = args[0];
    if (chunk instanceof Uint8Array && chunk[0] === CONNACK_BYTE) limit = limits.afterConnect;
    // The first packet a server sends is its answer to CONNECT: nothing more to watch for.
    socket.write = write;
    return write.apply(this, args);
  } as Duplex['write'];

  if (socket.readableLength > 0) {
    const early: unknown = socket.read();
    if (early instanceof Uint8Array && admit(early)) socket.unshift(early);
  }
  return socket;
}

/**
 * The same for what a server says to a client of ours.
 *
 * @param most bytes that one packet may announce, fixed header included
 */
export function guardAnswers(
  socket: Duplex,
  most: number,
  onRefused: (reason: string) => void,
): Duplex {
  guardPush(socket, { begins: 2, most: () => most }, onRefused);
  return socket;
}

/** @returns whether a chunk that was received before may enter */
function guardPush(
  socket: Duplex,
  { begins, most }: { readonly begins: FirstPacket; readonly most: () => number },
  onRefused: (reason: string) => void,
): (chunk: Uint8Array) => boolean {
  const headers = new HeaderScan(begins);
  let refused = false;

  /** True when the chunk may enter. */
  function admit(chunk: Uint8Array): boolean {
    if (refused) return false;
    const reason = headers.scan(chunk, most());
    if (reason === null) return true;
    refused = true;
    onRefused(reason);
    socket.destroy();
    return false;
  }

  const push = socket.push;
  // Without rest arguments, which would allocate for every chunk.
  socket.push = function guardedPush(this: Duplex, chunk, encoding) {
    if (chunk instanceof Uint8Array && !admit(chunk)) return false;
    return push.call(this, chunk, encoding);
  };
  return admit;
}
