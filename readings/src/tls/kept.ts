import { randomBytes, X509Certificate } from 'node:crypto';
import { chmod, link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { FaultsError } from '@caretaker/readings/base';
import { generate } from './generate.ts';
import { type Identity, identityOf } from './identity.ts';

const OWNER_ONLY = 0o600;
/** Devices that keep a copy have a month for the next one. */
const RENEW_BEFORE_MS = 30 * 24 * 3_600_000;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/;
const KEY = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\n?/;

/**
 * The generated certificate in its folder: `self-signed.pem` holds it with its key, in one file so that the two never
 * disagree, and `certificate.pem` is a copy to hand out. Cloud and gateway of one machine share it.
 */
export class KeptIdentity {
  readonly #folder: string;
  readonly #names: readonly string[];

  constructor(folder: string, names: readonly string[]) {
    this.#folder = folder;
    this.#names = names;
  }

  get file(): string {
    return join(this.#folder, 'self-signed.pem');
  }

  /**
   * Reads it; makes it when it is not there, and anew with the same key when it is near its end or lacks a name.
   * @throws FaultsError `READINGS_TLS_UNUSABLE`
   */
  async take(now: number): Promise<Identity> {
    const present = (await this.#read(now)) ?? (await this.#make(now));
    const missing = this.#missing(present);
    if (present.until - now > RENEW_BEFORE_MS && missing.length === 0) return present;
    // Names that only another process knows of stay, or the two would renew it in turn for ever.
    const names = [...namesOf(present), ...missing];
    await this.#write(await generate(names, present.key, now), rename);
    return (await this.#read(now)) ?? present;
  }

  async #make(now: number): Promise<Identity> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    // Whoever is first wins: a link does not replace what another process has made meanwhile.
    await this.#write(await generate(this.#names, null, now), async (draft, file) => {
      await link(draft, file).catch(ifThere);
      await rm(draft);
    });
    const made = await this.#read(now);
    if (made === null) throw new Error(`${this.file} is gone again`);
    return made;
  }

  #missing({ cert }: Identity): string[] {
    const certificate = new X509Certificate(cert);
    return this.#names.filter((name) =>
      isIP(name) === 0
        ? certificate.checkHost(name) === undefined
        : certificate.checkIP(name) === undefined,
    );
  }

  async #read(now: number): Promise<Identity | null> {
    const { file } = this;
    try {
      const { mode } = await stat(file);
      if ((mode & 0o077) !== 0) throw notPrivate(file);
      const text = await readFile(file, 'utf8');
      const [cert = ''] = CERTIFICATE.exec(text) ?? [];
      const [key = ''] = KEY.exec(text) ?? [];
      // One that has expired is still good to be renewed.
      const until = untilOf(cert);
      const { identity, faults } = identityOf(
        cert,
        key,
        { cert: file, key: file },
        Math.min(now, until - 1),
      );
      if (identity !== null) return identity;
      throw unusable(faults);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  async #write(
    { cert, key }: { cert: string; key: string },
    put: (draft: string, file: string) => Promise<void>,
  ): Promise<void> {
    const draft = `${this.file}.${randomBytes(6).toString('hex')}`;
    await writeFile(draft, cert + key, { mode: OWNER_ONLY, flag: 'wx', flush: true });
    await put(draft, this.file);
    const [shown = ''] = CERTIFICATE.exec(await readFile(this.file, 'utf8')) ?? [];
    const copy = join(this.#folder, 'certificate.pem');
    await writeFile(`${draft}.copy`, shown);
    await chmod(`${draft}.copy`, 0o644);
    await rename(`${draft}.copy`, copy);
  }
}

function namesOf({ cert }: Identity): string[] {
  const names = new X509Certificate(cert).subjectAltName?.split(', ') ?? [];
  return names.map((name) => name.replace(/^(DNS|IP Address):/, ''));
}

function untilOf(cert: string): number {
  try {
    return new X509Certificate(cert).validToDate.getTime();
  } catch {
    return Number.MAX_SAFE_INTEGER;
  }
}

function ifThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

export function unusable(faults: ConstructorParameters<typeof FaultsError>[2]): FaultsError {
  return new FaultsError('READINGS_TLS_UNUSABLE', 'TLS cannot be spoken with this:', faults);
}

function notPrivate(file: string): FaultsError {
  return unusable([
    {
      code: 'READINGS_TLS_KEY_NOT_PRIVATE',
      where: file,
      message: 'others than its owner may read or change the key',
      next: `delete it and a new one is made, or, if nobody has read it, chmod 600 ${file}`,
    },
  ]);
}
