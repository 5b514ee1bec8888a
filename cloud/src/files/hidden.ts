import { carriesMore, type FileType } from './types.ts';

/** What a server or browser would run, wherever it stands. Long enough to be no accident in the bits of a photo. */
const markup = /<\?php\s|<script[\s>]|<html[\s>]|<!doctype\s+html|<svg\s[^>]{0,200}xmlns/i;
const archives: readonly [name: string, mark: string][] = [
  ['a RAR archive', 'Rar!\x1a\x07'],
  ['a 7z archive', '7z\xbc\xaf\x27\x1c'],
];
const zipEnd = 'PK\x05\x06';
const zipEndLength = 22;
const longestComment = 65_535;

/**
 * A file that is two files: whoever opens it decides which. What is here is looked for in the whole of it, also where
 * its own format would let anything stand.
 * @throws CaretakerError `CLOUD_FILE_POLYGLOT`
 */
export function checkHidden(bytes: Buffer, type: FileType): void {
  const text = bytes.toString('latin1');
  const found = markup.exec(text);
  if (found !== null) throw carriesMore(`"${found[0].slice(0, 14).trim()}", which is no picture`);
  for (const [name, mark] of archives) if (text.includes(mark)) throw carriesMore(name);
  // Readers of PDF look for its beginning in the first kilobyte.
  if (type !== 'application/pdf' && text.slice(0, 1100).includes('%PDF-')) {
    throw carriesMore('a PDF');
  }
  if (hasZip(bytes)) throw carriesMore('a ZIP archive');
}

/** Readers of ZIP look for its directory from the end. */
function hasZip(bytes: Buffer): boolean {
  let at = bytes.length - zipEndLength;
  const last = Math.max(0, at - longestComment);
  while (at >= last) {
    at = bytes.lastIndexOf(zipEnd, at, 'latin1');
    if (at < last) return false;
    if (isDirectory(bytes, at)) return true;
    at -= 1;
  }
  return false;
}

/** Not four letters by accident: the directory is where it says, counted from wherever the archive begins. */
function isDirectory(bytes: Buffer, end: number): boolean {
  const [count, size] = [bytes.readUInt16LE(end + 10), bytes.readUInt32LE(end + 12)];
  const start = end - size;
  if (count === 0) return size === 0;
  return start >= 0 && bytes.toString('latin1', start, start + 4) === 'PK\x01\x02';
}
