import { mkdir } from 'node:fs/promises';
import { CaretakerError, type Clock } from '@caretaker/readings/base';
import type { Change, Changeable, Configuration } from '../change.ts';
import {
  added,
  type Credential,
  type Holder,
  isGood,
  proves,
  revoked,
  rotated,
} from './credential.ts';
import { CredentialFile, type Kept } from './credential-file.ts';
import { type Given, givenIn } from './given.ts';
import { prefixesMeet } from './rights.ts';
import { digestOf, newSecret } from './secret.ts';

/** How soon a change made by another process is noticed. */
const LOOK_MS = 1_000;
/** A device that sleeps for days has to wake once within this to learn its new secret. */
const DEFAULT_GRACE_MS = 7 * 24 * 3_600_000;

export interface StoreOptions {
  /** The gateway's data folder. */
  readonly directory: string;
  readonly clock: Clock;
  /** A file that became unusable while the gateway runs: what was read before stays in force. */
  readonly onFault?: (error: unknown) => void;
}

/** A credential with the one sight of its secret. */
export interface Issued {
  readonly credential: Credential;
  readonly secret: string;
}

/**
 * The credentials of a gateway's devices and bridges: those of its own list, and those that its cloud gives. Where both
 * have one of the same name, or bridges whose prefixes meet, its own list counts.
 */
export class CredentialStore implements Changeable {
  readonly #options: StoreOptions;
  readonly #file: CredentialFile;
  readonly #listeners = new Set<() => void>();
  #kept: Kept = { credentials: [], pepper: null };
  #given: readonly Given[] = [];
  #all: readonly Credential[] = [];
  #shadowed: readonly string[] = [];
  #byId: ReadonlyMap<string, { credential: Credential; pepper: string | null }> = new Map();
  #mark = '';
  #cancel: (() => void) | null = null;

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#file = new CredentialFile(options.directory, options.clock);
  }

  /**
   * Reads the file, without watching it.
   * @throws FaultsError `EDGE_CREDENTIALS`
   */
  async load(): Promise<void> {
    const mark = await this.#file.mark();
    this.#adopt(await this.#file.read());
    this.#mark = mark;
  }

  /**
   * Reads the file and follows what other processes change in it, at most a second behind.
   * @throws FaultsError `EDGE_CREDENTIALS`
   */
  async start(): Promise<void> {
    await this.load();
    this.#cancel = this.#options.clock.every(LOOK_MS, () => void this.look());
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  /** Reads the file again if it is another one. A file that cannot be used changes nothing. */
  async look(): Promise<void> {
    try {
      if ((await this.#file.mark()) !== this.#mark) await this.load();
    } catch (error) {
      this.#options.onFault?.(error);
    }
  }

  /**
   * Calls the listener after every change.
   * @returns a function that ends it
   */
  onChanged(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Those of its own list first. */
  list(): readonly Credential[] {
    return this.#all;
  }

  /** Names of those that the cloud gives and the gateway's own list keeps from counting. */
  get shadowed(): readonly string[] {
    return this.#shadowed;
  }

  /** @throws FaultsError `EDGE_CREDENTIALS` when the cloud gives what nobody could own */
  prepare({ credentials }: Configuration): Change {
    const before = this.#given;
    const after = givenIn(credentials);
    const show = (given: readonly Given[]) => {
      if (this.#given === given) return;
      this.#given = given;
      this.#adopt(this.#kept);
    };
    return { commit: () => show(after), undo: () => show(before) };
  }

  /** Prefixes of the bridges in force. */
  prefixes(): string[] {
    return this.#all.flatMap((one) =>
      one.kind === 'bridge' && one.revoked === null ? [one.prefix] : [],
    );
  }

  /** @returns the credential and the digest that was proved; null for a wrong, spent or revoked secret */
  check(
    id: string,
    secret: string,
    now: number,
  ): { credential: Credential; digest: string } | null {
    const { credential, pepper = null } = this.#byId.get(id) ?? {};
    if (credential === undefined || pepper === null) return null;
    const digest = proves(credential, secret, pepper, now);
    return digest === null ? null : { credential, digest };
  }

  /** @returns the credential as it is now while a secret proved before still counts, else null */
  current(id: string, digest: string, now: number): Credential | null {
    const credential = this.#byId.get(id)?.credential;
    return credential !== undefined && isGood(credential, digest, now) ? credential : null;
  }

  /**
   * @param now UTC epoch milliseconds
   * @throws CaretakerError `EDGE_CREDENTIAL_EXISTS`, `EDGE_CREDENTIAL_PREFIX`
   */
  async add(id: string, holder: Holder, now: number): Promise<Issued> {
    const secret = newSecret();
    return await this.#issue(id, secret, (kept) => {
      const others = kept.credentials.filter((one) => one.id !== id);
      const before = kept.credentials.find((one) => one.id === id);
      if (before !== undefined && before.revoked === null) throw exists(id);
      if (holder.kind === 'bridge') refuseSharedPrefix(holder.prefix, others);
      return [...others, added(id, holder, digestOf(kept.pepper, id, secret), now)];
    });
  }

  /**
   * @param grace milliseconds for which the present secret stays good; a week without
   * @throws CaretakerError `EDGE_CREDENTIAL_UNKNOWN`
   */
  async rotate(id: string, now: number, grace = DEFAULT_GRACE_MS): Promise<Issued> {
    const secret = newSecret();
    return await this.#issue(id, secret, (kept) =>
      replaced(kept.credentials, id, (one) =>
        rotated(one, digestOf(kept.pepper, id, secret), grace, now),
      ),
    );
  }

  /** @throws CaretakerError `EDGE_CREDENTIAL_UNKNOWN` */
  async revoke(id: string, now: number): Promise<void> {
    await this.#change(({ credentials }) => replaced(credentials, id, (one) => revoked(one, now)));
  }

  async #issue(id: string, secret: string, change: Edit): Promise<Issued> {
    await this.#change(change);
    const credential = this.#byId.get(id)?.credential;
    if (credential === undefined) throw unknown(id);
    return { credential, secret };
  }

  async #change(change: Edit): Promise<void> {
    await mkdir(this.#options.directory, { recursive: true });
    this.#adopt(await this.#file.change(change));
  }

  #adopt(kept: Kept): void {
    this.#kept = kept;
    const { credentials, pepper } = kept;
    const [taken = [], given = []] = divided(this.#given, credentials);
    this.#shadowed = taken.map(({ credential }) => credential.id);
    const all = [...credentials.map((credential) => ({ credential, pepper })), ...given];
    this.#all = all.map(({ credential }) => credential);
    this.#byId = new Map(all.map((one) => [one.credential.id, one]));
    for (const listener of this.#listeners) listener();
  }
}

type Edit = (kept: Kept & { readonly pepper: string }) => readonly Credential[];

function divided(given: readonly Given[], own: readonly Credential[]): Given[][] {
  const parts = Map.groupBy(given, ({ credential }) => isTaken(credential, own));
  return [parts.get(true) ?? [], parts.get(false) ?? []];
}

/** Whether the gateway's own list has the name, or the topics, that the cloud gives. */
function isTaken(given: Credential, own: readonly Credential[]): boolean {
  return own.some(
    (one) =>
      one.id === given.id ||
      (one.kind === 'bridge' &&
        given.kind === 'bridge' &&
        one.revoked === null &&
        prefixesMeet(one.prefix, given.prefix)),
  );
}

/** The list with one credential changed, which has to be there and in force. */
function replaced(
  credentials: readonly Credential[],
  id: string,
  change: (one: Credential) => Credential,
): Credential[] {
  const at = credentials.findIndex((one) => one.id === id && one.revoked === null);
  const found = credentials[at];
  if (found === undefined) throw unknown(id);
  return credentials.with(at, change(found));
}

function refuseSharedPrefix(prefix: string, others: readonly Credential[]): void {
  for (const other of others) {
    if (other.kind !== 'bridge' || other.revoked !== null) continue;
    if (!prefixesMeet(prefix, other.prefix)) continue;
    throw new CaretakerError({
      code: 'EDGE_CREDENTIAL_PREFIX',
      message: `The bridge "${other.id}" already owns ${other.prefix}/#.`,
      next: 'Give each bridge a prefix of its own.',
    });
  }
}

function exists(id: string): CaretakerError {
  return new CaretakerError({
    code: 'EDGE_CREDENTIAL_EXISTS',
    message: `There is already a credential "${id}".`,
    next: `Choose another name, or give it a new secret with "caretaker device rotate ${id}".`,
  });
}

function unknown(id: string): CaretakerError {
  return new CaretakerError({
    code: 'EDGE_CREDENTIAL_UNKNOWN',
    message: `There is no credential "${id}" in force.`,
    next: 'List them with "caretaker device list".',
  });
}
