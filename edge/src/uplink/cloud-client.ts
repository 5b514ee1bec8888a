import { CaretakerError, type Clock } from '@caretaker/readings/base';
import type { Trust } from '@caretaker/readings/tls';
import {
  type EnrolAnswer,
  enrolAnswerSchema,
  enrolRequest,
  type GatewayKey,
  rotationRequest,
  uplinkToken,
} from '@caretaker/readings/uplink';
import { z } from 'zod';
import { pinBundleKey, pinnedBundleKey } from '../access/bundle-key.ts';
import {
  cloudOffset,
  forgetNextKey,
  type GatewayIdentity,
  identityOf,
  nextKey,
  saveIdentity,
} from '../access/enrolment.ts';
import { isLoopback } from '../access/index.ts';
import { secureFetch } from './secure-fetch.ts';

const answerWithinMs = 20_000;
const problemSchema = z.object({ code: z.string(), detail: z.string() });

/** What a gateway asks of the cloud over HTTP: to be taken in, to change its key, and what time it is. */
export class CloudClient {
  readonly #url: string;
  readonly #clock: Clock;
  readonly #trust: Trust;

  /** @param trust whom to believe at an https address */
  constructor(url: string, clock: Clock, trust: Trust) {
    this.#url = url.replace(/\/+$/, '');
    this.#clock = clock;
    this.#trust = trust;
  }

  /**
   * Exchanges a one-time code for the right to use a new key, which is kept in the data folder of the gateway; the key
   * by which it believes configuration from now on is that of this cloud.
   * @param gateway who this gateway is; a code for another one is of no use here
   * @throws CaretakerError `EDGE_ENROLMENT_REFUSED`, `EDGE_ENROLMENT_FOREIGN`, `EDGE_CLOUD_PLAIN`,
   *   `EDGE_CLOUD_UNREACHABLE`
   */
  async enrol(directory: string, gateway: string, code: string): Promise<GatewayIdentity> {
    const { answer, key } = await this.#withNextKey(directory, (next) =>
      this.#post('/api/gateways/enrol', enrolRequest(code.trim(), next)),
    );
    if (answer.gateway !== gateway) throw foreign(answer.gateway, gateway);
    // First: with a key of its own and no pin the gateway would have to ask again, but not the other way round.
    await pinBundleKey(directory, gateway, answer.bundleKey ?? null);
    const identity = identityOf(answer, key);
    await saveIdentity(directory, identity);
    await forgetNextKey(directory);
    return identity;
  }

  /**
   * Puts a new key in the place of the present one. A gateway that has pinned no key for its configuration pins that of
   * the answer, which comes from the same address, by the same trust, as that of an enrolment.
   * @param now the cloud's clock as far as it is known, UTC epoch milliseconds
   * @throws CaretakerError `EDGE_ENROLMENT_REFUSED`, `EDGE_CLOUD_UNREACHABLE`
   */
  async rotate(directory: string, present: GatewayIdentity, now: number): Promise<GatewayIdentity> {
    const { answer, key } = await this.#withNextKey(directory, (next) => {
      const token = uplinkToken(present, now);
      return this.#post('/api/gateways/rotate', {
        ...rotationRequest(present.gateway, next),
        token,
      });
    });
    const { gateway } = present;
    if ((await pinnedBundleKey(directory, gateway)) === null) {
      await pinBundleKey(directory, gateway, answer.bundleKey ?? null);
    }
    const identity = identityOf(answer, key);
    await saveIdentity(directory, identity);
    await forgetNextKey(directory);
    return identity;
  }

  /** How far the cloud's clock is ahead of ours, milliseconds; null when it cannot be told. */
  async offset(): Promise<number | null> {
    const sent = this.#clock.now();
    try {
      const answer = await this.#ask('/healthz', {});
      return cloudOffset(answer.headers.get('date'), sent, this.#clock.now());
    } catch {
      return null;
    }
  }

  /** Asks with the gateway's next key; with a fresh one if that was tried before and is refused now. */
  async #withNextKey(directory: string, ask: (key: GatewayKey) => Promise<EnrolAnswer>) {
    const { key, tried } = await nextKey(directory);
    try {
      return { answer: await ask(key), key };
    } catch (error) {
      if (!(error instanceof CaretakerError) || error.code !== 'EDGE_ENROLMENT_REFUSED')
        throw error;
      await forgetNextKey(directory);
      if (!tried) throw error;
      const fresh = await nextKey(directory);
      return { answer: await ask(fresh.key), key: fresh.key };
    }
  }

  async #post(path: string, body: object): Promise<EnrolAnswer> {
    const { protocol, hostname } = new URL(this.#url);
    // Whoever hears the code on the way enrols first.
    if (protocol === 'http:' && !isLoopback(hostname.replace(/^\[|\]$/g, ''))) {
      throw plain(this.#url);
    }
    const answer = await this.#ask(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const content: unknown = await answer.json().catch(() => null);
    const read = enrolAnswerSchema.safeParse(content);
    if (answer.ok && read.success) return read.data;
    const problem = problemSchema.safeParse(content);
    if (problem.success && problem.data.code === 'CLOUD_ENROLMENT_REFUSED') {
      throw new CaretakerError({
        code: 'EDGE_ENROLMENT_REFUSED',
        message: `The cloud has refused: ${problem.data.detail}`,
        next: 'Make a new code in the cloud: "caretaker gateway code", or its page of gateways.',
      });
    }
    const said = problem.success ? problem.data.detail : `status ${answer.status}`;
    throw unreachable(this.#url, `it answers: ${said}`);
  }

  async #ask(path: string, init: RequestInit): Promise<Response> {
    try {
      const signal = AbortSignal.timeout(answerWithinMs);
      const url = this.#url + path;
      if (url.startsWith('https:')) return await secureFetch(url, { ...init, signal }, this.#trust);
      return await fetch(url, { ...init, signal, redirect: 'error' });
    } catch (error) {
      throw unreachable(this.#url, reasonOf(error));
    }
  }
}

/** What `fetch` says is only that it failed; why lies below. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof CaretakerError) return `${cause.message} ${cause.next ?? ''}`.trim();
  return cause instanceof Error ? cause.message : String(cause);
}

function unreachable(url: string, why: string): CaretakerError {
  return new CaretakerError({
    code: 'EDGE_CLOUD_UNREACHABLE',
    message: `The cloud at ${new URL(url).origin} cannot be asked: ${why}`,
    next: 'Check CARETAKER_CLOUD_URL, and that the cloud runs.',
  });
}

function plain(url: string): CaretakerError {
  return new CaretakerError({
    code: 'EDGE_CLOUD_PLAIN',
    message: `The code would go to ${new URL(url).origin} for everybody on the way to read.`,
    next: 'Give the cloud a certificate and begin CARETAKER_CLOUD_URL with https://',
  });
}

function foreign(theirs: string, ours: string): CaretakerError {
  return new CaretakerError({
    code: 'EDGE_ENROLMENT_FOREIGN',
    message: `The code was made for the gateway "${theirs}", and this is "${ours}".`,
    next: `Set CARETAKER_GATEWAY, or make a code for "${ours}"; this one is spent.`,
  });
}
