import type { Envelope, Family, Opening } from '../envelope.ts';
import { isObject } from '../payload.ts';
import { Refusal } from '../refusal.ts';
import {
  below,
  type Json,
  malformed,
  numberIn,
  objectIn,
  objectOf,
  presence,
  presenceIn,
  textIn,
} from './parts.ts';

/** What a topic of a device is about; its prefix is a setting of the device, by default its id. */
interface Place {
  readonly prefix: string;
  readonly about: 'events' | 'online' | 'status' | 'aside';
  /** `switch:0`; of `status` only. */
  readonly component: string;
}

/** Devices whose prefix is not their id, by base and prefix. More than one gateway of an estate has. */
const mostPrefixes = 4_096;
/** Of a name that is remembered; ids have some twenty characters. */
const longestName = 256;
/** A clock that was never set counts from 1970. */
const firstCredible = 1_000_000_000;
/** Events of the script that repeats what Bluetooth devices say. */
const blu = 'shelly-blu';

/**
 * Shelly from the second generation on. A device has no base topic of its own, so without one what is claimed
 * is told by its shape: any `…/events/rpc`, and the rest where its prefix begins with `shelly`.
 */
export const shelly: Family = {
  format: 'shelly',
  defaultBases: [''],
  claims: (topic, base) => placeOf(topic, base) !== undefined,
  create() {
    const ids = new Map<string, string>();
    return {
      open(topic, payload, base) {
        const place = placeOf(topic, base);
        if (place === undefined || place.about === 'aside' || payload.length === 0) return [];
        // The same prefix under another base is another device.
        const key = `${base}/${place.prefix}`;
        if (place.about === 'events') return openEvents(place, payload, ids, key);
        const { device, aliases } = namesOf(place.prefix, ids.get(key));
        if (place.about === 'online') {
          const online = presenceIn(payload, { on: 'true', off: 'false' });
          return online instanceof Refusal ? online : [presence(device, online, aliases)];
        }
        const status = objectOf(payload);
        if (status instanceof Refusal) return status;
        const body = withFacts({ [place.component]: status });
        return [{ device, aliases, about: 'values', body, at: null }];
      },
    };
  },
};

function placeOf(topic: string, base: string): Place | undefined {
  const rest = below(topic, base);
  if (rest === undefined) return undefined;
  const levels = rest.split('/');
  const last = levels.pop() ?? '';
  const above = levels.at(-1);
  // A base may be the whole prefix of one device.
  const prefixOf = (cut: number) => levels.slice(0, levels.length - cut).join('/') || base;
  const ours = (prefix: string) => base !== '' || /(^|\/)shelly[^/]*$/.test(prefix);
  if (last === 'rpc' && above === 'events') return placed(prefixOf(1), 'events');
  if (above === 'status' && /^[a-z0-9_]+(:\d+)?$/.test(last)) {
    const told = last.includes(':') || ours(prefixOf(1));
    return told ? placed(prefixOf(1), 'status', last) : undefined;
  }
  if (above === 'debug' && last === 'log' && ours(prefixOf(1))) return placed(prefixOf(1), 'aside');
  if (!ours(prefixOf(0))) return undefined;
  if (last === 'online') return placed(prefixOf(0), 'online');
  return last === 'rpc' || last === 'command' ? placed(prefixOf(0), 'aside') : undefined;
}

function placed(prefix: string, about: Place['about'], component = ''): Place | undefined {
  return prefix === '' ? undefined : { prefix, about, component };
}

/** Only events carry the id; elsewhere it is what they last said under the same prefix. */
function namesOf(prefix: string, id: string | undefined) {
  return id === undefined || id === prefix
    ? { device: prefix, aliases: [] }
    : { device: id, aliases: [prefix] };
}

function openEvents(
  place: Place,
  payload: Uint8Array,
  ids: Map<string, string>,
  key: string,
): Opening {
  const message = objectOf(payload);
  if (message instanceof Refusal) return message;
  const id = textIn(message, 'src');
  if (id === undefined) return malformed('The message has no src: whose is it?', checkSender);
  if (id.length > longestName || place.prefix.length > longestName) {
    return malformed('The src of the message, or its prefix, is too long for a name', checkSender);
  }
  if (id !== place.prefix) remember(ids, key, id);
  const { device, aliases } = namesOf(place.prefix, id);
  const method = textIn(message, 'method') ?? '';
  const params = objectIn(message, 'params');
  if (method === 'NotifyStatus' || method === 'NotifyFullStatus') {
    if (params === undefined) return malformed(`${method} has no params`, checkSender);
    const { ts, ...components } = params;
    return [{ device, aliases, about: 'values', body: withFacts(components), at: timeOf(ts) }];
  }
  const sign: Envelope = { device, aliases, about: 'sign', body: {}, at: null };
  if (method !== 'NotifyEvent') return [sign];
  const events: unknown = params?.events;
  if (!Array.isArray(events)) return malformed('NotifyEvent has no events', checkSender);
  const opened = events.filter(isObject).flatMap((event): Envelope[] => {
    const at = timeOf(event.ts ?? params?.ts);
    return bluDevice(event, at) ?? componentEvent(event, { device, aliases, at });
  });
  return opened.length > 0 ? opened : [sign];
}

function remember(ids: Map<string, string>, key: string, id: string): void {
  ids.delete(key);
  ids.set(key, id);
  const [oldest] = ids.keys();
  if (ids.size > mostPrefixes && oldest !== undefined) ids.delete(oldest);
}

/** `input:0.event` says `single_push`. */
function componentEvent(
  event: Json,
  from: Pick<Envelope, 'device' | 'aliases' | 'at'>,
): Envelope[] {
  const component = textIn(event, 'component');
  return component === undefined
    ? []
    : [{ ...from, about: 'values', body: { [component]: event } }];
}

/** A Bluetooth device is one of its own: named by its address, whichever Shelly heard it. */
function bluDevice(event: Json, at: number | null): Envelope[] | undefined {
  const data = event.event === blu ? objectIn(event, 'data') : undefined;
  const address =
    data === undefined ? undefined : (textIn(data, 'address') ?? textIn(data, 'addr'));
  if (data === undefined || address === undefined) return undefined;
  const device = address.toLowerCase();
  const facts = { $rssi: numberIn(data, 'rssi'), $battery: numberIn(data, 'battery') };
  const aliases = [device.replaceAll(':', '')];
  return [{ device, aliases, about: 'values', body: { ...data, ...said(facts) }, at }];
}

function withFacts(components: Json): Json {
  const battery = objectIn(objectIn(components, 'devicepower:0') ?? {}, 'battery');
  const facts = {
    $rssi: numberIn(objectIn(components, 'wifi') ?? {}, 'rssi'),
    $battery: numberIn(battery ?? {}, 'percent'),
  };
  return { ...components, ...said(facts) };
}

function said(facts: Readonly<Record<string, number | undefined>>): Json {
  return Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact !== undefined));
}

/** Unix seconds with a fraction. Null where the device does not know the time. */
function timeOf(ts: unknown): number | null {
  return typeof ts === 'number' && ts >= firstCredible ? Math.round(ts * 1_000) : null;
}

const checkSender = 'check which program publishes to this topic';
