import type { Chance } from './chance.ts';

/** Values that break what takes them for granted. */
const nasty: readonly unknown[] = [
  ...[null, true, false, '', 0, -0, 1, -1, 0.1, 1e21, -1e308, 1e308, 2 ** 53, 65_535, 1e10],
  ...['NaN', '1e999', '0x10', '-', ' ', '1,5', '12 parsecs', '2590 mm', '\u0000', '\ud800', '😀'],
  ...['__proto__', 'constructor', '2026-11-21T12:00:00Z', '2026-02-30T25:61:00Z', 'ON', 'open'],
  ...['x'.repeat(5_000), 'T'.repeat(3_000), '[1,2]'.repeat(500)],
  ...[[], {}, [[]], { value: 1 }, { value: '1 mm', unit: 'cm' }, { value: {}, unit: 3 }, [0, 1, 2]],
];
const names: readonly string[] = [
  ...['__proto__', 'constructor', 'toString', '', '.', 'a.b', 'value', 'unit', 'at', 'time', 'ts'],
  ...['Time', 'object', 'params', 'state', 'contact', 'distance', 'temperature', 'switch:0', '0'],
];
const deepest = 6;

/** A valid payload with something wrong in it: in its bytes, or in its JSON where it is some. */
export function mutated(payload: Uint8Array, chance: Chance): Uint8Array {
  if (payload[0] === 0x7b && !chance.once(3)) {
    const message: unknown = JSON.parse(Buffer.from(payload).toString());
    const count = 1 + chance.below(3);
    for (let i = 0; i < count; i++) deface(message, chance);
    return Buffer.from(JSON.stringify(message));
  }
  return scratched(payload, chance);
}

/** Changes one thing somewhere below an object. */
function deface(value: unknown, chance: Chance): void {
  if (typeof value !== 'object' || value === null) return;
  const record = value as Record<string, unknown>;
  const keys = Object.keys(record);
  const key = keys[chance.below(Math.max(1, keys.length))];
  const inner = key === undefined ? undefined : record[key];
  if (key === undefined || chance.once(8)) set(record, chance.pick(names), anything(chance));
  else if (typeof inner === 'object' && inner !== null && !chance.once(3)) deface(inner, chance);
  else if (chance.once(4)) Reflect.deleteProperty(record, key);
  else set(record, key, chance.once(4) ? near(inner, chance) : anything(chance));
}

/** As an own property, whatever its name. */
function set(record: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(record, key, {
    ...{ value, enumerable: true, writable: true, configurable: true },
  });
}

/** Wrong by little. */
function near(value: unknown, chance: Chance): unknown {
  if (typeof value === 'number') return value * chance.pick([-1, 10, 1_000, 0.001, 1e9]);
  if (typeof value === 'string') return value.slice(0, chance.below(value.length + 1));
  return typeof value === 'boolean' ? String(value) : [value];
}

/** Any JSON value, mostly small, sometimes a tower. */
function anything(chance: Chance, level = 0): unknown {
  // A copy, because it may be defaced further.
  if (level >= deepest || !chance.once(3)) return structuredClone(chance.pick(nasty));
  const count = chance.below(5);
  const inner = Array.from({ length: count }, () => anything(chance, level + 1));
  if (chance.once(3)) return inner;
  return Object.fromEntries(inner.map((value) => [chance.pick(names), value]));
}

function scratched(payload: Uint8Array, chance: Chance): Uint8Array {
  const bytes = [...payload];
  const count = 1 + chance.below(6);
  for (let i = 0; i < count; i++) {
    const at = chance.below(bytes.length + 1);
    switch (chance.below(6)) {
      case 0:
        bytes[at] = chance.below(256);
        break;
      case 1:
        bytes.splice(at, 1);
        break;
      case 2:
        bytes.splice(at, 0, chance.below(256));
        break;
      case 3:
        // One bit: lengths and tags of Protobuf break by it.
        bytes[at] = (bytes[at] ?? 0) ^ (1 << chance.below(8));
        break;
      case 4:
        bytes.length = at;
        break;
      default:
        bytes.push(...bytes.slice(at, at + chance.below(64)));
    }
  }
  return Uint8Array.from(bytes, (byte) => byte ?? 0);
}

/** Bytes or text that nobody meant. */
export function random(chance: Chance): Uint8Array {
  switch (chance.below(8)) {
    case 0:
      return new Uint8Array(0);
    case 1:
      return Buffer.from(
        chance.pick(['online', 'OFF', '21.5', 'true', 'null', '-1e999', '0 mm', '🌊']),
      );
    case 2:
      return Buffer.from(
        chance.pick(['{', '{{{{', '[[[[', '{"a":', '"']).repeat(chance.below(2_000)),
      );
    case 3:
    case 4:
      return Buffer.from(JSON.stringify(anything(chance)) ?? '');
    default:
      return noise(chance);
  }
}

function noise(chance: Chance): Uint8Array {
  // One in some thousands is as large as a broker lets through.
  const length = chance.once(4_000) ? 262_144 : chance.below(300);
  const bytes = new Uint8Array(length);
  const alphabet = chance.pick([256, 128, 16]);
  for (let i = 0; i < length; i++) bytes[i] = chance.below(alphabet);
  return bytes;
}
