import { createHash } from 'node:crypto';

/** Beyond so many the oldest are given up: what comes back of them is looked at like anybody's message. */
const MOST = 20_000;

/**
 * What the gateway has said on a broker that it reads itself, until the broker brings it back: MQTT 3.1.1 does not say
 * of whom a message is. One message for one that was said, so that a device may speak on the same topic.
 */
export class Echoes {
  readonly #most: number;
  /** How many of each are to come, the oldest first. */
  readonly #expected = new Map<string, number>();

  constructor(most = MOST) {
    this.#most = most;
  }

  expect(topic: string, payload: Uint8Array): void {
    const key = keyOf(topic, payload);
    this.#expected.set(key, (this.#expected.get(key) ?? 0) + 1);
    const [oldest] = this.#expected.keys();
    if (this.#expected.size > this.#most && oldest !== undefined) this.#expected.delete(oldest);
  }

  /** Whether this is one that was said here; it is expected once less. */
  takes(topic: string, payload: Uint8Array): boolean {
    if (this.#expected.size === 0) return false;
    const key = keyOf(topic, payload);
    const count = this.#expected.get(key);
    if (count === undefined) return false;
    if (count > 1) this.#expected.set(key, count - 1);
    else this.#expected.delete(key);
    return true;
  }
}

function keyOf(topic: string, payload: Uint8Array): string {
  return `${topic}\n${createHash('sha1').update(payload).digest('base64')}`;
}
