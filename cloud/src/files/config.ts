import type { Fault } from '@caretaker/readings/base';

export interface S3Config {
  readonly url: string;
  readonly bucket: string;
  readonly region: string;
  readonly key: string;
  readonly secret: string;
}

/** Where the content of files lies; null for the cloud's own folder. */
export type FilesConfig = S3Config | null;

interface Reader {
  text(name: string): string | null;
  url(name: string, protocols: readonly string[]): string | null;
}

const names = {
  bucket: 'CARETAKER_FILES_S3_BUCKET',
  region: 'CARETAKER_FILES_S3_REGION',
  key: 'CARETAKER_FILES_S3_KEY',
  secret: 'CARETAKER_FILES_S3_SECRET',
} as const;

/** @param faults gets every fault; key and secret are in none of them */
export function readFiles({ text, url }: Reader, faults: Fault[]): FilesConfig {
  const before = faults.length;
  const address = url('CARETAKER_FILES_S3_URL', ['http:', 'https:']);
  const isWrong = faults.length > before;
  const given = Object.entries(names).map(([part, name]) => [part, name, text(name)] as const);
  if (address === null) {
    for (const [, name, value] of given) {
      if (value !== null && !isWrong) faults.push(withoutUrl(name));
    }
    return null;
  }
  const { username, search } = new URL(address);
  if (username !== '' || search !== '') faults.push(plainUrl);
  for (const [part, name, value] of given) {
    if (value === null && part !== 'region') faults.push(missing(name));
  }
  const value = (name: string) => text(name) ?? '';
  const bucket = value(names.bucket);
  // It becomes a part of the path.
  if (bucket !== '' && !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) faults.push(badBucket);
  const region = text(names.region) ?? 'us-east-1';
  return { url: address, bucket, region, key: value(names.key), secret: value(names.secret) };
}

function missing(name: string): Fault {
  return {
    code: 'CLOUD_FILES_INCOMPLETE',
    where: name,
    message: 'CARETAKER_FILES_S3_URL is set, and this is not.',
    next: 'Give it, or leave CARETAKER_FILES_S3_URL out to keep files in the data folder.',
  };
}

function withoutUrl(name: string): Fault {
  return {
    code: 'CLOUD_FILES_INCOMPLETE',
    where: name,
    message: 'It does nothing without CARETAKER_FILES_S3_URL.',
    next: 'Set CARETAKER_FILES_S3_URL as well, or leave it out.',
  };
}

const plainUrl: Fault = {
  code: 'CLOUD_URL_INVALID',
  where: 'CARETAKER_FILES_S3_URL',
  message: 'The address of an object storage has no user and no query.',
  next: 'Leave them out; key and secret have settings of their own.',
};

const badBucket: Fault = {
  code: 'CLOUD_SETTING_INVALID',
  where: names.bucket,
  message: 'This is no name of a bucket.',
  next: 'Give 3 to 63 small letters, digits, dots or hyphens.',
};
