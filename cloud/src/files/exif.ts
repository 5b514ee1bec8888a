/** Degrees, minutes and seconds, each as a fraction. */
type Angle = readonly (readonly [over: number, under: number])[];

interface Location {
  readonly latitudeRef: 'N' | 'S';
  readonly latitude: Angle;
  readonly longitudeRef: 'E' | 'W';
  readonly longitude: Angle;
}

/** What of the data of a camera may stay. */
export interface Kept {
  /** 1 to 8: how the picture is to be turned. */
  readonly orientation: number;
  readonly location: Location | null;
}

export const nothingKept: Kept = { orientation: 1, location: null };

const orientationTag = 0x0112;
const locationTag = 0x8825;
const mostEntries = 512;
const asciiType = 2;
const shortType = 3;
const longType = 4;
const fractionType = 5;

interface Entry {
  readonly type: number;
  readonly count: number;
  /** Where its four bytes of value are. */
  readonly at: number;
}

class Tiff {
  readonly #bytes: Buffer;
  readonly #little: boolean;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#little = bytes.toString('latin1', 0, 2) === 'II';
  }

  short(at: number): number {
    return this.#little ? this.#bytes.readUInt16LE(at) : this.#bytes.readUInt16BE(at);
  }

  long(at: number): number {
    return this.#little ? this.#bytes.readUInt32LE(at) : this.#bytes.readUInt32BE(at);
  }

  letter(at: number): string {
    return String.fromCharCode(this.#bytes.readUInt8(at));
  }

  entries(at: number): Map<number, Entry> {
    const found = new Map<number, Entry>();
    const count = Math.min(this.short(at), mostEntries);
    for (let i = 0; i < count; i += 1) {
      const entry = at + 2 + 12 * i;
      const [type, values] = [this.short(entry + 2), this.long(entry + 4)];
      found.set(this.short(entry), { type, count: values, at: entry + 8 });
    }
    return found;
  }

  angle({ type, count, at }: Entry): Angle | null {
    if (type !== fractionType || count !== 3) return null;
    const from = this.long(at);
    return [0, 8, 16].map((step) => [this.long(from + step), this.long(from + step + 4)]);
  }
}

/**
 * How a photo is turned and where it was taken, by the data of its camera.
 * @param bytes a TIFF header and what follows; data that cannot be read says nothing
 */
export function readExif(bytes: Buffer): Kept {
  try {
    const tiff = new Tiff(bytes);
    if (tiff.short(2) !== 42) return nothingKept;
    const entries = tiff.entries(tiff.long(4));
    return { orientation: orientationOf(tiff, entries), location: locationOf(tiff, entries) };
  } catch {
    // An offset that leads out of the data: as good as none.
    return nothingKept;
  }
}

function orientationOf(tiff: Tiff, entries: Map<number, Entry>): number {
  const entry = entries.get(orientationTag);
  if (entry?.type !== shortType || entry.count !== 1) return 1;
  const value = tiff.short(entry.at);
  return value >= 1 && value <= 8 ? value : 1;
}

function locationOf(tiff: Tiff, entries: Map<number, Entry>): Location | null {
  const pointer = entries.get(locationTag);
  if (pointer?.type !== longType || pointer.count !== 1) return null;
  try {
    const gps = tiff.entries(tiff.long(pointer.at));
    const [northSouth, north, eastWest, east] = [1, 2, 3, 4].map((tag) => gps.get(tag));
    if (!northSouth || !north || !eastWest || !east) return null;
    const latitudeRef = tiff.letter(northSouth.at);
    const longitudeRef = tiff.letter(eastWest.at);
    const [latitude, longitude] = [tiff.angle(north), tiff.angle(east)];
    if (latitudeRef !== 'N' && latitudeRef !== 'S') return null;
    if (longitudeRef !== 'E' && longitudeRef !== 'W') return null;
    if (!isWithin(latitude, 90) || !isWithin(longitude, 180)) return null;
    return { latitudeRef, latitude, longitudeRef, longitude };
  } catch {
    return null;
  }
}

function isWithin(angle: Angle | null, limit: number): angle is Angle {
  if (angle === null) return false;
  const [degrees = 0, minutes = 0, seconds = 0] = angle.map(([over, under]) => over / under);
  // A fraction over nothing is not a number, and within nothing.
  return degrees + minutes / 60 + seconds / 3600 <= limit;
}

/** @returns a TIFF header and what follows it; null when there is nothing to say */
export function writeExif({ orientation, location }: Kept): Buffer | null {
  if (orientation === 1 && location === null) return null;
  const turned = orientation !== 1;
  const count = Number(turned) + Number(location !== null);
  const gpsAt = 8 + 2 + 12 * count + 4;
  const top = [Buffer.from('MM\0*\0\0\0\x08', 'latin1'), short(count)];
  if (turned) {
    top.push(entryOf(orientationTag, shortType, 1, Buffer.concat([short(orientation), short(0)])));
  }
  if (location !== null) top.push(entryOf(locationTag, longType, 1, long(gpsAt)));
  top.push(long(0));
  return Buffer.concat(location === null ? top : [...top, gpsOf(location, gpsAt)]);
}

function gpsOf(location: Location, at: number): Buffer {
  const anglesAt = at + 2 + 12 * 5 + 4;
  const letter = (value: string) => Buffer.from(`${value}\0\0\0`, 'latin1');
  const angle = (value: Angle) =>
    Buffer.concat(value.flatMap(([over, under]) => [long(over), long(under)]));
  return Buffer.concat([
    short(5),
    entryOf(0, 1, 4, Buffer.from([2, 3, 0, 0])),
    entryOf(1, asciiType, 2, letter(location.latitudeRef)),
    entryOf(2, fractionType, 3, long(anglesAt)),
    entryOf(3, asciiType, 2, letter(location.longitudeRef)),
    entryOf(4, fractionType, 3, long(anglesAt + 24)),
    long(0),
    angle(location.latitude),
    angle(location.longitude),
  ]);
}

const entryOf = (tag: number, type: number, count: number, value: Buffer): Buffer =>
  Buffer.concat([short(tag), short(type), long(count), value]);

function short(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function long(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
