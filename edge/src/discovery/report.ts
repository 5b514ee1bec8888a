import type { Clock } from '@caretaker/readings/base';
import { type DiscoveryEntry, mostDiscoveryEntries, type Status } from '@caretaker/readings/uplink';
import type { Discovery } from './inbox.ts';

/** The connection to the cloud, as far as the report needs it. */
export interface Teller {
  /** @returns false without a connection */
  tell(status: Status): boolean;
  /** @returns how to stop it */
  onConnected(listener: () => void): () => void;
}

export interface DiscoveryReportOptions {
  readonly discovery: Discovery;
  readonly uplink: Teller;
  readonly clock: Clock;
}

const EVERY_MS = 10_000;
/** That a known device has spoken again is told only so often. */
const COUNTS_MS = 300_000;
/** Of one message. It must stay well below what the cloud's broker takes, and not hold up frames for long. */
const MOST_BYTES = 96 * 1_024;
/** Base64 of the first bytes of a sample: enough to recognise a message. */
const SAMPLE_LENGTH = 512;
const MOST_GONE = 1_000;

/** Tells the cloud what changed in the inbox: a bounded message, seldom. */
export class DiscoveryReport {
  readonly #options: DiscoveryReportOptions;
  readonly #changed = new Set<string>();
  readonly #counted = new Set<string>();
  readonly #gone = new Set<string>();
  #anew = true;
  #countsAt = 0;
  #cancel: (() => void)[] = [];

  constructor(options: DiscoveryReportOptions) {
    this.#options = options;
  }

  start(): void {
    const { discovery, uplink, clock } = this.#options;
    discovery.listen({
      changed: (id) => this.#changed.add(id),
      counted: (id) => this.#counted.add(id),
      gone: (id) => this.#lost(id),
    });
    // The connection may be there already: then the next message tells all of it.
    this.#markAll();
    this.#cancel = [
      uplink.onConnected(() => this.#begin()),
      clock.every(EVERY_MS, () => this.#tell()),
    ];
  }

  stop(): void {
    for (const cancel of this.#cancel) cancel();
    this.#cancel = [];
  }

  #lost(id: string): void {
    this.#changed.delete(id);
    this.#counted.delete(id);
    this.#gone.add(id);
  }

  /** The cloud may know anything of earlier connections: it is told all of it anew. */
  #begin(): void {
    this.#anew = true;
    this.#gone.clear();
    this.#markAll();
    this.#tell();
  }

  #markAll(): void {
    for (const { id } of this.#options.discovery.entries()) this.#changed.add(id);
  }

  #tell(): void {
    const { discovery, uplink, clock } = this.#options;
    const elapsed = clock.monotonic();
    if (elapsed - this.#countsAt >= COUNTS_MS) {
      this.#countsAt = elapsed;
      for (const id of this.#counted) this.#changed.add(id);
      this.#counted.clear();
    }
    if (this.#changed.size === 0 && this.#gone.size === 0 && !this.#anew) return;
    const { entries, told } = this.#some(discovery);
    const gone = [...this.#gone].slice(0, MOST_GONE);
    const anew = this.#anew;
    if (!uplink.tell({ type: 'discovery', at: clock.now(), anew, entries, gone })) return;
    this.#anew = false;
    for (const id of told) this.#changed.delete(id);
    for (const id of gone) this.#gone.delete(id);
  }

  /** As many as one message takes; the rest waits for the next one. */
  #some(discovery: Discovery): { entries: DiscoveryEntry[]; told: string[] } {
    const entries: DiscoveryEntry[] = [];
    const told: string[] = [];
    let bytes = 0;
    for (const id of this.#changed) {
      const entry = discovery.entry(id);
      const cut =
        entry === null ? null : { ...entry, sample: entry.sample.slice(0, SAMPLE_LENGTH) };
      bytes += cut === null ? 0 : Buffer.byteLength(JSON.stringify(cut));
      if (entries.length === mostDiscoveryEntries || (bytes > MOST_BYTES && entries.length > 0))
        break;
      told.push(id);
      if (cut !== null) entries.push(cut);
    }
    return { entries, told };
  }
}
