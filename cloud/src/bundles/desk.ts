import type { Bundle } from '@caretaker/devices/model';
import type { Clock, Log } from '@caretaker/readings/base';
import { type BundleStatus, type GatewayKey, sealBundle } from '@caretaker/readings/uplink';
import type { GatewayBundle } from '../contract/index.ts';
import type { Database } from '../db/database.ts';
import type { Directory } from '../estates/directory.ts';
import { pause } from '../host/pause.ts';
import { Turns } from '../host/turns.ts';
import type { InForce } from '../standards/in-force.ts';
import { contentOf, hashOf, type Sources } from './content.ts';
import type { DeviceCredentials } from './credentials.ts';
import type { BundleFaults } from './faults.ts';
import {
  type AnswerRow,
  type BundleRow,
  keepAnswer,
  keepBundle,
  keptAnswers,
  messageOf,
  newestBundles,
} from './kept.ts';

/** A gateway that says nothing of what it was sent is sent it again after this. */
const againAfter = 60_000;
/**
 * Nobody makes so many by ones. A gateway that says a greater number does harm or is broken: the next one behind it
 * would fit into no column, and the gateway could never be given another.
 */
const mostVersion = 1_000_000_000;

export interface BundleDeskParts {
  readonly database: Database;
  readonly directory: Directory;
  readonly inForce: Pick<InForce, 'estate' | 'standard'>;
  readonly credentials: Pick<DeviceCredentials, 'of'>;
  readonly faults: Pick<BundleFaults, 'load' | 'begin' | 'end'>;
  /** Null when it cannot be opened: then no bundle is made. */
  readonly key: GatewayKey | null;
  readonly clock: Clock;
  readonly log: Log;
  /** Best effort: what gets lost is sent again. */
  readonly send: (gateway: string, message: string) => void;
}

interface Held {
  bundle: BundleRow | null;
  /** From what it was made: the same objects make the same bundle. */
  sources: Sources | null;
  answer: AnswerRow;
  /** When it was last sent, cloud clock; null before, and once the gateway has answered. */
  sent: number | null;
}

/**
 * Gives every gateway its configuration: made anew when something in it changes and not otherwise, numbered upwards,
 * signed, and sent to whoever runs another one.
 */
export class BundleDesk {
  readonly #parts: BundleDeskParts;
  readonly #held = new Map<string, Held>();
  readonly #turns = new Turns();
  #looking = false;

  constructor(parts: BundleDeskParts) {
    this.#parts = parts;
  }

  async load(): Promise<void> {
    const { database, directory, faults } = this.#parts;
    const bundles = await newestBundles(database);
    const answers = await keptAnswers(database);
    for (const gateway of directory.gateways.keys()) {
      const answer = answers.get(gateway) ?? silentOf(gateway);
      const bundle = bundles.get(gateway) ?? null;
      this.#held.set(gateway, { bundle, sources: null, answer, sent: null });
    }
    await faults.load();
  }

  /** What gateways that enrol are to believe; undefined while nothing can be signed. */
  get publicKey(): string | undefined {
    return this.#parts.key?.publicKey;
  }

  view(gateway: string): GatewayBundle | null {
    const held = this.#held.get(gateway);
    if (held === undefined) return null;
    const { bundle, answer } = held;
    const { version, result, code, message, at } = answer;
    return {
      version: bundle?.version ?? null,
      issued: bundle?.issued ?? null,
      running: answer.running,
      able: answer.able === 1,
      answer:
        result === null || at === null
          ? null
          : { version, result: result as BundleStatus['result'], code, message, at },
    };
  }

  /** Makes what there is to make, and sends what there is to send; while that goes on, another look is none. */
  async look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      await this.#turns.run(async () => {
        for (const gateway of this.#held.keys()) await this.#lookAtQuietly(gateway);
      });
    } finally {
      this.#looking = false;
    }
  }

  /**
   * A gateway has introduced itself.
   * @param running version of the bundle that it runs; null for none of ours, undefined when it takes none
   */
  async hello(gateway: string, running: number | null | undefined): Promise<void> {
    const held = this.#held.get(gateway);
    if (held === undefined) return;
    await this.#turns.run(async () => {
      const able = running === undefined ? 0 : 1;
      const version = this.#isCredible(held, running ?? null) ? (running ?? null) : null;
      await this.#noteRunning(held, { running: version, able });
      held.sent = null;
      if (able === 0) return;
      // Made by a cloud whose database was put back: ours go on behind it.
      const sources = this.#sourcesOf(gateway);
      if ((version ?? 0) > (held.bundle?.version ?? 0) && sources !== null) {
        await this.#make(gateway, held, sources, true);
      }
      await this.#lookAt(gateway);
      if (!isCurrent(held) && held.sent === null) await this.#send(gateway, held);
    });
    if (isCurrent(held)) await this.#parts.faults.end(gateway);
  }

  /** A gateway has said what became of a bundle. */
  async told(gateway: string, status: BundleStatus): Promise<void> {
    const held = this.#held.get(gateway);
    if (held === undefined) return;
    const { faults, log } = this.#parts;
    const { version, result, code } = status;
    if (!this.#isCredible(held, version)) {
      log.warn({ gateway, version }, 'a gateway tells of a configuration that nobody has made');
      return;
    }
    await this.#turns.run(() => this.#note(held, status));
    // Its ticket waits for what its estate judges: no other gateway has to wait for that.
    if (result === 'applied') return await faults.end(gateway);
    log.warn({ gateway, version, result, code }, 'a gateway did not take its configuration');
    await faults.begin(gateway, status, isCurrent(held));
  }

  async #note(held: Held, status: BundleStatus): Promise<void> {
    const { database, clock } = this.#parts;
    const { version, result, code = null, message = null } = status;
    const running = result === 'applied' ? version : held.answer.running;
    const { gateway } = held.answer;
    const said = { running, able: 1, version, result, code, message, at: clock.now() };
    held.answer = { gateway, ...said };
    if (version === null || version === held.bundle?.version) held.sent = null;
    await keepAnswer(database, held.answer);
  }

  #isCredible({ bundle }: Held, version: number | null): boolean {
    return (version ?? 0) <= Math.max(mostVersion, bundle?.version ?? 0);
  }

  /** One gateway that cannot be given its configuration keeps no other from it. */
  async #lookAtQuietly(gateway: string): Promise<void> {
    try {
      await this.#lookAt(gateway);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.#parts.log.error(
        { gateway, error: text },
        'a gateway cannot be given its configuration',
      );
    }
  }

  async #lookAt(gateway: string): Promise<void> {
    const held = this.#held.get(gateway);
    const sources = this.#sourcesOf(gateway);
    if (held === undefined || sources === null || this.#parts.key === null) return;
    if (!isSame(held.sources, sources)) {
      const made = await this.#make(gateway, held, sources);
      if (made && held.answer.able === 1) return await this.#send(gateway, held);
    }
    if (this.#isOverdue(held)) await this.#send(gateway, held);
  }

  /** It was sent, the gateway runs another one and has not said why. */
  #isOverdue({ sent }: Held): boolean {
    return sent !== null && this.#parts.clock.now() - sent >= againAfter;
  }

  #sourcesOf(gateway: string): Sources | null {
    const { directory, inForce, credentials } = this.#parts;
    const estate = inForce.estate(directory.gateways.get(gateway) ?? '');
    if (estate === undefined) return null;
    return { estate, standard: inForce.standard, credentials: credentials.of(gateway) };
  }

  /**
   * @param anew also when there is one of the same content
   * @returns whether there is a new one
   */
  async #make(gateway: string, held: Held, sources: Sources, anew = false): Promise<boolean> {
    const { database, key, clock, log } = this.#parts;
    if (key === null) return false;
    const content = contentOf(gateway, sources);
    const hash = hashOf(content);
    // Each of these steps holds the event loop for tens of milliseconds when the estate is large.
    await pause();
    if (!anew && hash === held.bundle?.hash) {
      held.sources = sources;
      return false;
    }
    const version = Math.max(held.bundle?.version ?? 0, held.answer.running ?? 0) + 1;
    const issued = clock.now();
    const bundle: Bundle = { format: 1, version, issued, ...content };
    const row = { gateway, version, issued, hash };
    const message = await sealBundle(bundle, key).catch((error: Error) => {
      log.error({ gateway, error: error.message }, 'the configuration of a gateway cannot be made');
      return null;
    });
    if (message !== null) await keepBundle(database, { ...row, message });
    // One that is too large is so until something changes.
    held.sources = sources;
    if (message === null) return false;
    held.bundle = row;
    log.info({ gateway, version }, 'a gateway gets another configuration');
    return true;
  }

  async #send(gateway: string, held: Held): Promise<void> {
    const { database, send, clock } = this.#parts;
    const { bundle } = held;
    if (bundle === null) return;
    const message = await messageOf(database, gateway, bundle.version);
    if (message === null) return;
    send(gateway, message);
    held.sent = clock.now();
  }

  async #noteRunning(held: Held, said: Pick<AnswerRow, 'running' | 'able'>): Promise<void> {
    const { running, able } = held.answer;
    if (running === said.running && able === said.able) return;
    held.answer = { ...held.answer, ...said };
    await keepAnswer(this.#parts.database, held.answer);
  }
}

/** Whether the gateway runs the newest one. */
function isCurrent({ bundle, answer: { running } }: Held): boolean {
  return bundle !== null && running === bundle.version;
}

/** What is cached is compared by itself: whatever changes is another object. */
function isSame(one: Sources | null, other: Sources): boolean {
  return (
    one !== null &&
    one.estate === other.estate &&
    one.standard === other.standard &&
    one.credentials === other.credentials
  );
}

function silentOf(gateway: string): AnswerRow {
  const none = { running: null, version: null, result: null, code: null, message: null, at: null };
  return { gateway, able: 0, ...none };
}
