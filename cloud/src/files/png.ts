import { crc32, createInflate, inflateSync } from 'node:zlib';
import { nothingKept, readExif, writeExif } from './exif.ts';
import {
  broken,
  carriesMore,
  checkSize,
  expands,
  type Inspected,
  type Pieces,
  type Wishes,
} from './types.ts';

const signatureLength = 8;
/** Beside the picture: what its colours and its size on paper need. */
const harmless = new Set(['tRNS', 'gAMA', 'cHRM', 'sRGB', 'sBIT', 'pHYs', 'bKGD', 'cICP']);
/** Depths that each kind of colour may have. */
const depths: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};
const channels: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** The seven passes of an interlaced picture: first column and row, and the steps between them. */
const passes = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;
/** A palette of 256 colours; more is not about colours. */
const mostHarmless = 768;
const mostProfile = 4 * 2 ** 20;

interface Chunk {
  readonly name: string;
  readonly body: Buffer;
  /** With its length, name and sum. */
  readonly whole: Buffer;
}

interface Header {
  readonly width: number;
  readonly height: number;
  /** Bytes that the pixels take once they are unpacked. */
  readonly unpacked: number;
}

/**
 * Takes a PNG apart and leaves of its data what its colours need, how it is turned and, where wanted, where it was
 * taken. Its pixels are unpacked once, counted and thrown away.
 * @throws CaretakerError `CLOUD_FILE_BROKEN`, `CLOUD_FILE_POLYGLOT`, `CLOUD_FILE_EXPANDS`
 */
export async function readPng(bytes: Buffer, { keepLocation }: Wishes): Promise<Inspected> {
  const chunks = chunksOf(bytes);
  const [first] = chunks;
  if (first?.name !== 'IHDR') throw broken('The PNG does not begin with its header');
  const header = headerOf(first.body);
  const pixels = chunks.filter(({ name }) => name === 'IDAT');
  if (pixels.length === 0) throw broken('The PNG shows no picture');
  await checkPixels(
    pixels.map(({ body }) => body),
    header.unpacked,
  );
  const pieces: Pieces = [bytes.subarray(0, signatureLength), first.whole];
  const kept = chunks.reduce(
    (found, { name, body }) => (name === 'eXIf' ? readExif(body) : found),
    nothingKept,
  );
  const exif = writeExif(keepLocation ? kept : { ...kept, location: null });
  if (exif !== null) pieces.push(chunkOf('eXIf', exif));
  for (const chunk of chunks.slice(1)) {
    if (stays(chunk)) pieces.push(chunk.whole);
  }
  const { width, height } = header;
  return { type: 'image/png', bytes: Buffer.concat(pieces), width, height };
}

function chunksOf(bytes: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  let at = signatureLength;
  for (;;) {
    if (at + 12 > bytes.length) throw broken('The PNG ends too early');
    const length = bytes.readUInt32BE(at);
    const end = at + 12 + length;
    if (end > bytes.length) throw broken('The PNG ends too early');
    const named = bytes.subarray(at + 4, end - 4);
    if (crc32(named) !== bytes.readUInt32BE(end - 4)) throw broken('A part of the PNG is damaged');
    const name = named.toString('latin1', 0, 4);
    chunks.push({ name, body: named.subarray(4), whole: bytes.subarray(at, end) });
    at = end;
    if (name === 'IEND') break;
  }
  if (at < bytes.length) throw carriesMore(`${bytes.length - at} bytes behind the end of the PNG`);
  return chunks;
}

function headerOf(body: Buffer): Header {
  if (body.length !== 13) throw broken('The header of the PNG is damaged');
  const [width, height] = [body.readUInt32BE(0), body.readUInt32BE(4)];
  checkSize(width, height);
  const [depth = 0, colour = 0, packing, filter, interlaced = 0] = body.subarray(8);
  const known = depths[colour]?.includes(depth) === true && packing === 0 && filter === 0;
  if (!known || interlaced > 1) throw broken('The header of the PNG is damaged');
  const bits = depth * (channels[colour] ?? 0);
  const rows = (wide: number, high: number) =>
    wide === 0 ? 0 : high * (1 + Math.ceil((wide * bits) / 8));
  if (interlaced === 0) return { width, height, unpacked: rows(width, height) };
  const unpacked = passes.reduce((sum, [left, top, across, down]) => {
    const wide = Math.max(0, Math.ceil((width - left) / across));
    const high = Math.max(0, Math.ceil((height - top) / down));
    return sum + rows(wide, high);
  }, 0);
  return { width, height, unpacked };
}

/** The pixels of a picture unpack to what its header says; anything else hides more, or fills a memory. */
async function checkPixels(packed: readonly Buffer[], wanted: number): Promise<void> {
  const inflate = createInflate({ chunkSize: 2 ** 18 });
  void feed(inflate, packed);
  let got = 0;
  try {
    for await (const chunk of inflate) {
      got += (chunk as Buffer).length;
      if (got > wanted) throw expands('The pixels of the PNG unpack to more than its size');
    }
  } catch (error) {
    if (error instanceof Error && 'errno' in error)
      throw broken('The pixels of the PNG are damaged');
    throw error;
  } finally {
    inflate.destroy();
  }
  if (got < wanted) throw broken('The PNG has fewer pixels than it says');
  const total = packed.reduce((sum, { length }) => sum + length, 0);
  if (inflate.bytesWritten < total) throw carriesMore('data behind the pixels of the PNG');
}

/** As far as it is taken: behind the end of what was packed nothing is. */
async function feed(
  inflate: ReturnType<typeof createInflate>,
  packed: readonly Buffer[],
): Promise<void> {
  for (const part of packed) {
    if (inflate.destroyed) return;
    if (inflate.write(part)) continue;
    await new Promise<void>((done) => {
      inflate.once('drain', done);
      inflate.once('close', done);
    });
  }
  if (!inflate.destroyed) inflate.end();
}

function stays({ name, body }: Chunk): boolean {
  if (name === 'PLTE' || name === 'IDAT' || name === 'IEND') return true;
  if (harmless.has(name)) return body.length <= mostHarmless;
  if (name === 'iCCP') return hasProfile(body);
  // A capital: whoever does not know the chunk cannot show the picture.
  if (/^[A-Z]/.test(name)) throw broken('The PNG has a part that nobody knows');
  return false;
}

/** A colour profile is packed, too. */
function hasProfile(body: Buffer): boolean {
  const from = body.indexOf(0) + 2;
  try {
    return inflateSync(body.subarray(from), { maxOutputLength: mostProfile }).length > 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw expands('The colour profile of the PNG unpacks to more than any has');
    }
    // Without its profile the picture is still a picture.
    return false;
  }
}

function chunkOf(name: string, body: Buffer): Buffer {
  const chunk = Buffer.alloc(body.length + 12);
  chunk.writeUInt32BE(body.length);
  chunk.write(name, 4, 'latin1');
  body.copy(chunk, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, chunk.length - 4)), chunk.length - 4);
  return chunk;
}
