import { type Kept, nothingKept, readExif, writeExif } from './exif.ts';
import { isKnownTrailer } from './trailer.ts';
import {
  broken,
  carriesMore,
  checkSize,
  type Inspected,
  type Pieces,
  type Wishes,
} from './types.ts';

const marker = {
  start: 0xd8,
  end: 0xd9,
  scan: 0xda,
  app0: 0xe0,
  app1: 0xe1,
  app2: 0xe2,
  app14: 0xee,
  app15: 0xef,
  comment: 0xfe,
} as const;
/** Baseline, extended and progressive with Huffman codes: what browsers show. */
const frames = new Set([0xc0, 0xc1, 0xc2]);
/** Codes, quantisation and restarts. */
const tables = new Set([0xc4, 0xdb, 0xdd]);
/** Each is a pass over the whole picture for whoever opens it. */
const mostScans = 100;

interface Walk {
  /** Segments that stay, in their order, without begin and end. */
  readonly pieces: Pieces;
  kept: Kept;
  size: readonly [width: number, height: number] | null;
  /** It says that more pictures follow. */
  several: boolean;
  scans: number;
  /** First byte behind its end. */
  end: number;
}

/**
 * Takes a JPEG apart and leaves of its data what its colours need, how it is turned and, where wanted, where it was
 * taken. The picture itself stays as it is, bit by bit.
 * @throws CaretakerError `CLOUD_FILE_BROKEN`, `CLOUD_FILE_POLYGLOT`, `CLOUD_FILE_EXPANDS`
 */
export function readJpeg(bytes: Buffer, { keepLocation }: Wishes): Inspected {
  const walk = walkJpeg(bytes);
  if (walk.size === null || walk.scans === 0) throw broken('The JPEG shows no picture');
  const rest = bytes.subarray(walk.end);
  if (!isKnownTrailer(rest, walk.several ? endOfJpeg : null)) {
    throw carriesMore(`${rest.length} bytes behind the end of the JPEG`);
  }
  const exif = writeExif(keepLocation ? walk.kept : { ...walk.kept, location: null });
  const [first] = walk.pieces;
  const afterHeader = first !== undefined && first[1] === marker.app0 ? 1 : 0;
  if (exif !== null) walk.pieces.splice(afterHeader, 0, exifSegment(exif));
  const whole = Buffer.concat([
    Buffer.from([0xff, marker.start]),
    ...walk.pieces,
    Buffer.from([0xff, marker.end]),
  ]);
  const [width, height] = walk.size;
  return { type: 'image/jpeg', bytes: whole, width, height };
}

/** @returns how long the JPEG is that `bytes` begin with; null when it is none */
function endOfJpeg(bytes: Buffer): number | null {
  try {
    return walkJpeg(bytes).end;
  } catch {
    return null;
  }
}

function walkJpeg(bytes: Buffer): Walk {
  // Its first segment would be a comment to whoever reads the file as a script.
  if (bytes.toString('latin1', 4, 6) === '/*') throw carriesMore('the beginning of a script');
  const walk: Walk = {
    ...{ pieces: [], kept: nothingKept, size: null },
    ...{ several: false, scans: 0, end: 0 },
  };
  let at = 2;
  for (;;) {
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at += 1;
    const kind = bytes[at + 1];
    if (bytes[at] !== 0xff || kind === undefined) throw cut(bytes, at + 1);
    if (kind === marker.end) {
      walk.end = at + 2;
      return walk;
    }
    const next = endOfSegment(bytes, at, kind);
    take(walk, kind, bytes.subarray(at, next));
    at = kind === marker.scan ? passScan(bytes, next, walk) : next;
  }
}

function endOfSegment(bytes: Buffer, at: number, kind: number): number {
  if (kind < 0xc0 || (kind >= 0xd0 && kind <= marker.start)) {
    throw broken('The JPEG has a part where none can be');
  }
  if (at + 4 > bytes.length) throw cut(bytes, bytes.length);
  const length = bytes.readUInt16BE(at + 2);
  const next = at + 2 + length;
  if (length < 2 || next > bytes.length) throw cut(bytes, next);
  return next;
}

/** @param at a position in the file: past its end it was cut short */
function cut({ length }: Buffer, at: number) {
  return broken(at >= length ? 'The JPEG ends too early' : 'The JPEG cannot be read to its end');
}

/** @param segment with its marker and length */
function take(walk: Walk, kind: number, segment: Buffer): void {
  const body = segment.subarray(4);
  if (kind >= marker.app0 && kind <= marker.app15) takeData(walk, kind, segment, body);
  else if (kind === marker.comment) return;
  else if (frames.has(kind)) {
    if (walk.size !== null) throw broken('The JPEG has two frames');
    walk.size = sizeOf(body);
    walk.pieces.push(segment);
  } else if (tables.has(kind)) walk.pieces.push(segment);
  else if (kind === marker.scan && walk.size !== null) walk.pieces.push(segment);
  else throw broken('The JPEG is of a kind that browsers do not show');
}

function sizeOf(frame: Buffer): readonly [number, number] {
  if (frame.length < 6) throw broken('The JPEG does not say how large it is');
  const [height, width] = [frame.readUInt16BE(1), frame.readUInt16BE(3)];
  checkSize(width, height);
  return [width, height];
}

/** What cameras and programs write beside the picture. */
function takeData(walk: Walk, kind: number, segment: Buffer, body: Buffer): void {
  const starts = (name: string) => body.toString('latin1', 0, name.length) === name;
  if (kind === marker.app0 && starts('JFIF\0')) walk.pieces.push(headerOf(segment, body));
  else if (kind === marker.app1 && starts('Exif\0\0')) {
    if (walk.kept === nothingKept) walk.kept = readExif(body.subarray(6));
  } else if (kind === marker.app2 && starts('MPF\0')) walk.several = true;
  else if (kind === marker.app2 && starts('ICC_PROFILE\0')) walk.pieces.push(segment);
  // Without it the colours of pictures with three or four channels are wrong.
  else if (kind === marker.app14 && starts('Adobe') && body.length === 12)
    walk.pieces.push(segment);
}

/** Without the small picture that it may hold. */
function headerOf(segment: Buffer, body: Buffer): Buffer {
  const [wide = 0, high = 0] = [body[12], body[13]];
  if (body.length !== 14 + 3 * wide * high) throw carriesMore('data in the header of the JPEG');
  if (body.length === 14) return segment;
  const header = Buffer.from(segment.subarray(0, 18));
  header.writeUInt16BE(16, 2);
  header.fill(0, 16);
  return header;
}

/** @returns where the next segment begins */
function passScan(bytes: Buffer, from: number, walk: Walk): number {
  walk.scans += 1;
  if (walk.scans > mostScans) throw broken('The JPEG has too many passes');
  let at = from;
  for (;;) {
    at = bytes.indexOf(0xff, at);
    const next = bytes[at + 1];
    if (at === -1 || next === undefined) throw cut(bytes, bytes.length);
    const isData = next === 0 || (next >= 0xd0 && next <= 0xd7);
    if (!isData && next !== 0xff) break;
    at += next === 0xff ? 1 : 2;
  }
  walk.pieces.push(bytes.subarray(from, at));
  return at;
}

function exifSegment(exif: Buffer): Buffer {
  const head = Buffer.from('\xff\xe1\0\0Exif\0\0', 'latin1');
  head.writeUInt16BE(exif.length + 8, 2);
  return Buffer.concat([head, exif]);
}
