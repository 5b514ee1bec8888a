import { type Kept, nothingKept, readExif, writeExif } from './exif.ts';
import { broken, carriesMore, checkSize, type Inspected, type Wishes } from './types.ts';

const headerLength = 12;
const hasIcc = 0x20;
const hasAlpha = 0x10;
const hasExif = 0x08;

interface Chunk {
  readonly name: string;
  readonly body: Buffer;
}
type Size = readonly [width: number, height: number];

/**
 * Takes a WebP apart and leaves of its data what its colours need, how it is turned and, where wanted, where it was
 * taken.
 * @throws CaretakerError `CLOUD_FILE_BROKEN`, `CLOUD_FILE_POLYGLOT`, `CLOUD_FILE_EXPANDS`
 */
export function readWebp(bytes: Buffer, { keepLocation }: Wishes): Inspected {
  const chunks = chunksOf(bytes);
  const named = (name: string) => chunks.find((chunk) => chunk.name === name)?.body;
  if (named('ANIM') !== undefined || named('ANMF') !== undefined) {
    throw broken('The WebP is a film, not a photo');
  }
  const picture = pictureOf(chunks);
  const size = picture.name === 'VP8 ' ? lossySize(picture.body) : pureSize(picture.body);
  checkSize(...size);
  const extended = named('VP8X');
  if (extended !== undefined) checkCanvas(extended, size);
  const kept = exifOf(named('EXIF'));
  const exif = writeExif(keepLocation ? kept : { ...kept, location: null });
  // What only stands in the extended form counts only there.
  const icc = extended === undefined ? undefined : named('ICCP');
  const alpha = picture.name === 'VP8 ' && extended !== undefined ? named('ALPH') : undefined;
  const transparent = alpha !== undefined || ((extended?.[0] ?? 0) & hasAlpha) !== 0;
  const flags =
    (icc === undefined ? 0 : hasIcc) | (transparent ? hasAlpha : 0) | (exif === null ? 0 : hasExif);
  const isExtended = extended !== undefined || exif !== null;
  const parts: (Chunk | null)[] = [
    isExtended ? { name: 'VP8X', body: canvasOf(flags, size) } : null,
    icc === undefined ? null : { name: 'ICCP', body: icc },
    alpha === undefined ? null : { name: 'ALPH', body: alpha },
    picture,
    exif === null ? null : { name: 'EXIF', body: exif },
  ];
  const [width, height] = size;
  const whole = wholeOf(parts.filter((part) => part !== null));
  return { type: 'image/webp', bytes: whole, width, height };
}

function pictureOf(chunks: readonly Chunk[]): Chunk {
  const pictures = chunks.filter(({ name }) => name === 'VP8 ' || name === 'VP8L');
  const [picture] = pictures;
  if (picture === undefined || pictures.length > 1) throw broken('The WebP shows no picture');
  return picture;
}

function chunksOf(bytes: Buffer): Chunk[] {
  const length = bytes.length < headerLength ? 0 : 8 + bytes.readUInt32LE(4);
  if (length < headerLength || length > bytes.length) throw broken('The WebP ends too early');
  if (length < bytes.length) {
    throw carriesMore(`${bytes.length - length} bytes behind the end of the WebP`);
  }
  const chunks: Chunk[] = [];
  let at = headerLength;
  while (at < length) {
    if (at + 8 > length) throw broken('The WebP ends too early');
    const size = bytes.readUInt32LE(at + 4);
    const end = at + 8 + size;
    if (end > length) throw broken('The WebP ends too early');
    const name = bytes.toString('latin1', at, at + 4);
    chunks.push({ name, body: bytes.subarray(at + 8, end) });
    at = end + (size % 2);
  }
  return chunks;
}

function lossySize(body: Buffer): Size {
  const isKeyFrame = body.length >= 10 && ((body[0] ?? 1) & 1) === 0;
  if (!isKeyFrame || body.toString('latin1', 3, 6) !== '\x9d\x01\x2a') {
    throw broken('The picture of the WebP is damaged');
  }
  const firstPart = body.readUIntLE(0, 3) >> 5;
  if (10 + firstPart > body.length) throw broken('The picture of the WebP ends too early');
  return [body.readUInt16LE(6) & 0x3fff, body.readUInt16LE(8) & 0x3fff];
}

function pureSize(body: Buffer): Size {
  if (body.length < 5 || body[0] !== 0x2f) throw broken('The picture of the WebP is damaged');
  const bits = body.readUInt32LE(1);
  if (bits >>> 29 !== 0) throw broken('The picture of the WebP is damaged');
  return [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1];
}

function checkCanvas(body: Buffer, [width, height]: Size): void {
  const fits =
    body.length === 10 &&
    body.readUIntLE(4, 3) + 1 === width &&
    body.readUIntLE(7, 3) + 1 === height;
  if (!fits) throw broken('The WebP says another size than its picture has');
}

function canvasOf(flags: number, [width, height]: Size): Buffer {
  const body = Buffer.alloc(10);
  body[0] = flags;
  body.writeUIntLE(width - 1, 4, 3);
  body.writeUIntLE(height - 1, 7, 3);
  return body;
}

function exifOf(body: Buffer | undefined): Kept {
  if (body === undefined) return nothingKept;
  // Some programs write the head that belongs into a JPEG.
  const isHeaded = body.toString('latin1', 0, 6) === 'Exif\0\0';
  return readExif(isHeaded ? body.subarray(6) : body);
}

function wholeOf(chunks: readonly Chunk[]): Buffer<ArrayBuffer> {
  const parts = chunks.flatMap(({ name, body }) => {
    const head = Buffer.alloc(8);
    head.write(name, 'latin1');
    head.writeUInt32LE(body.length, 4);
    return [head, body, Buffer.alloc(body.length % 2)];
  });
  const content = Buffer.concat(parts);
  const head = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1');
  head.writeUInt32LE(content.length + 4, 4);
  return Buffer.concat([head, content]);
}
