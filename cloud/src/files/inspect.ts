import { checkHidden } from './hidden.ts';
import { readJpeg } from './jpeg.ts';
import { readPdf } from './pdf.ts';
import { readPng } from './png.ts';
import { typeOf } from './sniff.ts';
import { type Inspected, mostBytes, refuseFile, type Wishes } from './types.ts';
import { readWebp } from './webp.ts';

/**
 * What is kept of a file that somebody sent, if it is one that is taken.
 * @throws CaretakerError `CLOUD_FILE_EMPTY`, `CLOUD_FILE_TYPE`, `CLOUD_FILE_TOO_LARGE`, `CLOUD_FILE_POLYGLOT`,
 *   `CLOUD_FILE_BROKEN`, `CLOUD_FILE_EXPANDS`, `CLOUD_FILE_ACTIVE`
 */
export async function inspect(bytes: Buffer<ArrayBuffer>, wishes: Wishes): Promise<Inspected> {
  const type = typeOf(bytes);
  if (bytes.length > mostBytes[type]) throw tooLarge(mostBytes[type]);
  checkHidden(bytes, type);
  if (type === 'image/jpeg') return readJpeg(bytes, wishes);
  if (type === 'image/png') return readPng(bytes, wishes);
  if (type === 'image/webp') return readWebp(bytes, wishes);
  return readPdf(bytes);
}

export function tooLarge(most: number) {
  return refuseFile(
    'CLOUD_FILE_TOO_LARGE',
    `The file is larger than ${most / 1_000_000} MB.`,
    'Send a smaller one.',
  );
}
