import { Worker } from 'node:worker_threads';
import { CaretakerError } from '../base/index.ts';
import type { Answer, ThreadData } from './protocol.ts';

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

type Values<F> = F extends (...values: infer V) => unknown ? V : never;
type Result<F> = F extends (...values: never) => infer R ? R : never;

/**
 * Calls of a worker thread that owns one connection, so that no query holds our event loop. The thread keeps
 * the process alive only while a call waits for it.
 */
export class Thread<Calls> {
  readonly #data: ThreadData;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #nextId = 1;

  constructor(data: ThreadData) {
    this.#data = data;
  }

  /** Starts the thread and opens its connection. */
  async open(): Promise<void> {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: this.#data });
    worker.on('message', (answer: Answer) => this.#settle(answer));
    worker.on('error', (error) =>
      this.#fail(error instanceof Error ? error : new Error(String(error))),
    );
    worker.on('exit', () => this.#fail(new Error('its thread has ended')));
    worker.unref();
    this.#worker = worker;
    try {
      await this.#send('open', []);
    } catch (error) {
      await this.#end();
      throw error;
    }
  }

  /** @throws CaretakerError as the call does; `READINGS_STORE_UNAVAILABLE` when the thread is not there. */
  async call<Name extends keyof Calls & string>(
    name: Name,
    ...values: Values<Calls[Name]>
  ): Promise<Result<Calls[Name]>> {
    return (await this.#send(name, values)) as Result<Calls[Name]>;
  }

  /** Closes the connection and ends the thread; harmless when it is not open. */
  async close(): Promise<void> {
    if (this.#worker === null) return;
    try {
      await this.#send('close', []);
    } finally {
      await this.#end();
    }
  }

  async #end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }

  #send(call: string, values: readonly unknown[]): Promise<unknown> {
    const worker = this.#worker;
    if (worker === null) return Promise.reject(this.#unavailable(new Error('it is not open')));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker.ref();
      worker.postMessage({ id, call, values });
    });
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0) this.#worker?.unref();
    if ('fault' in answer) waiting?.reject(new CaretakerError(answer.fault));
    else waiting?.resolve(answer.value);
  }

  #fail(cause: Error): void {
    this.#worker = null;
    const error = this.#unavailable(cause);
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  #unavailable(cause: Error): CaretakerError {
    return new CaretakerError(
      {
        code: 'READINGS_STORE_UNAVAILABLE',
        message: `The readings file cannot be used: ${cause.message}`,
        next: 'Start the store again.',
        where: this.#data.file,
      },
      { cause },
    );
  }
}
