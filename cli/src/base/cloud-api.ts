import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { CaretakerError, type Fault, FaultsError } from '@caretaker/readings/base';
import { z } from 'zod';

const patienceMs = 30_000;
/** For all of a long answer. */
const streamPatienceMs = 30 * 60_000;

const problemSchema = z.object({
  code: z.string(),
  title: z.string(),
  detail: z.string().optional(),
  next: z.string().optional(),
  faults: z
    .array(z.object({ code: z.string(), message: z.string(), where: z.string().optional() }))
    .optional(),
});

/** The API of a cloud, with somebody's token. */
export class CloudApi {
  readonly #url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  /** @throws CaretakerError `CLI_CLOUD_UNREACHABLE`, or the cloud's own code */
  get(path: string): Promise<unknown> {
    return this.#ask(path, {});
  }

  /** At most once, however often it has to be sent. */
  post(path: string, body: object): Promise<unknown> {
    return this.#ask(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    });
  }

  /** What is too much to be held at once, piece by piece. */
  async stream(path: string): Promise<Readable> {
    const { body } = await this.#answer(path, { signal: AbortSignal.timeout(streamPatienceMs) });
    return body === null ? Readable.from([]) : Readable.fromWeb(body as NodeReadableStream);
  }

  async #ask(path: string, init: RequestInit): Promise<unknown> {
    const signal = AbortSignal.timeout(patienceMs);
    return (await this.#answer(path, { ...init, signal })).json().catch(() => null);
  }

  /** @throws CaretakerError what the cloud says where it refuses */
  async #answer(path: string, init: RequestInit): Promise<Response> {
    const headers = { ...init.headers, authorization: `Bearer ${this.#token}` };
    let answer: Response;
    try {
      answer = await fetch(new URL(path, this.#url), { ...init, headers });
    } catch (cause) {
      const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
      throw new CaretakerError(
        {
          code: 'CLI_CLOUD_UNREACHABLE',
          message: `The cloud does not answer: ${reason instanceof Error ? reason.message : reason}`,
          where: this.#url,
          next: 'Start it, or give its address with --cloud.',
        },
        { cause },
      );
    }
    if (answer.ok) return answer;
    throw refusalOf(answer.status, await answer.json().catch(() => null));
  }
}

function refusalOf(status: number, said: unknown): CaretakerError {
  const read = problemSchema.safeParse(said);
  if (!read.success) {
    return new CaretakerError({
      code: 'CLI_CLOUD_ANSWER',
      message: `The cloud answers with status ${status} and nothing that can be read.`,
      next: 'Look whether the address is that of a Caretaker cloud.',
    });
  }
  const { code, title, detail, next, faults } = read.data;
  const message = detail ?? title;
  if (faults !== undefined && faults.length > 0) {
    return new FaultsError(code, message, faults.map(faultOf));
  }
  return new CaretakerError({ code, message, ...(next === undefined ? {} : { next }) });
}

function faultOf({
  code,
  message,
  where,
}: {
  code: string;
  message: string;
  where?: string | undefined;
}): Fault {
  return where === undefined ? { code, message } : { code, message, where };
}

/**
 * The cloud of this machine, unless another is named.
 * @throws CaretakerError `CLI_NO_TOKEN`
 */
export async function cloudOf(
  given: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): Promise<CloudApi> {
  const url = given ?? `http://127.0.0.1:${env.CARETAKER_HTTP_PORT || 8080}`;
  if (!['http:', 'https:'].includes(URL.parse(url)?.protocol ?? '')) {
    throw new CaretakerError({
      code: 'CLI_CLOUD_ADDRESS',
      message: `"${url}" is no address of a cloud.`,
      next: 'Give one that begins with https:// or http://',
    });
  }
  return new CloudApi(url, await tokenOf(env));
}

async function tokenOf(env: NodeJS.ProcessEnv): Promise<string> {
  if (env.CARETAKER_TOKEN) return env.CARETAKER_TOKEN;
  // Whoever starts the demo finds an administrator's token there (design: outer contracts).
  const file =
    env.CARETAKER_TOKEN_FILE || join(resolve(env.CARETAKER_DATA ?? 'data'), 'admin-token');
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch {
    throw new CaretakerError({
      code: 'CLI_NO_TOKEN',
      message: 'There is no token to ask the cloud with.',
      where: file,
      next: 'Make one on the page of accounts and name its file in CARETAKER_TOKEN_FILE.',
    });
  }
}
