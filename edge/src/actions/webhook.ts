import { createHash, createHmac } from 'node:crypto';
import { CaretakerError, type Clock } from '@caretaker/readings/base';
import { failed, pause, within } from './deadline.ts';

export interface WebhookOptions {
  readonly url: string;
  readonly body: string;
  /** The same at each try, so that the receiver knows a repeat. */
  readonly key: string;
  /** Signs what is sent; null sends it unsigned. */
  readonly secret: string | null;
  readonly clock: Clock;
  /** Ends it. */
  readonly signal: AbortSignal;
}

const ANSWER_MS = 2_000;
/** Milliseconds before each further try. */
const waits = [500, 1_500, 5_000];
/** Statuses below 500 that may be gone at the next try. */
const passing: readonly number[] = [408, 425, 429];

/**
 * Posts JSON, four times at most: again when nobody answers, or somebody who cannot at the moment. It follows no
 * redirection: that would carry the alarm elsewhere.
 * @throws CaretakerError `EDGE_ACTION_FAILED` with what came of the last try
 */
export async function post(webhook: WebhookOptions): Promise<void> {
  for (const wait of [...waits, null]) {
    const outcome = await attempt(webhook);
    if (outcome === 'taken') return;
    webhook.signal.throwIfAborted();
    if (wait === null || !outcome.again) throw outcome.error;
    await pause(wait, webhook.clock, webhook.signal);
  }
}

interface Failure {
  readonly again: boolean;
  readonly error: CaretakerError;
}

async function attempt(webhook: WebhookOptions): Promise<'taken' | Failure> {
  const { url, body, clock, signal: outer } = webhook;
  try {
    const status = await within(ANSWER_MS, { clock, outer }, async (signal) => {
      const headers = headersOf(webhook);
      const answer = await fetch(url, {
        method: 'POST',
        body,
        headers,
        redirect: 'manual',
        signal,
      });
      await answer.body?.cancel();
      return answer.status;
    });
    if (status >= 200 && status < 300) return 'taken';
    const again = status >= 500 || passing.includes(status);
    return { again, error: failed(`the address answered ${status}`) };
  } catch (error) {
    if (error instanceof CaretakerError) return { again: true, error };
    return { again: true, error: failed(`the address cannot be reached${reasonOf(error)}`, error) };
  }
}

function headersOf({ body, key, secret, clock }: WebhookOptions): Record<string, string> {
  const headers = {
    'content-type': 'application/json',
    'idempotency-key': createHash('sha256').update(key).digest('hex').slice(0, 32),
  };
  return secret === null
    ? headers
    : { ...headers, 'caretaker-signature': signatureOf(body, secret, clock.now()) };
}

/** `t=<seconds>,v1=<HMAC-SHA-256 of "<seconds>.<body>", hex>`; the time lets a receiver refuse what is old. */
function signatureOf(body: string, secret: string, now: number): string {
  const seconds = Math.floor(now / 1_000);
  const mark = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${mark}`;
}

/** Code of what lies below an error of fetch, such as ` (ECONNREFUSED)`; its words may hold the address. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? ` (${code})` : '';
}
