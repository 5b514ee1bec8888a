import { readFile, rm } from 'node:fs/promises';
import { CaretakerError, type Clock, type Fault, type Log } from '@caretaker/readings/base';
import type { Trust } from '@caretaker/readings/tls';
import { uplinkToken } from '@caretaker/readings/uplink';
import { pinnedBundleKey } from '../access/bundle-key.ts';
import { type GatewayIdentity, identityMark, loadIdentity } from '../access/enrolment.ts';
import { CloudClient } from './cloud-client.ts';

export interface EnrolmentConfig {
  /** Address of the cloud's API. */
  readonly cloudUrl: string;
  /** One-time code; null when there is none, or when it lies in a file. */
  readonly code: string | null;
  /** The same in a file, which may still come; it is removed once the code is spent. */
  readonly codeFile: string | null;
}

export interface MembershipOptions extends EnrolmentConfig {
  /** The gateway's data folder. */
  readonly directory: string;
  readonly gateway: string;
  /** Whom to believe at an https address. */
  readonly trust: Trust;
  readonly clock: Clock;
  readonly log: Log;
}

/** User name and password for one connection. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** How soon a key that another process has put into the data folder is noticed. */
const LOOK_MS = 1_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;
/** The cloud is not asked for the time more often than this. */
const ASK_TIME_MS = 15_000;
/** The header with the cloud's time counts seconds: a difference of less tells nothing. */
const SAME_TIME_MS = 2_000;
const DAY_MS = 86_400_000;
/** Nobody has to think of it: a key that leaked unnoticed is worth nothing after this. */
const ROTATE_AFTER_MS = 90 * DAY_MS;
/** A gateway without the key of its bundles asks no more often than this, whoever sends it bundles. */
const ASK_KEY_MS = 600_000;

/**
 * Who this gateway is to its cloud. It enrols when it has a code and no key, signs a token for each connection, mends
 * its idea of the time when it is refused, and replaces its key every quarter. Without a key it says what to do, and
 * goes on by itself as soon as there is one.
 */
export class Membership {
  readonly #options: MembershipOptions;
  readonly #cloud: CloudClient;
  readonly #listeners = new Set<() => void>();
  #identity: GatewayIdentity | null = null;
  #mark = '';
  #trouble: Fault | null = null;
  /** Of the cloud's clock against ours, milliseconds. */
  #offset = 0;
  #askedAt = Number.NEGATIVE_INFINITY;
  #askedKeyAt = Number.NEGATIVE_INFINITY;
  /** Codes that were refused: asking again would only count as guessing. */
  readonly #spent = new Set<string>();
  #retryAt = 0;
  #retryMs = FIRST_RETRY_MS;
  #looking: Promise<void> | null = null;
  #cancel: (() => void) | null = null;

  constructor(options: MembershipOptions) {
    this.#options = options;
    this.#cloud = new CloudClient(options.cloudUrl, options.clock, options.trust);
  }

  /** Takes the key that is there; to enrol, or to say that it is missing, goes on in the background. */
  async start(): Promise<void> {
    try {
      await this.#read();
    } catch (error) {
      this.#tell(faultOf(error));
    }
    void this.#look();
    this.#cancel = this.#options.clock.every(LOOK_MS, () => void this.#look());
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  /** What keeps the cloud from knowing this gateway, and what to do; null when nothing does. */
  get trouble(): Fault | null {
    return this.#trouble;
  }

  /** Calls the listener when it is worth to connect anew: there is a key, another one, or a better clock. */
  onChanged(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** For the next connection, and good only for that; null without a key. */
  credentials(): Credentials | null {
    const identity = this.#identity;
    if (identity === null) return null;
    return { username: identity.gateway, password: uplinkToken(identity, this.#cloudTime()) };
  }

  /** The cloud has let us in. */
  accepted(): void {
    this.#tell(null);
  }

  /** The cloud has refused the token: the clock may be wrong, or the key has ended. */
  async refused(): Promise<void> {
    const { clock, log } = this.#options;
    if (clock.monotonic() - this.#askedAt < ASK_TIME_MS) return;
    this.#askedAt = clock.monotonic();
    const before = this.#offset;
    const offset = await this.#cloud.offset();
    if (offset === null) return this.#tell(timeUnknown(this.#options.cloudUrl));
    this.#offset = offset;
    const seconds = Math.round(offset / 1_000);
    if (Math.abs(offset - before) > SAME_TIME_MS) {
      log.warn(
        { seconds },
        'the clock of this gateway is not that of the cloud: adding the difference',
      );
      this.#changed();
      return;
    }
    this.#tell(keyRefused(this.#options.gateway));
  }

  /**
   * The key by which this gateway believes configuration. One that enrolled when there was none yet asks its cloud once,
   * by replacing its own key: whoever answers that has proved to be the cloud as at an enrolment.
   * @returns null when none is pinned
   */
  async bundleKey(): Promise<string | null> {
    const { directory, gateway, clock, log } = this.#options;
    const pinned = await pinnedBundleKey(directory, gateway);
    const early = clock.monotonic() - this.#askedKeyAt < ASK_KEY_MS;
    if (pinned !== null || this.#identity === null || early) return pinned;
    this.#askedKeyAt = clock.monotonic();
    while (this.#looking !== null) await this.#looking;
    this.#looking = this.#replace(this.#identity)
      .catch((error: unknown) =>
        log.warn({ error: String(error) }, 'the cloud did not tell the key of its configuration'),
      )
      .finally(() => {
        this.#looking = null;
      });
    await this.#looking;
    return await pinnedBundleKey(directory, gateway);
  }

  #cloudTime(): number {
    return this.#options.clock.now() + this.#offset;
  }

  #look(): Promise<void> {
    this.#looking ??= this.#lookOnce()
      .catch((error: unknown) => this.#tell(faultOf(error)))
      .finally(() => {
        this.#looking = null;
      });
    return this.#looking;
  }

  async #lookOnce(): Promise<void> {
    await this.#read();
    if (this.#identity === null) await this.#enrol();
    else await this.#rotate(this.#identity);
  }

  /** Takes the key from the data folder when it is another one than before. */
  async #read(): Promise<void> {
    const { directory, gateway, log } = this.#options;
    const mark = await identityMark(directory);
    if (mark === this.#mark) return;
    this.#mark = mark;
    const identity = await loadIdentity(directory);
    if (identity !== null && identity.gateway !== gateway) throw foreignKey(identity, gateway);
    this.#identity = identity;
    if (identity === null) return;
    log.info({ key: identity.key }, 'this gateway has a key for its cloud');
    this.#retryMs = FIRST_RETRY_MS;
    this.#tell(null);
    this.#changed();
  }

  async #enrol(): Promise<void> {
    const { directory, gateway, clock, codeFile } = this.#options;
    const code = await this.#code();
    if (code === null || this.#spent.has(code)) {
      if (this.#trouble === null) this.#tell(notEnrolled(gateway));
      return;
    }
    if (clock.monotonic() < this.#retryAt) return;
    try {
      await this.#cloud.enrol(directory, gateway, code);
    } catch (error) {
      if (isFinal(error)) this.#spent.add(code);
      this.#later();
      throw error;
    }
    if (codeFile !== null) await rm(codeFile, { force: true }).catch(() => {});
    await this.#read();
  }

  async #rotate(identity: GatewayIdentity): Promise<void> {
    const { clock, log } = this.#options;
    if (this.#cloudTime() - identity.created < ROTATE_AFTER_MS) return;
    if (this.#trouble !== null || clock.monotonic() < this.#retryAt) return;
    try {
      await this.#replace(identity);
    } catch (error) {
      // The present key is as good as before.
      this.#later();
      log.warn({ error: String(error) }, 'the key of this gateway could not be replaced');
    }
  }

  async #replace(identity: GatewayIdentity): Promise<void> {
    await this.#cloud.rotate(this.#options.directory, identity, this.#cloudTime());
    await this.#read();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }

  #later(): void {
    this.#retryAt = this.#options.clock.monotonic() + this.#retryMs;
    this.#retryMs = Math.min(LONGEST_RETRY_MS, this.#retryMs * 2);
  }

  async #code(): Promise<string | null> {
    const { code, codeFile } = this.#options;
    if (codeFile === null) return code;
    const text = await readFile(codeFile, 'utf8').catch(() => '');
    return text.trim() === '' ? null : text.trim();
  }

  /** Says once what is wrong. */
  #tell(trouble: Fault | null): void {
    const news = trouble !== null && trouble.message !== this.#trouble?.message;
    this.#trouble = trouble;
    if (!news) return;
    const { code, message, next } = trouble;
    this.#options.log.warn({ code, next }, message);
  }
}

/** Nothing that another try with the same code would change. */
function isFinal(error: unknown): boolean {
  return error instanceof CaretakerError && error.code.startsWith('EDGE_ENROLMENT_');
}

function faultOf(error: unknown): Fault {
  if (!(error instanceof CaretakerError)) {
    return { code: 'EDGE_NOT_ENROLLED', message: `This gateway cannot enrol: ${String(error)}` };
  }
  const { code, message, next, where } = error;
  return { code, message, ...(next && { next }), ...(where && { where }) };
}

function notEnrolled(gateway: string): Fault {
  return {
    code: 'EDGE_NOT_ENROLLED',
    message: `The cloud does not know this gateway yet; its readings wait in the journal.`,
    next: `Make a code in the cloud ("caretaker gateway code ${gateway}"), then here: caretaker gateway enrol --cloud URL`,
  };
}

function keyRefused(gateway: string): Fault {
  return {
    code: 'EDGE_UPLINK_REFUSED',
    message: `The cloud refuses the key of this gateway: it was revoked, or another machine enrolled as "${gateway}".`,
    next: 'Make a new code in the cloud, then here: caretaker gateway enrol --cloud URL',
  };
}

function timeUnknown(url: string): Fault {
  return {
    code: 'EDGE_UPLINK_REFUSED',
    message: 'The cloud refuses this gateway, and cannot be asked whether its clock is wrong.',
    next: `Check CARETAKER_CLOUD_URL (${new URL(url).origin}) and the clock of this machine.`,
  };
}

function foreignKey(identity: GatewayIdentity, ours: string): CaretakerError {
  return new CaretakerError({
    code: 'EDGE_ENROLMENT_FOREIGN',
    message: `The key in the data folder is of the gateway "${identity.gateway}", and this is "${ours}".`,
    next: `Set CARETAKER_GATEWAY=${identity.gateway}, or enrol this gateway with a code of its own.`,
  });
}
