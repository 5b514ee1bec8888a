import { constants, inflateSync } from 'node:zlib';
import { broken, carriesMore, expands, type Inspected, refuseFile } from './types.ts';

/** What makes a document do more than show pages. A name may be written with codes for its letters. */
const deeds: Readonly<Record<string, string>> = {
  JavaScript: 'a script',
  Launch: 'an order to start a program',
  EmbeddedFile: 'another file',
  EmbeddedFiles: 'another file',
  RichMedia: 'media that run',
  SubmitForm: 'an order to send data away',
  ImportData: 'an order to read data',
  GoToE: 'another file',
  GoToR: 'an order to open another file',
  Rendition: 'media that run',
  XFA: 'a form with scripts',
};
const codes = (letter: string) => {
  const code = letter.charCodeAt(0).toString(16);
  const either = code.replace(/[a-f]/, (digit) => `[${digit}${digit.toUpperCase()}]`);
  return `(?:${letter}|#${either})`;
};
const written = (name: string) => [...name].map(codes).join('');
const ends = String.raw`(?=[\s()<>[\]{}/%\0]|$)`;
const anyDeed = new RegExp(`/(${Object.keys(deeds).map(written).join('|')})${ends}`);
const encrypted = new RegExp(`/${written('Encrypt')}${ends}`);
/** Names that only the dictionary of a stream of objects has. */
const holdsObjects = new RegExp(`/(${written('ObjStm')}|${written('First')})${ends}`);
const isPicture = new RegExp(`/${written('Image')}${ends}`);

const longestDictionary = 65_536;
const mostObjects = 16 * 2 ** 20;
const mostAtAll = 128 * 2 ** 20;

/**
 * Looks whether a PDF only shows pages. It is kept as it is.
 * @throws CaretakerError `CLOUD_FILE_BROKEN`, `CLOUD_FILE_POLYGLOT`, `CLOUD_FILE_ACTIVE`, `CLOUD_FILE_EXPANDS`
 */
export function readPdf(bytes: Buffer<ArrayBuffer>): Inspected {
  const text = bytes.toString('latin1');
  const end = text.lastIndexOf('%%EOF');
  if (end === -1 || !/startxref\s+\d+\s+$/.test(text.slice(Math.max(0, end - 64), end))) {
    throw broken('The PDF ends too early');
  }
  const rest = text.slice(end + 5);
  if (!/^[\s\0]*$/.test(rest)) throw carriesMore(`${rest.length} bytes behind the end of the PDF`);
  if (!/\d\s+obj\b/.test(text)) throw broken('The PDF holds nothing');
  if (encrypted.test(text)) {
    throw active('It is locked, so nobody can see what it does.', 'Save it without a password.');
  }
  checkDeeds(text);
  checkStreams(bytes, text);
  return { type: 'application/pdf', bytes, width: null, height: null };
}

function checkDeeds(text: string): void {
  const found = anyDeed.exec(text)?.[1];
  if (found === undefined) return;
  const name = found.replace(/#([0-9a-f]{2})/gi, (_, code) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
  throw active(
    `It holds ${deeds[name] ?? name}.`,
    'Print it to a new PDF, which keeps the pages alone.',
  );
}

/** Objects may be packed together in streams; what they say counts as well. */
function checkStreams(bytes: Buffer, text: string): void {
  let total = 0;
  for (const { index } of text.matchAll(/\bstream(?:\r\n|\n|\r)/g)) {
    const begin = text.indexOf('\n', index + 6);
    const from = text[index + 6] === '\r' && begin !== index + 7 ? index + 7 : begin + 1;
    const before = text.slice(Math.max(0, index - longestDictionary), index);
    const dictionary = before.slice(before.lastIndexOf('obj') + 3);
    const holds = holdsObjects.test(dictionary);
    if (!holds && isPicture.test(dictionary)) continue;
    const unpacked = unpack(bytes, text, from);
    if (unpacked === 'too much') {
      if (holds) throw expands('A part of the PDF unpacks to more than any needs');
      continue;
    }
    if (unpacked === null) {
      if (holds && /Filter/.test(dictionary))
        throw broken('A part of the PDF cannot be looked into');
      continue;
    }
    total += unpacked.length;
    if (total > mostAtAll) throw expands('The PDF unpacks to more than any needs');
    checkDeeds(unpacked);
  }
}

/** @returns null for what is not packed in the way that objects are */
function unpack(bytes: Buffer, text: string, from: number): string | 'too much' | null {
  const end = text.indexOf('endstream', from);
  const packed = bytes.subarray(from, end === -1 ? undefined : end);
  // The first byte of what is packed; anything else would be tried in vain.
  if (((packed[0] ?? 0) & 0x0f) !== 8) return null;
  try {
    // What is cut short says something, too.
    const finishFlush = constants.Z_SYNC_FLUSH;
    return inflateSync(packed, { maxOutputLength: mostObjects, finishFlush }).toString('latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return 'too much';
    return null;
  }
}

const active = (what: string, next: string) =>
  refuseFile('CLOUD_FILE_ACTIVE', `The PDF does more than show pages. ${what}`, next);
