import { type ChildProcess, fork } from 'node:child_process';
import { constants } from 'node:os';
import type { Clock, Log } from '@caretaker/readings/base';
import type { ChildNews, ChildOrder, ChildWord } from './messages.ts';
import type { EndReason } from './plan.ts';
import { giveWay, residentBytes } from './process.ts';

/** How long what may take, and how much of the machine. */
export interface RunLimits {
  /** Until the flows begin, milliseconds; a small machine under load needs a minute. */
  readonly startMs: number;
  /** Between two signs of life afterwards. */
  readonly answerMs: number;
  /** To end in good order. */
  readonly stopMs: number;
  /** Its priority as of `nice`. */
  readonly priority: number;
}

export const runLimits: RunLimits = {
  startMs: 120_000,
  answerMs: 10_000,
  stopMs: 5_000,
  // Near the lowest: whatever else wants to run goes first, and it still runs when all else is busy.
  priority: 15,
};

export interface RunOptions {
  readonly order: ChildOrder;
  /** All of it: nothing of the gateway's own environment is handed on. */
  readonly env: Readonly<Record<string, string>>;
  /** Of the heap; the process may take `beyondHeap` more. */
  readonly megabytes: number;
  /** More for the command line of Node. */
  readonly flags: readonly string[];
  readonly limits: RunLimits;
  readonly clock: Clock;
  readonly log: Log;
  readonly onReady: () => void;
  /** Flows begin to run; in safe mode when somebody has deployed them. */
  readonly onFlows: () => void;
}

/** How a run ended, with what there is to tell of it. */
export interface Ended {
  /** Null when it was asked to. */
  readonly why: EndReason | null;
  readonly code: number | null;
  readonly signal: string | null;
  /** The last that the process printed. */
  readonly said: string;
}

const MEGABYTE = 1_048_576;
/** What Node-RED takes beside its heap: code, buffers and threads. */
const beyondHeap = 192 * MEGABYTE;
const LOOK_MS = 100;
/** Bytes that are read of what the process prints, between two looks. */
const PRINT_BYTES = 16_384;
const SAID_CHARACTERS = 4_000;

/** One run of the child: started, watched, ended when it does harm. */
export class Run {
  readonly #options: RunOptions;
  #child: ChildProcess | null = null;
  #why: EndReason | null = 'crashed';
  #flowing = false;
  #heard = 0;
  #looked = 0;
  #rss: number | null = null;
  #said = '';
  #printed = 0;

  constructor(options: RunOptions) {
    this.#options = options;
  }

  /** Memory in bytes; null while not known. */
  get memory(): number | null {
    return this.#rss;
  }

  /** Starts the process. @returns how it ended, once it has. */
  async run(): Promise<Ended> {
    const { order, env, megabytes, flags, clock, limits } = this.#options;
    const child = fork(new URL('./child.ts', import.meta.url), [], {
      cwd: order.userDirectory,
      env,
      execArgv: [`--max-old-space-size=${megabytes}`, ...flags],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child = child;
    if (child.pid !== undefined) giveWay(child.pid, limits.priority);
    this.#heard = this.#looked = clock.monotonic();
    child.on('message', (news) => this.#hear(news as ChildNews));
    this.#listen(child);
    this.#send(order);
    const stopLooking = clock.every(LOOK_MS, () => this.#look());
    try {
      const { promise, resolve } = Promise.withResolvers<[number | null, string | null]>();
      child.once('exit', (code, signal) => resolve([code, signal]));
      // It could not be started.
      child.once('error', (error) => {
        this.#note(error.message);
        if (child.pid === undefined) resolve([null, null]);
      });
      const [code, signal] = await promise;
      return { why: this.#why, code, signal, said: this.#said.trim() };
    } finally {
      stopLooking();
    }
  }

  /** Lets it end in good order, or ends it. */
  stop(): void {
    const { clock, limits } = this.#options;
    this.#why = null;
    this.#send({ type: 'stop' });
    const cancel = clock.after(limits.stopMs, () => this.#child?.kill('SIGKILL'));
    this.#child?.once('exit', cancel);
  }

  #send(word: ChildWord): void {
    // Whoever has gone already has said so by another way.
    if (this.#child?.connected === true) this.#child.send(word, () => {});
  }

  #hear(news: ChildNews): void {
    const { clock, log, onReady, onFlows } = this.#options;
    this.#heard = clock.monotonic();
    if (news.type === 'alive') this.#rss = news.rss;
    else if (news.type === 'flows') {
      this.#begin();
      onFlows();
    } else if (news.type === 'ready') {
      this.#begin();
      onReady();
    } else log[news.level]({}, news.text);
  }

  #begin(): void {
    this.#flowing = true;
    // Its threads are there by now.
    const { priority } = this.#options.limits;
    if (this.#child?.pid !== undefined) giveWay(this.#child.pid, priority);
  }

  /** Reads what it prints, slowly: one that prints without end is held up itself, and nobody else. */
  #listen(child: ChildProcess): void {
    const errors = child.stderr;
    errors?.setEncoding('utf8');
    errors?.on('data', (text: string) => {
      this.#note(text);
      this.#printed += text.length;
      if (this.#printed > PRINT_BYTES) errors.pause();
    });
  }

  #note(text: string): void {
    this.#said = (this.#said + text).slice(-SAID_CHARACTERS);
  }

  #look(): void {
    const { clock, megabytes, limits } = this.#options;
    const child = this.#child;
    const now = clock.monotonic();
    // The gateway itself has stood still, and has not read yet what the child said meanwhile.
    if (now - this.#looked > limits.answerMs / 2) this.#heard = now;
    this.#looked = now;
    this.#printed = 0;
    child?.stderr?.resume();
    if (child?.pid === undefined || this.#why !== 'crashed') return;
    this.#rss = residentBytes(child.pid) ?? this.#rss;
    const limit = this.#flowing ? limits.answerMs : limits.startMs;
    if ((this.#rss ?? 0) > megabytes * MEGABYTE + beyondHeap) this.#kill('memory');
    else if (now - this.#heard > limit) this.#kill(this.#flowing ? 'stuck' : 'slow');
  }

  #kill(why: EndReason): void {
    this.#why = why;
    this.#child?.kill('SIGKILL');
  }
}

/** V8 aborts when its heap is full; nothing else in Node-RED does. */
export function ranOutOfHeap({ signal, code, said }: Ended): boolean {
  const aborted = signal === 'SIGABRT' || code === 128 + constants.signals.SIGABRT;
  return aborted && said.includes('heap');
}
