import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { CaretakerError, type Clock } from '@caretaker/readings/base';
import type { Entry } from '../parts/entry.ts';
import { type PartMessage, partMessageSchema } from '../parts/messages.ts';

const firstDelayMs = 500;
const longestDelayMs = 30_000;
/** After this long without a crash the next one is again answered quickly. */
const calmMs = 60_000;
const stopLimitMs = 8_000;

/** What a part process needs from the one that watches over it. */
export interface PartOptions {
  readonly name: string;
  /** The file of `caretaker` itself. */
  readonly program: string;
  /** The command of `caretaker` that it runs. */
  readonly command: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly clock: Clock;
  /** One line that the part printed. */
  readonly onLine: (name: string, line: string) => void;
  readonly onProgress: (done: number, total: number) => void;
  /** Something to say about the part itself. */
  readonly onNotice: (text: string) => void;
}

/** One part of the product as a child process that is started again when it crashes. */
export class PartProcess {
  readonly #options: PartOptions;
  #child: ChildProcess | null = null;
  #stopping = false;
  #wasReady = false;
  #entry: Entry | null = null;
  #delayMs = firstDelayMs;
  #cancelRestart: () => void = () => {};
  #gone: Promise<void> = Promise.resolve();

  constructor(options: PartOptions) {
    this.#options = options;
  }

  /** Its process id while it runs. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** How the first person gets in, as the part said when it was last ready. */
  get entry(): Entry | null {
    return this.#entry;
  }

  /**
   * Starts it and resolves when it is ready.
   * @throws CaretakerError `CLI_PART_FAILED` when it ends before it ever was.
   */
  start(): Promise<void> {
    return new Promise((resolve, reject) => this.#spawn(resolve, reject));
  }

  /** Asks it to end; ends it by force after 8 s. Resolves when it is gone. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#cancelRestart();
    const child = this.#child;
    if (child === null) return;
    child.kill('SIGTERM');
    const cancel = this.#options.clock.after(stopLimitMs, () => {
      this.#options.onNotice(`${this.#options.name} did not stop within 8 s and is ended by force`);
      child.kill('SIGKILL');
    });
    await this.#gone;
    cancel();
  }

  #spawn(onReady: () => void, onFailed: (error: Error) => void): void {
    const { name, program, command, environment, clock } = this.#options;
    // A process group of its own: Ctrl-C reaches only the parent, which stops the parts in order.
    const child = spawn(process.execPath, [program, command], {
      // Else each thread that has ever worked keeps memory of its own: 10 MB of a gateway, and more with each bundle.
      env: { MALLOC_ARENA_MAX: '2', ...environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    });
    this.#child = child;
    const began = clock.monotonic();
    this.#readLines(child);
    child.on('message', (message) => this.#hear(message, onReady));
    child.once('error', onFailed);
    this.#gone = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        this.#child = null;
        resolve();
        if (this.#stopping) return;
        const how = signal ?? `exit code ${code}`;
        if (this.#wasReady) this.#restart(how, clock.monotonic() - began);
        else onFailed(failed(name, how));
      });
    });
  }

  #readLines(child: ChildProcess): void {
    const { name, onLine } = this.#options;
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => onLine(name, line));
    }
  }

  #hear(message: unknown, onReady: () => void): void {
    const heard = partMessageSchema.safeParse(message);
    if (!heard.success) return;
    const said: PartMessage = heard.data;
    if (said.type === 'progress') {
      this.#options.onProgress(said.done, said.total);
      return;
    }
    this.#wasReady = true;
    this.#entry = said.entry;
    onReady();
  }

  #restart(how: string, ranMs: number): void {
    const { name, clock, onNotice } = this.#options;
    if (ranMs > calmMs) this.#delayMs = firstDelayMs;
    const delayMs = this.#delayMs;
    this.#delayMs = Math.min(longestDelayMs, delayMs * 2);
    onNotice(`${name} ended unexpectedly (${how}); starting it again in ${delayMs / 1000} s`);
    this.#cancelRestart = clock.after(delayMs, () =>
      this.#spawn(
        () => onNotice(`${name} runs again`),
        (error) => onNotice(error.message),
      ),
    );
  }
}

function failed(name: string, how: string): CaretakerError {
  return new CaretakerError({
    code: 'CLI_PART_FAILED',
    message: `The part "${name}" could not start (${how}).`,
    next: 'The lines above say why.',
  });
}
