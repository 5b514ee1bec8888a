import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { Refusal } from '../refusal.ts';
import { malformed } from './parts.ts';

/** One metric as it is on the wire, before its birth has told its name and type. */
export interface WireMetric {
  name?: string;
  alias?: bigint;
  /** UTC epoch milliseconds. */
  at?: number;
  datatype?: number;
  historical: boolean;
  null: boolean;
  /** False when the device itself calls the value bad or stale. */
  good: boolean;
  /** `engUnit` of its properties. */
  unit?: string;
  /** A bigint for whole numbers, whose sign only the datatype tells; undefined for what is no single value. */
  value?: bigint | number | string | boolean;
}

export interface WirePayload {
  readonly at: number | undefined;
  readonly seq: number | undefined;
  readonly metrics: readonly WireMetric[];
}

/** A birth names every metric of a device at once; the broker's own limit. */
const largestPayload = 262_144;
/** More than a birth of that size can name in earnest, and few enough to be read within some milliseconds. */
const mostMetrics = 4_096;
const rebirth = 'Node Control/Rebirth';
const boolean = 11;
/** The only quality that is worth a reading. */
const goodQuality = 192;

/** Reads a Sparkplug B payload by the field numbers of its specification; unknown fields are skipped. */
export function readPayload(payload: Uint8Array): WirePayload | Refusal {
  if (payload.length > largestPayload) {
    const message = `${payload.length} bytes are more than one message may have (${largestPayload})`;
    return new Refusal('DECODE_TOO_LARGE', message, 'send fewer metrics at a time');
  }
  try {
    return payloadIn(new BinaryReader(payload));
  } catch {
    // The reader throws on every byte that is no Protobuf.
    return malformed('The payload is no Sparkplug B payload', 'check which program publishes here');
  }
}

/** The command that asks a node to say its births again. @param now gateway clock, UTC epoch milliseconds */
export function rebirthCommand(now: number): Uint8Array {
  const metric = new BinaryWriter();
  metric.tag(1, WireType.LengthDelimited).string(rebirth);
  metric.tag(3, WireType.Varint).uint64(now);
  metric.tag(4, WireType.Varint).uint32(boolean);
  metric.tag(14, WireType.Varint).bool(true);
  const payload = new BinaryWriter();
  payload.tag(1, WireType.Varint).uint64(now);
  payload.tag(2, WireType.LengthDelimited).bytes(metric.finish());
  return payload.finish();
}

function payloadIn(reader: BinaryReader): WirePayload | Refusal {
  let at: number | undefined;
  let seq: number | undefined;
  const metrics: WireMetric[] = [];
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (field === 1 && wire === WireType.Varint) at = Number(reader.uint64());
    else if (field === 3 && wire === WireType.Varint) seq = Number(reader.uint64());
    else if (field === 4 && wire === WireType.LengthDelimited) {
      if (reader.string() === 'SPBV1.0_COMPRESSED') return compressed;
    } else if (field === 2 && wire === WireType.LengthDelimited) {
      if (metrics.length === mostMetrics) return tooMany;
      metrics.push(metricIn(new BinaryReader(reader.bytes())));
    } else reader.skip(wire, field);
  }
  return { at, seq, metrics };
}

function metricIn(reader: BinaryReader): WireMetric {
  const metric: WireMetric = { historical: false, null: false, good: true };
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (wire === WireType.Varint) readWhole(reader, field, metric);
    else if (field === 12 && wire === WireType.Bit32) metric.value = shortest(reader.float());
    else if (field === 13 && wire === WireType.Bit64) metric.value = reader.double();
    else if (wire !== WireType.LengthDelimited) reader.skip(wire, field);
    else if (field === 1) readName(reader.string(), metric);
    else if (field === 15) metric.value = reader.string();
    else if (field === 9) readProperties(new BinaryReader(reader.bytes()), metric);
    else reader.skip(wire, field);
  }
  return metric;
}

/** Some nodes write an empty name beside the alias. */
function readName(name: string, metric: WireMetric): void {
  if (name !== '') metric.name = name;
}

function readWhole(reader: BinaryReader, field: number, metric: WireMetric): void {
  const whole = BigInt(reader.uint64());
  if (field === 2) metric.alias = whole;
  else if (field === 3) metric.at = Number(whole);
  else if (field === 4) metric.datatype = Number(whole);
  else if (field === 5) metric.historical = whole !== 0n;
  else if (field === 7) metric.null = whole !== 0n;
  else if (field === 10 || field === 11) metric.value = whole;
  else if (field === 14) metric.value = whole !== 0n;
}

/** `Quality` and `engUnit` are the two that change what a value is worth. */
function readProperties(reader: BinaryReader, metric: WireMetric): void {
  const keys: string[] = [];
  const values: (bigint | string | undefined)[] = [];
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (wire !== WireType.LengthDelimited) reader.skip(wire, field);
    else if (field === 1) keys.push(reader.string());
    else if (field === 2) values.push(propertyIn(new BinaryReader(reader.bytes())));
    else reader.skip(wire, field);
  }
  const quality = values[keys.indexOf('Quality')];
  const unit = values[keys.indexOf('engUnit')];
  metric.good = typeof quality !== 'bigint' || quality === BigInt(goodQuality);
  if (typeof unit === 'string' && unit !== '') metric.unit = unit;
}

function propertyIn(reader: BinaryReader): bigint | string | undefined {
  let value: bigint | string | undefined;
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if ((field === 3 || field === 4) && wire === WireType.Varint) value = BigInt(reader.uint64());
    else if (field === 8 && wire === WireType.LengthDelimited) value = reader.string();
    else reader.skip(wire, field);
  }
  return value;
}

/** The shortest decimal that is this float: 21.3, and not the 21.299999237060547 of a wider number. */
function shortest(float: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(float.toPrecision(digits));
    if (Math.fround(short) === float) return short;
  }
  return float;
}

const compressed = malformed(
  'The payload is compressed',
  'switch the compression of the edge node off',
);
const tooMany = new Refusal(
  'DECODE_TOO_MANY_FIELDS',
  `The message has more than ${mostMetrics} metrics`,
  'send fewer metrics at a time',
);
