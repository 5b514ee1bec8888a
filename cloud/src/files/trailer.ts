/**
 * Whether what follows a JPEG is what phones are known to put there: nothing, padding, further pictures that the
 * first one announces, the film of a moving photo, or the notes of one maker. It is cut off in any case; what is
 * nothing of the kind is a second file in disguise.
 * @param endOfNext how long the picture is that some bytes begin with; null when none was announced
 */
export function isKnownTrailer(
  rest: Buffer,
  endOfNext: ((bytes: Buffer) => number | null) | null,
): boolean {
  let at = behindPadding(rest, 0);
  while (endOfNext !== null && rest.toString('latin1', at, at + 3) === '\xff\xd8\xff') {
    const length = endOfNext(rest.subarray(at));
    if (length === null) return false;
    at = behindPadding(rest, at + length);
  }
  if (at === rest.length) return true;
  // A film begins with its length in four bytes, of which the first three are zero.
  return isFilm(rest.subarray(Math.max(0, at - 3))) || isMakersNotes(rest.subarray(at));
}

function behindPadding(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] === 0) at += 1;
  return at;
}

/** Boxes with a length and a name, one after the other up to the very end. */
function isFilm(bytes: Buffer): boolean {
  if (bytes.toString('latin1', 4, 8) !== 'ftyp') return false;
  let at = 0;
  while (at < bytes.length) {
    if (at + 8 > bytes.length) return false;
    const length = bytes.readUInt32BE(at);
    if (length < 8 || !/^[a-z0-9]{4}$/i.test(bytes.toString('latin1', at + 4, at + 8)))
      return false;
    at += length;
  }
  return at === bytes.length;
}

/** `SEFH`, a directory, its length and `SEFT` at the end. */
function isMakersNotes(bytes: Buffer): boolean {
  if (bytes.length < 24 || bytes.toString('latin1', bytes.length - 4) !== 'SEFT') return false;
  const start = bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8);
  return start >= 0 && bytes.toString('latin1', start, start + 4) === 'SEFH';
}
