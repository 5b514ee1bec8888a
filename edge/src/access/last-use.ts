import path from 'node:path';
import type { Clock } from '@caretaker/readings/base';
import type { ReportedCredential } from '@caretaker/readings/uplink';
import { z } from 'zod';
import type { Credential } from './credential.ts';
import { readPrivate, writePrivate } from './private-file.ts';

/** What a crash may forget. */
const WRITE_MS = 60_000;
const usesSchema = z.record(z.string(), z.int());

export interface LastUseOptions {
  /** The gateway's data folder. */
  readonly directory: string;
  readonly clock: Clock;
  readonly onFault?: (error: unknown) => void;
}

/** When each credential was last connected by; kept in `credentials-used.json`, written once a minute. */
export class LastUse {
  readonly #options: LastUseOptions;
  #uses = new Map<string, number>();
  #changed = false;
  #cancel: (() => void) | null = null;

  constructor(options: LastUseOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#uses = await this.#read();
    this.#cancel = this.#options.clock.every(WRITE_MS, () => void this.#write());
  }

  async stop(): Promise<void> {
    this.#cancel?.();
    this.#cancel = null;
    await this.#write();
  }

  note(id: string): void {
    this.#uses.set(id, this.#options.clock.now());
    this.#changed = true;
  }

  /** What a gateway tells of its credentials, without their secrets. */
  tell(credentials: readonly Credential[]): ReportedCredential[] {
    return credentials.map((one) => {
      const { id, created, revoked } = one;
      const used = this.#uses.get(id);
      // An earlier credential of that name may have been used before this one was made.
      const lastUsed = used === undefined || used < created ? null : used;
      const rest = { id, created, revoked, lastUsed };
      return one.kind === 'bridge'
        ? { kind: 'bridge', ...rest, prefix: one.prefix }
        : { kind: 'device', ...rest, assets: [...one.assets] };
    });
  }

  /** What cannot be read is not worth a gateway that does not start. */
  async #read(): Promise<Map<string, number>> {
    try {
      const text = await readPrivate(this.#file);
      if (text === null) return new Map();
      return new Map(Object.entries(usesSchema.parse(JSON.parse(text))));
    } catch (error) {
      this.#options.onFault?.(error);
      return new Map();
    }
  }

  async #write(): Promise<void> {
    if (!this.#changed) return;
    this.#changed = false;
    try {
      await writePrivate(this.#file, `${JSON.stringify(Object.fromEntries(this.#uses))}\n`);
    } catch (error) {
      this.#options.onFault?.(error);
    }
  }

  get #file(): string {
    return path.join(this.#options.directory, 'credentials-used.json');
  }
}
