import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chunk,
  exif,
  exifSegment,
  jpeg,
  pdf,
  pdfStream,
  png,
  pngHeader,
  pngSignature,
  riff,
  segment,
  webp,
  webpOf,
  webpPixels,
  zip,
} from '../testing/pictures.ts';
import { readExif } from './exif.ts';
import { inspect } from './inspect.ts';

const look = (bytes: Buffer, keepLocation = false) =>
  inspect(bytes as Buffer<ArrayBuffer>, { keepLocation });
const kept = async (bytes: Buffer, keepLocation = false) =>
  Buffer.from((await look(bytes, keepLocation)).bytes);
const codeOf = async (bytes: Buffer): Promise<string> =>
  look(bytes).then(
    ({ type }) => `taken as ${type}`,
    ({ code }) => code,
  );
const join = (...parts: (Buffer | string)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));

/** The data of the camera in a file, wherever its type has it. */
function exifIn(bytes: Buffer) {
  const at = bytes.indexOf(Buffer.from([0x4d, 0x4d, 0, 0x2a]));
  return at === -1 ? null : readExif(bytes.subarray(at));
}

type Wish = Parameters<typeof exif>[0];
const photos: [type: string, photo: (wish: Wish) => Buffer, bare: Buffer][] = [
  ['JPEG', (wish) => jpeg(16, 8, [exifSegment(wish)]), jpeg()],
  ['PNG', (wish) => png(5, 3, [chunk('eXIf', exif(wish))]), png()],
  ['WebP', (wish) => webp(7, 4, [riff('EXIF', exif(wish))]), webp()],
];

describe.each(photos)('a photo as %s', (_, photo, bare) => {
  it('stays as it is, byte by byte, when it holds nothing but the picture', async () => {
    expect((await kept(bare)).equals(bare)).toBe(true);
  });

  it('loses where it was taken and by what, and stays turned as it was', async () => {
    for (const little of [false, true]) {
      const bytes = await kept(photo({ orientation: 6, location: true, little }));
      expect(exifIn(bytes)).toEqual({ orientation: 6, location: null });
      expect(bytes.includes('Secret Camera')).toBe(false);
      // As angles they would be there under any order of bytes.
      expect(bytes.includes(Buffer.from([0, 0, 0x01, 0xe5, 0, 0, 0, 0x0a]))).toBe(false);
    }
  });

  it('keeps where it was taken when that is wanted, and nothing else', async () => {
    for (const little of [false, true]) {
      const bytes = await kept(photo({ orientation: 1, location: true, little }), true);
      expect(exifIn(bytes)?.location).toEqual({
        latitudeRef: 'N',
        latitude: [
          [31, 1],
          [13, 1],
          [485, 10],
        ],
        longitudeRef: 'E',
        longitude: [
          [121, 1],
          [28, 1],
          [2525, 100],
        ],
      });
      expect(bytes.includes('Secret Camera')).toBe(false);
    }
  });

  it('holds no data of the camera when nothing of it is to stay', async () => {
    expect(exifIn(await kept(photo({ location: true })))).toBeNull();
    expect(exifIn(await kept(photo({ location: false }), true))).toBeNull();
  });

  it('is the same when it is sent again as it was kept', async () => {
    const turns = fc.record({
      orientation: fc.integer({ min: 0, max: 9 }),
      location: fc.boolean(),
      little: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(turns, fc.boolean(), async (wish, keepLocation) => {
        const once = await kept(photo(wish), keepLocation);
        expect((await kept(once, keepLocation)).equals(once)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('is refused wherever it is cut short', async () => {
    const whole = photo({ orientation: 3 });
    for (let end = 16; end < whole.length; end += 1) {
      expect(await codeOf(whole.subarray(0, end))).toBe('CLOUD_FILE_BROKEN');
    }
  });

  it('is refused with anything behind it that is no picture', async () => {
    const page = '<html><script>alert(1)</script></html>';
    for (const more of [zip(), page, '<?php system($_GET[0]);', ';alert(1)//', bare, pdf()]) {
      expect(await codeOf(join(bare, more))).toBe('CLOUD_FILE_POLYGLOT');
    }
  });

  it('never fails otherwise than with a reason, whatever is wrong in it', async () => {
    const whole = photo({ orientation: 6, location: true });
    const at = fc.integer({ min: 12, max: whole.length - 1 });
    const changes = fc.array(fc.tuple(at, fc.integer({ min: 0, max: 255 })), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(changes, async (changed) => {
        const bytes = Buffer.from(whole);
        for (const [where, value] of changed) bytes[where] = value;
        expect(await codeOf(bytes)).toMatch(/^(taken as|CLOUD_FILE_)/);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a JPEG', () => {
  it('loses what else cameras and programs write', async () => {
    const data = [
      segment(0xe1, 'http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>'),
      segment(0xed, 'Photoshop 3.0\0 a street and a number'),
      segment(0xfe, 'a comment'),
      segment(0xe2, 'ICC_PROFILE\0\x01\x01 colours'),
    ];
    const colours = [segment(0xe2, 'ICC_PROFILE\0\x01\x01 colours')];
    expect((await kept(jpeg(16, 8, data))).equals(jpeg(16, 8, colours))).toBe(true);
  });

  it('loses the small picture in its header', async () => {
    const plain = jpeg();
    const header = segment(0xe0, `JFIF\0\x01\x01\0\0\x01\0\x01\x02\x01${'abcdef'}`);
    const bytes = join(plain.subarray(0, 2), header, plain.subarray(20));
    expect((await kept(bytes)).equals(plain)).toBe(true);
  });

  it('loses what phones are known to put behind it', async () => {
    const plain = jpeg();
    const several = jpeg(16, 8, [segment(0xe2, 'MPF\0 two pictures')]);
    const film = join(
      Buffer.from('\0\0\0\x10ftypmp42\0\0\0\0', 'latin1'),
      Buffer.from('\0\0\0\x0cmdatabcd', 'latin1'),
    );
    const notes = Buffer.from(
      'Image_UTC_Data1690000000000SEFH\x6b\0\0\0\x01\0\0\0\x0c\0\0\0SEFT',
      'latin1',
    );
    for (const bytes of [
      join(several, plain),
      join(several, Buffer.alloc(9), plain, Buffer.alloc(3)),
      join(plain, film),
      join(plain, notes),
      join(plain, Buffer.alloc(100)),
    ]) {
      expect((await kept(bytes)).equals(plain)).toBe(true);
    }
    // Announced by nobody.
    expect(await codeOf(join(plain, plain))).toBe('CLOUD_FILE_POLYGLOT');
    expect(await codeOf(join(plain, film, 'x'))).toBe('CLOUD_FILE_POLYGLOT');
    expect(await codeOf(join(plain, zip(), notes))).toBe('CLOUD_FILE_POLYGLOT');
  });

  it('is refused with an archive, a page or a script in its data', async () => {
    expect(await codeOf(jpeg(16, 8, [segment(0xfe, zip())]))).toBe('CLOUD_FILE_POLYGLOT');
    for (const text of [
      '<?php echo 1;',
      '<script>alert(1)</script>',
      '<!DOCTYPE html>',
      '%PDF-1.7',
    ]) {
      expect(await codeOf(jpeg(16, 8, [segment(0xfe, text)]))).toBe('CLOUD_FILE_POLYGLOT');
    }
    const plain = jpeg();
    const script = join(plain.subarray(0, 2), segment(0xe0, Buffer.alloc(0x2f2a - 2, '*')));
    expect(await codeOf(join(script, plain.subarray(20)))).toBe('CLOUD_FILE_POLYGLOT');
  });

  it('is refused when it would fill the memory of whoever opens it', async () => {
    const huge = jpeg();
    const frame = huge.indexOf(Buffer.from([0xff, 0xc0]));
    huge.writeUInt16BE(65_500, frame + 5);
    huge.writeUInt16BE(65_500, frame + 7);
    expect(await codeOf(huge)).toBe('CLOUD_FILE_EXPANDS');
    const plain = jpeg();
    const scan = plain.subarray(plain.indexOf(Buffer.from([0xff, 0xda])), -2);
    const passes = (count: number) =>
      join(plain.subarray(0, -2), ...Array.from({ length: count }, () => scan), plain.subarray(-2));
    expect(await codeOf(passes(99))).toBe('taken as image/jpeg');
    expect(await codeOf(passes(100))).toBe('CLOUD_FILE_BROKEN');
  });
});

describe('a PNG', () => {
  it('loses texts, times and moving pictures', async () => {
    const data = [
      ...[chunk('tEXt', 'Comment\0secret'), chunk('zTXt', 'a\0\0b'), chunk('iTXt', 'XML\0')],
      ...[chunk('tIME', '1234567'), chunk('acTL', '12345678'), chunk('prVt', 'own')],
      chunk('gAMA', '\0\0\xb1\x8f'),
    ];
    const bytes = await kept(png(5, 3, data));
    expect(bytes.equals(png(5, 3, [chunk('gAMA', '\0\0\xb1\x8f')]))).toBe(true);
  });

  it('is refused when it unpacks to more than it says', async () => {
    const of = (width: number, height: number, packed: Buffer) =>
      join(pngSignature, pngHeader(width, height), chunk('IDAT', packed), chunk('IEND', ''));
    expect(await codeOf(of(60_000, 60_000, deflateSync(Buffer.alloc(10))))).toBe(
      'CLOUD_FILE_EXPANDS',
    );
    // A thousand times as large when it is unpacked.
    expect(await codeOf(of(5, 3, deflateSync(Buffer.alloc(2 ** 24))))).toBe('CLOUD_FILE_EXPANDS');
    expect(await codeOf(of(5, 3, deflateSync(Buffer.alloc(47))))).toBe('CLOUD_FILE_BROKEN');
    expect(await codeOf(of(5, 3, Buffer.from('no such thing')))).toBe('CLOUD_FILE_BROKEN');
    const more = Buffer.concat([deflateSync(Buffer.alloc(48)), Buffer.from('and more')]);
    expect(await codeOf(of(5, 3, more))).toBe('CLOUD_FILE_POLYGLOT');
    const profile = join('icc\0\0', deflateSync(Buffer.alloc(2 ** 23)));
    expect(await codeOf(png(5, 3, [chunk('iCCP', profile)]))).toBe('CLOUD_FILE_EXPANDS');
  });

  it('may be of many parts', async () => {
    const packed = deflateSync(Buffer.alloc(48));
    const parts = [...packed].map((byte) => chunk('IDAT', Buffer.from([byte])));
    const bytes = join(pngSignature, pngHeader(5, 3), ...parts, chunk('IEND', ''));
    expect((await kept(bytes)).equals(bytes)).toBe(true);
  });

  it('is refused when a part of it is damaged', async () => {
    const bytes = png();
    const at = bytes.indexOf('IDAT') + 6;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    expect(await codeOf(bytes)).toBe('CLOUD_FILE_BROKEN');
  });
});

describe('a WebP', () => {
  it('is refused when it moves, shows two pictures or says a wrong size', async () => {
    const pixels = webpPixels(7, 4);
    expect(await codeOf(webpOf([pixels, pixels]))).toBe('CLOUD_FILE_BROKEN');
    expect(await codeOf(webpOf([riff('ANIM', Buffer.alloc(6)), pixels]))).toBe('CLOUD_FILE_BROKEN');
    const wrong = riff('VP8X', Buffer.alloc(10));
    expect(await codeOf(webpOf([wrong, pixels]))).toBe('CLOUD_FILE_BROKEN');
    expect(await codeOf(webpOf([webpPixels(16_384, 16_384)]))).toBe('CLOUD_FILE_EXPANDS');
  });
});

describe('a PDF', () => {
  const packed = (text: string) =>
    pdfStream('/Type/ObjStm/N 1/First 4/Filter/FlateDecode', deflateSync(Buffer.from(text)));

  it('stays as it is when it only shows pages', async () => {
    const pages = pdf([packed('9 0 <</Type/Font>>'), pdfStream('', Buffer.from('0 0 m (/JS) Tj'))]);
    expect((await kept(pages)).equals(pages)).toBe(true);
  });

  it('is refused when it does anything else', async () => {
    for (const more of [
      '<</S/JavaScript/JS(app.alert(1))>>',
      '<</S/J#61v#61Script/JS(app.alert(1))>>',
      '<</S/Launch/F(cmd.exe)>>',
      '<</Type/Filespec/EF<</F 9 0 R>>>><</Type/EmbeddedFile>>',
      '<</Names<</EmbeddedFiles 9 0 R>>>>',
      '<</S/SubmitForm/F(https://example.com)>>',
      '<</S/GoToE/D(x)>>',
      '<</XFA 9 0 R>>',
      '<</Encrypt 9 0 R>>',
    ]) {
      expect(await codeOf(pdf([more]))).toBe('CLOUD_FILE_ACTIVE');
      if (!more.includes('Encrypt')) {
        expect(await codeOf(pdf([packed(`9 0 ${more}`)]))).toBe('CLOUD_FILE_ACTIVE');
      }
    }
  });

  it('is refused when it cannot be looked into', async () => {
    const hex = pdfStream('/Type/ObjStm/N 1/First 4/Filter/ASCIIHexDecode', Buffer.from('39>'));
    expect(await codeOf(pdf([hex]))).toBe('CLOUD_FILE_BROKEN');
    expect(await codeOf(pdf([packed('x'.repeat(2 ** 24 + 1))]))).toBe('CLOUD_FILE_EXPANDS');
    expect(await codeOf(pdf().subarray(0, 200))).toBe('CLOUD_FILE_BROKEN');
    expect(await codeOf(Buffer.from('%PDF-1.7\nstartxref\n0\n%%EOF'))).toBe('CLOUD_FILE_BROKEN');
  });

  it('is refused with anything behind it or in it that is no page', async () => {
    for (const more of ['<html>', zip(), jpeg(), 'x']) {
      expect(await codeOf(join(pdf(), more))).toBe('CLOUD_FILE_POLYGLOT');
    }
    expect(await codeOf(pdf([pdfStream('', zip())]))).toBe('CLOUD_FILE_POLYGLOT');
    expect(await codeOf(pdf(['(<script>alert(1)</script>)']))).toBe('CLOUD_FILE_POLYGLOT');
  });
});

describe('anything else', () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
  it.each([
    ['SVG', svg],
    ['SVG', `<?xml version="1.0"?>\n<!-- x -->\n${svg}`],
    ['HTML', '<!DOCTYPE html><p>'],
    ['HTML', '<script>alert(1)</script>'],
    ['GIF', 'GIF89a\x01\0\x01\0'],
    ['HEIC', '\0\0\0\x18ftypheic\0\0\0\0'],
    ['a video', '\0\0\0\x18ftypmp42\0\0\0\0'],
    ['a ZIP archive', zip()],
    ['a program', '\x7fELF\x02\x01\x01'],
    ['Only photos', 'just words'],
    ['Only photos', `just words, and then ${jpeg().toString('latin1')}`],
  ])('is refused by what it is: %s', async (name, content) => {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content;
    await expect(look(bytes)).rejects.toMatchObject({
      code: 'CLOUD_FILE_TYPE',
      message: expect.stringContaining(name),
    });
  });

  it('is refused when it is empty or too large', async () => {
    expect(await codeOf(Buffer.alloc(0))).toBe('CLOUD_FILE_EMPTY');
    const large = join(jpeg(), Buffer.alloc(15_000_000));
    expect(await codeOf(large)).toBe('CLOUD_FILE_TOO_LARGE');
  });
});
