import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** A metric to be written as Sparkplug B; which value field is used follows from what is given. */
export interface SparkplugMetric {
  readonly name?: string;
  readonly alias?: number;
  readonly timestamp?: number;
  readonly datatype?: number;
  readonly historical?: boolean;
  readonly null?: boolean;
  readonly properties?: Readonly<Record<string, string | number>>;
  readonly int?: number;
  readonly long?: bigint;
  readonly float?: number;
  readonly double?: number;
  readonly boolean?: boolean;
  readonly string?: string;
  /** Any template: its content is nobody's business. */
  readonly template?: Uint8Array;
}

/** The bytes of a Sparkplug B payload, as a device would write them. */
export function sparkplugPayload(message: {
  readonly timestamp?: number;
  readonly seq?: number;
  readonly metrics: readonly SparkplugMetric[];
}): Uint8Array {
  const payload = new BinaryWriter();
  if (message.timestamp !== undefined) payload.tag(1, WireType.Varint).uint64(message.timestamp);
  for (const metric of message.metrics) {
    payload.tag(2, WireType.LengthDelimited).bytes(written(metric));
  }
  if (message.seq !== undefined) payload.tag(3, WireType.Varint).uint64(message.seq);
  return payload.finish();
}

function written(metric: SparkplugMetric): Uint8Array {
  const to = new BinaryWriter();
  if (metric.name !== undefined) to.tag(1, WireType.LengthDelimited).string(metric.name);
  if (metric.alias !== undefined) to.tag(2, WireType.Varint).uint64(metric.alias);
  if (metric.timestamp !== undefined) to.tag(3, WireType.Varint).uint64(metric.timestamp);
  if (metric.datatype !== undefined) to.tag(4, WireType.Varint).uint32(metric.datatype);
  if (metric.historical !== undefined) to.tag(5, WireType.Varint).bool(metric.historical);
  if (metric.null !== undefined) to.tag(7, WireType.Varint).bool(metric.null);
  if (metric.properties !== undefined) {
    to.tag(9, WireType.LengthDelimited).bytes(properties(metric.properties));
  }
  if (metric.int !== undefined) to.tag(10, WireType.Varint).uint32(metric.int >>> 0);
  if (metric.long !== undefined)
    to.tag(11, WireType.Varint).uint64(BigInt.asUintN(64, metric.long));
  if (metric.float !== undefined) to.tag(12, WireType.Bit32).float(metric.float);
  if (metric.double !== undefined) to.tag(13, WireType.Bit64).double(metric.double);
  if (metric.boolean !== undefined) to.tag(14, WireType.Varint).bool(metric.boolean);
  if (metric.string !== undefined) to.tag(15, WireType.LengthDelimited).string(metric.string);
  if (metric.template !== undefined) to.tag(18, WireType.LengthDelimited).bytes(metric.template);
  return to.finish();
}

function properties(named: Readonly<Record<string, string | number>>): Uint8Array {
  const to = new BinaryWriter();
  for (const key of Object.keys(named)) to.tag(1, WireType.LengthDelimited).string(key);
  for (const value of Object.values(named)) {
    const property = new BinaryWriter();
    if (typeof value === 'number') property.tag(3, WireType.Varint).uint32(value);
    else property.tag(8, WireType.LengthDelimited).string(value);
    to.tag(2, WireType.LengthDelimited).bytes(property.finish());
  }
  return to.finish();
}
