import type { Family, Opening } from '../envelope.ts';
import { isObject, textOf } from '../payload.ts';
import { Refusal } from '../refusal.ts';
import { below, type Json, numberIn, objectIn, objectOf, presence, presenceIn } from './parts.ts';

interface Place {
  readonly prefix: string;
  readonly device: string;
  /** Last level: `SENSOR`, `LWT`, `POWER1`. */
  readonly leaf: string;
}

const prefixes: ReadonlySet<string> = new Set(['tele', 'stat', 'cmnd']);
/** `Status 8` and `Status 10` answer with what SENSOR says, `Status 11` with what STATE says. */
const wrapped: Readonly<Record<string, string>> = {
  STATUS8: 'StatusSNS',
  STATUS10: 'StatusSNS',
  STATUS11: 'StatusSTS',
};
/** A sensor hangs at most this deep: `ESP32.Temperature`, `ANALOG.Temperature1`. */
const sensorLevels = 3;
const leastMilliseconds = 1e11;

/**
 * Tasmota with a FullTopic of `%prefix%/%topic%/` or `%topic%/%prefix%/` below its base. `Time` has no zone,
 * so it is no device time: the gateway stamps. A device that is told to add the offset (SetOption52) or
 * the epoch (Time) gives one.
 */
export const tasmota: Family = {
  format: 'tasmota',
  defaultBases: [''],
  claims: (topic, base) => placeOf(topic, base) !== undefined,
  create: () => ({ open }),
};

function placeOf(topic: string, base: string): Place | undefined {
  const levels = below(topic, base)?.split('/') ?? [];
  const leaf = levels.pop() ?? '';
  if (levels.length < 2) return undefined;
  const [first = ''] = levels;
  const last = levels.at(-1) ?? '';
  const prefix = prefixes.has(first) ? first : last;
  if (!prefixes.has(prefix) || !(prefix === 'cmnd' || /^[A-Z][A-Z0-9_]{0,31}$/.test(leaf))) {
    return undefined;
  }
  const named = prefix === first ? levels.slice(1) : levels.slice(0, -1);
  return { prefix, device: named.join('/'), leaf };
}

function open(topic: string, payload: Uint8Array, base: string): Opening {
  const place = placeOf(topic, base);
  if (place === undefined || place.prefix === 'cmnd' || payload.length === 0) return [];
  const { device, leaf } = place;
  if (leaf === 'LWT') {
    const online = presenceIn(payload, { on: 'online', off: 'offline' });
    return online instanceof Refusal ? online : [presence(device, online)];
  }
  const message = messageOf(leaf, payload);
  if (message instanceof Refusal) return message;
  const inner = wrapped[leaf];
  const values = inner === undefined ? message : objectIn(message, inner);
  // The other answers to Status and the lines at its start are about the firmware.
  if (values === undefined || (inner === undefined && /^(STATUS|INFO)\d*$/.test(leaf))) {
    return [{ device, about: 'sign', body: {}, at: null }];
  }
  return [{ device, about: 'values', body: bodyOf(values), at: timeOf(values) }];
}

/** JSON where Tasmota sends JSON; elsewhere a bare text counts under the name of its topic: `POWER` is `OFF`. */
function messageOf(leaf: string, payload: Uint8Array): Json | Refusal {
  if (/^(SENSOR|STATE|RESULT|STATUS\d*|INFO\d*)$/.test(leaf)) return objectOf(payload);
  const text = textOf(payload);
  if (text instanceof Refusal) return text;
  const trimmed = text.trim();
  return trimmed.startsWith('{') ? objectOf(payload) : { [leaf]: trimmed };
}

function bodyOf(values: Json): Json {
  const fahrenheit = values.TempUnit === 'F';
  const body = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      fahrenheit ? withUnit(name, actionOf(name, value), 1) : actionOf(name, value),
    ]),
  );
  // RSSI beside it is a share of 100.
  const signal = numberIn(objectIn(values, 'Wifi') ?? {}, 'Signal');
  return signal === undefined ? body : { ...body, $rssi: signal };
}

/** A detached switch says `{"Switch1":{"Action":"ON"}}` at once, and `"Switch1":"ON"` every few minutes. */
function actionOf(name: string, value: unknown): unknown {
  if (!isObject(value) || !/^(Switch|Button)\d{1,2}$/.test(name)) return value;
  return typeof value.Action === 'string' ? value.Action : value;
}

/** One unit holds for every temperature of a message. */
function withUnit(name: string, value: unknown, level: number): unknown {
  if (typeof value === 'number' && /^(Temperature|DewPoint)\d{0,2}$/.test(name)) {
    return { value, unit: '°F' };
  }
  if (!isObject(value) || level > sensorLevels) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, withUnit(key, inner, level + 1)]),
  );
}

/** The epoch where the device gives it, or a time with its offset. */
function timeOf(values: Json): number | string | null {
  const inner = objectIn(values, 'Time');
  const epoch = numberIn(inner ?? values, 'Epoch') ?? numberIn(values, 'Time');
  if (epoch !== undefined) return epoch < leastMilliseconds ? epoch * 1_000 : epoch;
  const time = inner?.Time ?? values.Time;
  return typeof time === 'string' && /^[^T]{10}T[^T]{5,16}(Z|[+-]\d\d:?\d\d)$/.test(time)
    ? time
    : null;
}
