import { type FileType, refuseFile } from './types.ts';

/** So many first bytes tell every type. */
export const headBytes = 512;

const ours: readonly [type: FileType, is: (head: string) => boolean][] = [
  ['image/jpeg', (head) => head.startsWith('\xff\xd8\xff')],
  ['image/png', (head) => head.startsWith('\x89PNG\r\n\x1a\n')],
  ['image/webp', (head) => head.startsWith('RIFF') && head.slice(8, 12) === 'WEBP'],
  ['application/pdf', (head) => /^%PDF-(1\.[0-7]|2\.0)/.test(head)],
];

const starts = (...marks: string[]) => {
  return (head: string) => marks.some((mark) => head.startsWith(mark));
};
const isMedia = (head: string) => head.slice(4, 8) === 'ftyp';
/** What may stand before the first tag of a page or drawing. */
const before = String.raw`^[\s\u00ef\u00bb\u00bf]*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*|<!doctype\s+svg[^>]*>\s*)*`;
const drawing = new RegExp(`${before}<svg[\\s>]`, 'is');
const page = new RegExp(`${before}<(?:!doctype\\s+html|html|head|body|script|iframe)[\\s>]`, 'is');

/** Types that people try, by names that they know. */
const others: readonly [name: string, is: (head: string) => boolean][] = [
  ['HEIC', (head) => isMedia(head) && /^(hei|hev|mif1|msf1|avi[fs])/.test(head.slice(8, 12))],
  ['a video', (head) => isMedia(head) || head.startsWith('\x1aE\xdf\xa3')],
  ['GIF', starts('GIF8')],
  ['TIFF', starts('II*\0', 'MM\0*')],
  ['BMP', (head) => head.startsWith('BM') && head.slice(6, 10) === '\0\0\0\0'],
  ['a ZIP archive or an Office document', starts('PK\x03\x04', 'PK\x05\x06', 'PK\x07\x08')],
  ['SVG', (head) => drawing.test(head)],
  ['HTML', (head) => page.test(head)],
  ['a program', starts('MZ', '\x7fELF', '#!')],
];

/**
 * The type of a file by how it begins; its name and what its sender says count for nothing.
 * @throws CaretakerError `CLOUD_FILE_TYPE`, `CLOUD_FILE_EMPTY`
 */
export function typeOf(bytes: Uint8Array): FileType {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(
    'latin1',
    0,
    headBytes,
  );
  if (head === '') {
    throw refuseFile('CLOUD_FILE_EMPTY', 'The file is empty.', 'Send the file anew.');
  }
  const found = ours.find(([, is]) => is(head));
  if (found !== undefined) return found[0];
  const other = others.find(([, is]) => is(head));
  throw refuseFile(
    'CLOUD_FILE_TYPE',
    other === undefined
      ? 'Only photos as JPEG, PNG or WebP and documents as PDF are taken.'
      : `This is ${other[0]}. Only photos as JPEG, PNG or WebP and documents as PDF are taken.`,
    other?.[0] === 'HEIC'
      ? 'Set the camera to the most compatible format, or send the photo as JPEG.'
      : 'Send it as JPEG, PNG, WebP or PDF.',
  );
}
