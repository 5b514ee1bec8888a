import { join, resolve } from 'node:path';
import type { Fault } from '@caretaker/readings/base';
import { identityOf } from './identity.ts';
import { readPem } from './pem.ts';

/** Where a server has its certificate from. */
export type TlsSettings =
  | { readonly from: 'files'; readonly cert: string; readonly key: string }
  | {
      readonly from: 'self-signed';
      readonly folder: string;
      /** Host names and addresses that it is to be good for. */
      readonly names: readonly string[];
    };

export interface TlsSurroundings {
  /** Value of a setting, if it has one. */
  readonly text: (name: string) => string | null | undefined;
  /** `CARETAKER_DATA`. */
  readonly data: string;
  /** What servers listen on. */
  readonly host: string;
  readonly publicUrl: string | null;
  /** UTC epoch milliseconds. */
  readonly now: number;
}

const wildcards = new Set(['0.0.0.0', '::', '']);
const always = ['localhost', '127.0.0.1', '::1'];

/**
 * Reads what TLS is to be, and looks at the files that are named.
 * @param faults gets everything that is wrong
 * @returns null when TLS is off
 */
export function readTls(given: TlsSurroundings, faults: Fault[]): TlsSettings | null {
  const [mode, cert, key] = ['CARETAKER_TLS', 'CARETAKER_TLS_CERT', 'CARETAKER_TLS_KEY'].map(
    (name) => given.text(name) || null,
  ) as [string | null, string | null, string | null];
  if (mode !== null && mode !== 'self-signed') faults.push(unknownMode);
  if (cert !== null && key !== null) {
    if (mode !== null) faults.push(both);
    return files(resolve(cert), resolve(key), given.now, faults);
  }
  if (cert !== null || key !== null) {
    faults.push(half(cert === null ? 'CARETAKER_TLS_CERT' : 'CARETAKER_TLS_KEY'));
    return null;
  }
  if (mode === null) return null;
  const names = new Set([...always, given.host, nameOf(given.publicUrl)]);
  for (const wildcard of wildcards) names.delete(wildcard);
  return { from: 'self-signed', folder: join(resolve(given.data), 'tls'), names: [...names] };
}

function files(cert: string, key: string, now: number, faults: Fault[]): TlsSettings {
  const places = { cert, key };
  const before = faults.length;
  const texts = [readPem(cert, faults), readPem(key, faults)] as const;
  if (faults.length === before) faults.push(...identityOf(...texts, places, now).faults);
  return { from: 'files', cert, key };
}

function nameOf(url: string | null): string {
  return URL.parse(url ?? '')?.hostname.replace(/^\[|\]$/g, '') ?? '';
}

const unknownMode: Fault = {
  code: 'READINGS_TLS_SETTING',
  where: 'CARETAKER_TLS',
  message: 'there is no such way to get a certificate',
  next: 'give self-signed, or leave it out and give CARETAKER_TLS_CERT and CARETAKER_TLS_KEY',
};

const both: Fault = {
  code: 'READINGS_TLS_SETTING',
  where: 'CARETAKER_TLS',
  message: 'a certificate is given as files and is to be made as well',
  next: 'leave out CARETAKER_TLS, or CARETAKER_TLS_CERT and CARETAKER_TLS_KEY',
};

function half(missing: string): Fault {
  return {
    code: 'READINGS_TLS_SETTING',
    where: missing,
    message: 'a certificate and its key are needed together',
    next: `give ${missing} too`,
  };
}
