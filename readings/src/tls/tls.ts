import type { SecureContextOptions, Server } from 'node:tls';
import type { Clock, Fault, Log } from '@caretaker/readings/base';
import { FaultsError } from '@caretaker/readings/base';
import { type Identity, identityOf } from './identity.ts';
import { KeptIdentity, unusable } from './kept.ts';
import { readPem } from './pem.ts';
import type { TlsSettings } from './settings.ts';

export interface TlsParts {
  readonly clock: Clock;
  readonly log: Log;
}

const LOOK_MS = 5_000;
const DAY_MS = 86_400_000;
/** From then on the log says every day that the end is near. */
const WARN_BEFORE_MS = 14 * DAY_MS;

/**
 * What the servers of a process show by TLS. Looks at its files every five seconds: a certificate that was replaced is
 * taken in for all connections to come, and one that cannot be used is told of while the one before stays.
 */
export class Tls {
  readonly #read: (now: number) => Promise<Identity>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #servers = new Set<Pick<Server, 'setSecureContext'>>();
  #identity: Identity | null = null;
  #told = '';
  #warnedAt = Number.NEGATIVE_INFINITY;
  #looking = false;
  #cancel: (() => void) | null = null;

  constructor(settings: TlsSettings, { clock, log }: TlsParts) {
    this.#read = readerOf(settings);
    this.#clock = clock;
    this.#log = log;
  }

  /** @throws FaultsError `READINGS_TLS_UNUSABLE` with everything that is wrong */
  async start(): Promise<void> {
    this.#take(await this.#read(this.#clock.now()));
    this.#warn();
    this.#cancel = this.#clock.every(LOOK_MS, () => void this.look());
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  get identity(): Identity {
    if (this.#identity === null) throw new Error('TLS is not started');
    return this.#identity;
  }

  /** For a new server; see `serve`. */
  get options(): SecureContextOptions {
    const { cert, key } = this.identity;
    return { cert, key, minVersion: 'TLSv1.2' };
  }

  /** Keeps a server supplied with the present certificate until it closes. */
  serve(server: Server): void {
    this.#servers.add(server);
    server.once('close', () => this.#servers.delete(server));
  }

  /** Looks at the files now. */
  async look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      const found = await this.#read(this.#clock.now());
      this.#told = '';
      if (found.cert !== this.identity.cert || found.key !== this.identity.key) this.#take(found);
    } catch (error) {
      this.#tell(error);
    } finally {
      this.#looking = false;
    }
    this.#warn();
  }

  #take(identity: Identity): void {
    const first = this.#identity === null;
    this.#identity = identity;
    for (const server of this.#servers) server.setSecureContext(this.options);
    const { fingerprint, keyFingerprint } = identity;
    const until = new Date(identity.until).toISOString();
    const message = first ? 'TLS is on' : 'the certificate was replaced';
    this.#log.info({ fingerprint, keyFingerprint, until }, message);
  }

  /** Says once what is wrong; two files are not replaced in one moment, so only what is there at two looks counts. */
  #tell(error: unknown): void {
    const text = String(error);
    const seen = `seen ${text}`;
    if (this.#told === text) return;
    if (this.#told !== seen) {
      this.#told = seen;
      return;
    }
    this.#told = text;
    const faults: readonly Fault[] = error instanceof FaultsError ? error.faults : [];
    this.#log.error(
      { code: 'READINGS_TLS_UNUSABLE', faults, error: text },
      'the new certificate cannot be used; the one before stays',
    );
  }

  #warn(): void {
    const now = this.#clock.now();
    const { until } = this.identity;
    if (until - now > WARN_BEFORE_MS || now - this.#warnedAt < DAY_MS) return;
    this.#warnedAt = now;
    this.#log.warn({ until: new Date(until).toISOString() }, 'the certificate ends soon');
  }
}

/**
 * Opens what TLS needs.
 * @returns null when it is off
 * @throws FaultsError `READINGS_TLS_UNUSABLE`
 */
export async function openTls(settings: TlsSettings | null, parts: TlsParts): Promise<Tls | null> {
  if (settings === null) return null;
  const tls = new Tls(settings, parts);
  await tls.start();
  return tls;
}

function readerOf(settings: TlsSettings): (now: number) => Promise<Identity> {
  if (settings.from === 'self-signed') {
    const kept = new KeptIdentity(settings.folder, settings.names);
    return (now) => kept.take(now);
  }
  const { cert, key } = settings;
  return async (now) => {
    const faults: Fault[] = [];
    const texts = [readPem(cert, faults), readPem(key, faults)] as const;
    if (faults.length > 0) throw unusable(faults);
    const found = identityOf(...texts, { cert, key }, now);
    if (found.identity === null) throw unusable(found.faults);
    return found.identity;
  };
}
