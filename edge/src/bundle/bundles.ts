import type { Bundle } from '@caretaker/devices/model';
import { CaretakerError, type Clock, type Fault, type Log } from '@caretaker/readings/base';
import type { BundleStatus } from '@caretaker/readings/uplink';
import type { Standard } from '@caretaker/standards';
import type { Configuration } from '../change.ts';
import { KeptBundles, type Which } from './kept.ts';
import { believed, loaded, tryOut } from './load.ts';
import { readSigned, readSignedApart, type Signed } from './read.ts';

export interface BundlesOptions {
  /** The gateway's data folder. */
  readonly directory: string;
  readonly gateway: string;
  /** What is judged by without a standard of the cloud. */
  readonly ownStandard: () => Standard | null;
  readonly clock: Clock;
  readonly log: Log;
}

/** What a running gateway gives for bundles to come. */
export interface Running {
  /** The key that is believed; null when there is none. */
  readonly key: () => Promise<string | null>;
  readonly estate: () => string;
  readonly apply: (configuration: Configuration, kept: () => Promise<void>) => Promise<void>;
  readonly tell: (status: Omit<BundleStatus, 'type' | 'at'>) => void;
}

/** A bundle that was not put in force. */
export interface NotApplied extends Fault {
  readonly result: 'refused' | 'rolled-back';
  readonly version: number | null;
  /** Gateway clock. */
  readonly at: number;
}

/** By what a gateway goes, for the status; times are UTC epoch milliseconds. */
export interface BundleState {
  /** Where the configuration in force is from. */
  readonly source: 'cloud' | 'cloud-previous' | 'settings';
  /** Version of the bundle, and when the cloud made it; null for the gateway's own settings. */
  readonly version: number | null;
  readonly issued: number | null;
  /** Why a kept bundle could not be used at the start; null when there was none, or it could. */
  readonly trouble: Fault | null;
  /** The last bundle that changed nothing, until one is applied. */
  readonly notApplied: NotApplied | null;
  /** Since start. */
  readonly applied: number;
  readonly refused: number;
}

interface InForce {
  readonly version: number;
  readonly issued: number;
  readonly key: string;
  readonly digest: string;
  readonly which: Which;
}

/** After one that was not put in force the next is looked at so much later: looking takes a thread and much memory. */
const REST_MS = 500;
/** Longest text that is told. */
const MOST_TEXT = 4_000;

/** Bundles of the cloud: which one is kept, and whether one that comes is put in force. */
export class Bundles {
  readonly #options: BundlesOptions;
  readonly #kept: KeptBundles;
  #inForce: InForce | null = null;
  #trouble: Fault | null = null;
  #notApplied: NotApplied | null = null;
  #counts = { applied: 0, refused: 0 };
  #running: Running | null = null;
  /** The newest that came while another one is being looked at: older ones need not be. */
  #waiting: Uint8Array | null = null;
  #working: Promise<void> | null = null;
  #endRest: (() => void) | null = null;

  constructor(options: BundlesOptions) {
    this.#options = options;
    this.#kept = new KeptBundles(options.directory);
  }

  /** Version that is in force; null for none. */
  get version(): number | null {
    return this.#inForce?.version ?? null;
  }

  get state(): BundleState {
    const { version = null, issued = null } = this.#inForce ?? {};
    const source =
      this.#inForce === null
        ? 'settings'
        : this.#inForce.which === 'last'
          ? 'cloud'
          : 'cloud-previous';
    const { applied, refused } = this.#counts;
    const notApplied = this.#notApplied;
    return { source, version, issued, trouble: this.#trouble, notApplied, applied, refused };
  }

  /**
   * The last good configuration of the cloud: of the two that are kept, the newer one that can be used.
   * @param key the key that is pinned
   * @returns null when there is none; then the gateway goes by its settings
   */
  async restore(key: string | null): Promise<Configuration | null> {
    for (const which of ['last', 'previous'] as const) {
      try {
        const message = await this.#kept.read(which);
        if (message === null) continue;
        const by = believed(key);
        const signed = await readSigned(message, by);
        const { bundle, configuration } = this.#loaded(signed);
        tryOut(configuration, this.#options.gateway);
        this.#inForce = { ...headOf(bundle), key: by, digest: signed.digest, which };
        this.#options.log.info(
          { version: bundle.version, which },
          'going by the configuration of the cloud',
        );
        return configuration;
      } catch (error) {
        this.#trouble ??= unusable(error);
        const { code, message: text } = faultOf(error);
        this.#options.log.error({ code, which }, `a kept configuration cannot be used: ${text}`);
      }
    }
    return null;
  }

  /** From now on bundles that come are looked at. */
  start(running: Running): void {
    this.#running = running;
    this.#wake();
  }

  async stop(): Promise<void> {
    this.#running = null;
    this.#waiting = null;
    this.#endRest?.();
    await this.#working;
  }

  /** A bundle came, from whomever. */
  take(message: Uint8Array): void {
    this.#waiting = message;
    this.#wake();
  }

  #wake(): void {
    this.#working ??= this.#work().finally(() => {
      this.#working = null;
      // One may have come in between.
      if (this.#waiting !== null && this.#running !== null) this.#wake();
    });
  }

  async #work(): Promise<void> {
    while (this.#waiting !== null && this.#running !== null) {
      const next = this.#waiting;
      this.#waiting = null;
      if (!(await this.#look(next, this.#running))) await this.#rest();
    }
  }

  async #rest(): Promise<void> {
    if (this.#running === null) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#options.clock.after(REST_MS, resolve);
    this.#endRest = resolve;
    await promise;
    cancel();
    this.#endRest = null;
  }

  /** @returns whether it is in force now */
  async #look(message: Uint8Array, running: Running): Promise<boolean> {
    let version: number | null = null;
    try {
      const key = believed(await running.key());
      const signed = await readSignedApart(message, key);
      version = signed.version;
      if (!this.#isHeld(signed, key)) await this.#apply(signed, key, message, running);
      running.tell({ version, result: 'applied' });
      return true;
    } catch (error) {
      this.#refuse(error, version, running);
      return false;
    }
  }

  /** @returns true for the very one that is in force, which the cloud may send again */
  #isHeld({ gateway, version, digest }: Signed, key: string): boolean {
    const held = this.#inForce;
    // A cloud that was set up anew counts from the beginning, and its key is another one.
    if (held === null || held.key !== key || version === null) return false;
    if (gateway !== this.#options.gateway || version > held.version) return false;
    if (version === held.version && digest === held.digest) return true;
    throw outdated(version, held.version);
  }

  async #apply(signed: Signed, key: string, message: Uint8Array, running: Running): Promise<void> {
    const { bundle, configuration } = this.#loaded(signed);
    const { id } = bundle.estate;
    if (id !== running.estate()) throw otherEstate(id, running.estate());
    const good = this.#inForce?.which === 'last' && this.#inForce.key === key;
    await running.apply(configuration, () => this.#kept.replace(message, good));
    this.#inForce = { ...headOf(bundle), key, digest: signed.digest, which: 'last' };
    this.#trouble = null;
    this.#notApplied = null;
    this.#counts.applied += 1;
    const { version, estate } = bundle;
    this.#options.log.info(
      { version, assets: estate.assets.length },
      'a configuration of the cloud was put in force',
    );
  }

  #loaded(signed: Signed) {
    const { gateway, ownStandard } = this.#options;
    return loaded(signed, { gateway, own: ownStandard });
  }

  #refuse(error: unknown, version: number | null, running: Running): void {
    const { clock, log } = this.#options;
    const { message, ...fault } = clipped(faultOf(error));
    const result = fault.code === 'EDGE_BUNDLE_ROLLED_BACK' ? 'rolled-back' : 'refused';
    this.#notApplied = { ...fault, message, result, version, at: clock.now() };
    this.#counts.refused += 1;
    const { code, next } = fault;
    log.error({ code, version, next }, `a configuration was not put in force: ${message}`);
    running.tell({ version, result, code, message });
  }
}

/** All that is remembered of one: its estate is where it is used. */
function headOf({ version, issued }: Bundle) {
  return { version, issued };
}

function faultOf(error: unknown): Fault {
  if (!(error instanceof CaretakerError)) {
    return { code: 'EDGE_BUNDLE_UNFIT', message: `The configuration cannot be used: ${error}` };
  }
  const { code, message, next } = error;
  return { code, message, ...(next === undefined ? {} : { next }) };
}

/** An estate with a thousand faults says the first ones. */
function clipped({ message, ...rest }: Fault): Fault {
  const text = message.length <= MOST_TEXT ? message : `${message.slice(0, MOST_TEXT - 2)} …`;
  return { ...rest, message: text };
}

function unusable(error: unknown): Fault {
  const { code, message } = faultOf(error);
  return {
    code: 'EDGE_BUNDLE_DAMAGED',
    message: `The configuration that this gateway kept of its cloud cannot be used: ${message} [${code}]`,
    next: 'The one before it is in force, or the settings. The cloud sends it again when it is there.',
  };
}

function outdated(version: number, held: number): CaretakerError {
  return new CaretakerError({
    code: 'EDGE_BUNDLE_OLD',
    message: `Version ${version} of the configuration came, and ${held} is in force.`,
    next: 'None, if the cloud has just been brought back from a backup: its next version counts. Else somebody sends old ones again.',
  });
}

function otherEstate(theirs: string, ours: string): CaretakerError {
  return new CaretakerError({
    code: 'EDGE_BUNDLE_ESTATE',
    message: `The configuration is of the estate "${theirs}", and this gateway was started for "${ours}".`,
    next: `Start it with the file of "${theirs}" in CARETAKER_ESTATE, or correct which estate names the gateway.`,
  });
}
