import { crc32, deflateSync } from 'node:zlib';

/** Real files of every type that is taken, made by hand: small, whole, and of any size that a test asks for. */

export interface ExifWish {
  readonly orientation?: number;
  readonly location?: boolean;
  readonly little?: boolean;
}

/** Data of a camera with its maker's name, how it was held and where it was: 31° 13′ 48.5″ N, 121° 28′ 25.25″ E. */
export function exif({ orientation = 1, location = false, little = false }: ExifWish): Buffer {
  const short = (value: number) => {
    const bytes = Buffer.alloc(2);
    if (little) bytes.writeUInt16LE(value);
    else bytes.writeUInt16BE(value);
    return bytes;
  };
  const long = (...values: number[]) => {
    const bytes = Buffer.alloc(4 * values.length);
    for (const [i, value] of values.entries()) {
      if (little) bytes.writeUInt32LE(value, 4 * i);
      else bytes.writeUInt32BE(value, 4 * i);
    }
    return bytes;
  };
  const entry = (tag: number, type: number, count: number, value: Buffer) =>
    Buffer.concat([short(tag), short(type), long(count), value]);
  const makerAt = 8 + 2 + 3 * 12 + 4;
  const gpsAt = makerAt + 16;
  const anglesAt = gpsAt + 2 + 4 * 12 + 4;
  const letter = (value: string) => Buffer.from(`${value}\0\0\0`, 'latin1');
  return Buffer.concat([
    Buffer.from(little ? 'II' : 'MM', 'latin1'),
    ...[short(42), long(8), short(3)],
    entry(0x010f, 2, 16, long(makerAt)),
    entry(0x0112, 3, 1, Buffer.concat([short(orientation), short(0)])),
    // A camera without a fix writes the rest all the same.
    entry(0x8825, 4, 1, long(location ? gpsAt : 0)),
    ...[long(0), Buffer.from('Secret Camera X\0', 'latin1')],
    ...[short(4), entry(1, 2, 2, letter('N')), entry(2, 5, 3, long(anglesAt))],
    ...[entry(3, 2, 2, letter('E')), entry(4, 5, 3, long(anglesAt + 24)), long(0)],
    long(31, 1, 13, 1, 485, 10, 121, 1, 28, 1, 2525, 100),
  ]);
}

/** One part of a JPEG. */
export function segment(kind: number, body: Buffer | string): Buffer {
  const bytes = typeof body === 'string' ? Buffer.from(body, 'latin1') : body;
  const head = Buffer.from([0xff, kind, 0, 0]);
  head.writeUInt16BE(bytes.length + 2, 2);
  return Buffer.concat([head, bytes]);
}

export const exifSegment = (wish: ExifWish): Buffer =>
  segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), exif(wish)]));

/** A grey photo. @param data segments that cameras write, behind its header */
export function jpeg(width = 16, height = 8, data: readonly Buffer[] = []): Buffer {
  const frame = Buffer.from([8, 0, 0, 0, 0, 1, 1, 0x11, 0]);
  frame.writeUInt16BE(height, 1);
  frame.writeUInt16BE(width, 3);
  // One code of one bit: no difference to the block before, and nothing but its mean.
  const code = (table: number) => Buffer.concat([Buffer.from([table, 1]), Buffer.alloc(16)]);
  const bits = 2 * Math.ceil(width / 8) * Math.ceil(height / 8);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, 'JFIF\0\x01\x01\0\0\x01\0\x01\0\0'),
    ...data,
    segment(0xdb, Buffer.concat([Buffer.from([0]), Buffer.alloc(64, 1)])),
    segment(0xc0, frame),
    segment(0xc4, Buffer.concat([code(0x00), code(0x10)])),
    segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])),
    Buffer.alloc(Math.ceil(bits / 8)),
    Buffer.from([0xff, 0xd9]),
  ]);
}

/** One part of a PNG. */
export function chunk(name: string, body: Buffer | string): Buffer {
  const bytes = typeof body === 'string' ? Buffer.from(body, 'latin1') : body;
  const named = Buffer.concat([Buffer.from(name, 'latin1'), bytes]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(bytes.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

export function pngHeader(width: number, height: number): Buffer {
  const body = Buffer.alloc(13);
  body.writeUInt32BE(width);
  body.writeUInt32BE(height, 4);
  body.set([8, 2], 8);
  return chunk('IHDR', body);
}

export const pngSignature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/** A picture of one colour. @param data chunks between its header and its pixels */
export function png(width = 5, height = 3, data: readonly Buffer[] = [], shade = 200): Buffer {
  const rows = Buffer.alloc(height * (1 + 3 * width), shade);
  for (let row = 0; row < height; row += 1) rows[row * (1 + 3 * width)] = 0;
  return Buffer.concat([
    ...[pngSignature, pngHeader(width, height), ...data],
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', ''),
  ]);
}

/** One part of a WebP. */
export function riff(name: string, body: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(name, 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
}

export function webpOf(parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat([Buffer.from('WEBP', 'latin1'), ...parts]);
  const head = Buffer.from('RIFF\0\0\0\0', 'latin1');
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content]);
}

/** The pixels of a picture of one colour: every code has one letter and takes no bits. */
export function webpPixels(width: number, height: number): Buffer {
  const bits: number[] = [];
  const put = (value: number, count: number) => {
    for (let i = 0; i < count; i += 1) bits.push((value >> i) & 1);
  };
  put(width - 1, 14);
  put(height - 1, 14);
  // No alpha, version 0; nothing transformed, no cache, one group of codes.
  put(0, 4);
  put(0, 3);
  for (const letter of [120, 60, 30, 255, 0]) {
    put(1, 1);
    put(0, 1);
    put(1, 1);
    put(letter, 8);
  }
  const bytes = Buffer.alloc(1 + Math.ceil(bits.length / 8));
  bytes[0] = 0x2f;
  for (const [i, bit] of bits.entries()) {
    bytes[1 + (i >> 3)] = (bytes[1 + (i >> 3)] ?? 0) | (bit << (i & 7));
  }
  return riff('VP8L', bytes);
}

/** @param data what follows the pixels, such as the data of a camera */
export function webp(width = 7, height = 4, data: readonly Buffer[] = []): Buffer {
  const pixels = webpPixels(width, height);
  if (data.length === 0) return webpOf([pixels]);
  const canvas = Buffer.alloc(10);
  canvas[0] = 0x0c;
  canvas.writeUIntLE(width - 1, 4, 3);
  canvas.writeUIntLE(height - 1, 7, 3);
  return webpOf([riff('VP8X', canvas), pixels, ...data]);
}

/** A document of one empty page. @param more objects, such as `<</S/JavaScript/JS(app.alert(1))>>` */
export function pdf(more: readonly (string | Buffer)[] = []): Buffer {
  const page = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>',
  ];
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n', 'latin1')];
  const offsets: number[] = [];
  const length = () => parts.reduce((sum, part) => sum + part.length, 0);
  for (const [i, object] of [...page, ...more].entries()) {
    offsets.push(length());
    const bytes = typeof object === 'string' ? Buffer.from(object, 'latin1') : object;
    parts.push(Buffer.from(`${i + 1} 0 obj\n`), bytes, Buffer.from('\nendobj\n'));
  }
  const at = length();
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`);
  const size = offsets.length + 1;
  parts.push(Buffer.from(`xref\n0 ${size}\n0000000000 65535 f \n${rows.join('')}`));
  parts.push(Buffer.from(`trailer\n<</Size ${size}/Root 1 0 R>>\nstartxref\n${at}\n%%EOF\n`));
  return Buffer.concat(parts);
}

/** A stream of a PDF. */
export function pdfStream(dictionary: string, packed: Buffer): Buffer {
  const head = `<<${dictionary}/Length ${packed.length}>>\nstream\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), packed, Buffer.from('\nendstream')]);
}

/** An archive of one file that is stored as it is. */
export function zip(name = 'index.html', content = 'hello'): Buffer {
  const [file, data] = [Buffer.from(name), Buffer.from(content)];
  const sums = Buffer.alloc(12);
  sums.writeUInt32LE(crc32(data));
  sums.writeUInt32LE(data.length, 4);
  sums.writeUInt32LE(data.length, 8);
  const lengths = Buffer.alloc(4);
  lengths.writeUInt16LE(file.length);
  const local = Buffer.concat([
    ...[Buffer.from('PK\x03\x04\x0a\0\0\0\0\0\0\0\0\0', 'latin1'), sums, lengths, file, data],
  ]);
  const central = Buffer.concat([
    ...[Buffer.from('PK\x01\x02\x0a\0\x0a\0\0\0\0\0\0\0\0\0', 'latin1'), sums, lengths],
    ...[Buffer.alloc(14), file],
  ]);
  const end = Buffer.from(`PK\x05\x06\0\0\0\0\x01\0\x01\0${'\0'.repeat(10)}`, 'latin1');
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}
