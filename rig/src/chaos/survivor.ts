import { setTimeout as wait } from 'node:timers/promises';
import { type KillAt, type Part, PartGoneError, startPart } from '../product/parts.ts';
import type { Sandbox } from '../product/sandbox.ts';
import { patienceMs, until } from '../servers/process.ts';

/** A part of the product that comes back whenever it was killed, as under a supervisor. */
export class Survivor {
  readonly name: 'edge' | 'cloud';
  readonly #sandbox: Sandbox;
  #part: Part | null = null;
  #starting: AbortController | null = null;
  /** Kept away by so many. */
  #held = 0;
  #ended = false;
  #running: Promise<void> | null = null;
  #outputs: string[] = [];
  #trouble: Error | null = null;
  #lives = 0;
  #kills = 0;

  constructor(name: 'edge' | 'cloud', sandbox: Sandbox) {
    this.name = name;
    this.#sandbox = sandbox;
  }

  /** Changes with each process. */
  get life(): number {
    return this.#lives;
  }

  /** How often it was killed, whether it was ready or still starting. */
  get kills(): number {
    return this.#kills;
  }

  /** The end of what its processes printed, oldest first. */
  get outputs(): readonly string[] {
    return this.#part === null ? this.#outputs : [...this.#outputs, this.#part.output()];
  }

  start(): Promise<void> {
    this.#running ??= this.#live();
    return this.ready();
  }

  /** @throws what went wrong when it ended though nobody killed it */
  ready(limitMs = patienceMs): Promise<void> {
    return until(
      `${this.name} is ready`,
      () => {
        if (this.#trouble !== null) throw this.#trouble;
        return this.#part !== null;
      },
      limitMs,
      20,
    );
  }

  /** kill -9, also while it starts; it comes back after `awayMs`. */
  async kill(awayMs = 0): Promise<void> {
    this.#held += 1;
    this.#starting?.abort();
    await this.#part?.kill();
    await wait(awayMs);
    this.#held -= 1;
  }

  /** Ends it in good order; it comes back after `awayMs`. */
  async stop(awayMs = 0): Promise<void> {
    this.#held += 1;
    await this.#part?.stop();
    await wait(awayMs);
    this.#held -= 1;
  }

  /** Lets it die at a place in its code that it has still to pass. */
  arm(killAt: KillAt): void {
    this.#part?.arm(killAt);
  }

  async end(): Promise<void> {
    this.#ended = true;
    this.#starting?.abort();
    await this.#part?.kill();
    await this.#running;
  }

  async #live(): Promise<void> {
    while (!this.#ended && this.#trouble === null) {
      if (this.#held > 0) await wait(10);
      else await this.#liveOnce();
    }
  }

  async #liveOnce(): Promise<void> {
    const starting = new AbortController();
    this.#starting = starting;
    this.#lives += 1;
    try {
      const part = await startPart(this.name, this.#sandbox, undefined, undefined, starting.signal);
      this.#part = part;
      this.#starting = null;
      // Killed in the moment in which it became ready.
      if (starting.signal.aborted) await part.kill();
      const signal = await part.gone;
      if (signal === 'SIGKILL') this.#kills += 1;
      else if (this.#held === 0 && !this.#ended) this.#trouble = this.#died(part.output());
      this.#keep(part.output());
    } catch (error) {
      if (error instanceof PartGoneError && error.signal === 'SIGKILL') this.#kills += 1;
      else this.#trouble = error instanceof Error ? error : new Error(String(error));
    } finally {
      this.#part = null;
      this.#starting = null;
    }
  }

  #died(output: string): Error {
    return new Error(`${this.name} ended though nobody killed it:\n${output}`);
  }

  #keep(output: string): void {
    this.#outputs = [...this.#outputs, output].slice(-6);
  }
}
