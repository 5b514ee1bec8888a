import type { Asset, Estate, Mapping } from '../model/index.ts';
import type { Decoder, Unmapped } from './decoder.ts';
import type { Family, Opener, Request } from './envelope.ts';
import { families } from './families.ts';
import { readersOf, stepsOf } from './fields.ts';
import { type Bound, mapped } from './mapped.ts';
import { type Handler, nativeBare, nativeObject, unknownNative } from './native.ts';
import { DeviceTable, type Named, readOpened } from './opened.ts';
import { asRetained, ignored, merged, refused } from './outcome.ts';
import { isObject, jsonOf, textOf } from './payload.ts';
import { Refusal } from './refusal.ts';
import { Routes } from './routes.ts';
import { type Target, targetsOf } from './target.ts';
import { basesOf } from './topics.ts';
import { zigbeeAside } from './zigbee-aside.ts';

/** What a message may turn out to be beside what the estate maps to its topic. */
interface Source {
  readonly family: Family;
  readonly opener: Opener;
  readonly bases: readonly string[];
}

/** What a decoder's openers remember, for the one that takes its place. */
const openersOf = new WeakMap<Decoder, ReadonlyMap<Family, Opener>>();

/**
 * A decoder for the devices of one estate: our own JSON and bare values under `caretaker/`, and everything
 * its mappings describe.
 * @param before the one whose place it takes: what families remember goes on
 */
export function createDecoder(estate: Estate, before?: Decoder): Decoder {
  const targets = new Map(estate.assets.map((asset) => [asset.id, targetsOf(asset)]));
  const routes = nativeRoutes(estate.assets, targets);
  const devices = new DeviceTable();
  const known = before === undefined ? undefined : openersOf.get(before);
  const sources = families.map(
    (family): Source => ({
      family,
      opener: known?.get(family) ?? family.create(),
      bases: basesOf(estate, family),
    }),
  );
  for (const mapping of estate.mappings) {
    const bound = boundOf(mapping, targets);
    const named = namedBy(mapping, sources);
    if (named !== undefined) devices.add(mapping.format, named, bound);
    else if (mapping.topic !== undefined) routes.add(mapping.topic, mapped(bound));
  }
  const isAside = zigbeeAside(estate);

  const decodeOne: Decoder['decode'] = (topic, payload, arrival, trace) => {
    const listening = routes.find(topic);
    if (listening.length > 0) {
      // A wildcard mapping must not take a device's availability for a message of the device.
      if (isAside(topic) && !routes.names(topic)) return ignored('empty');
      return merged(listening.map((handle) => handle(topic, payload, arrival.received, trace)));
    }
    for (const { family, opener, bases } of sources) {
      const base = bases.find((one) => family.claims(topic, one));
      if (base === undefined) continue;
      const { format } = family;
      trace?.({ step: 'family', format, base });
      const opening = opener.open(topic, payload, base);
      return readOpened({ format, topic, base, opening, devices }, arrival, trace);
    }
    if (isAside(topic)) return ignored('empty');
    if (topic.startsWith('caretaker/') && topic.split('/', 4).length <= 3) {
      return unknownNative(topic, targets);
    }
    return refused(topic, unknownTopic, plainUnmapped(topic, payload));
  };
  const decoder: Decoder = {
    decode(topic, payload, arrival, trace) {
      const decoded = decodeOne(topic, payload, arrival, trace);
      return arrival.retained ? asRetained(decoded) : decoded;
    },
    requests: requestsOf(sources.map(({ opener }) => opener)),
  };
  openersOf.set(decoder, new Map(sources.map(({ family, opener }) => [family, opener])));
  return decoder;
}

/** Asked after every message, so it makes nothing unless there is something. */
function requestsOf(openers: readonly Opener[]): Decoder['requests'] {
  const asking = openers.filter((opener) => opener.requests !== undefined);
  return (now) => {
    let all: readonly Request[] = nothing;
    for (const opener of asking) {
      const requests = opener.requests?.(now) ?? nothing;
      if (requests.length > 0) all = [...all, ...requests];
    }
    return all;
  };
}

const nothing: readonly Request[] = [];

function nativeRoutes(
  assets: readonly Asset[],
  targets: ReadonlyMap<string, ReadonlyMap<string, Target>>,
): Routes<Handler> {
  const routes = new Routes<Handler>();
  for (const { id } of assets) {
    const own = targets.get(id) ?? new Map<string, Target>();
    routes.add(`caretaker/${id}`, nativeObject(id, own));
    for (const [metric, target] of own) {
      routes.add(`caretaker/${id}/${metric}`, nativeBare(id, target));
    }
  }
  return routes;
}

function boundOf(
  mapping: Mapping,
  targets: ReadonlyMap<string, ReadonlyMap<string, Target>>,
): Bound {
  const { asset, node, fields, nodeFields = [], at } = mapping;
  const of = (id: string) => targets.get(id) ?? new Map<string, Target>();
  return {
    mapping,
    readers: [
      ...readersOf(fields, of(asset)),
      ...(node === undefined ? [] : readersOf(nodeFields, of(node))),
    ],
    heard: node === undefined ? [asset] : [asset, node],
    at: at === undefined ? null : stepsOf(at),
  };
}

/** The device that a mapping names, or that its topic means where its family opens that topic. */
function namedBy(
  { format, topic, device }: Mapping,
  sources: readonly Source[],
): Named | undefined {
  if (device !== undefined) return { device };
  if (topic === undefined || /[+#]/.test(topic)) return undefined;
  const source = sources.find(({ family }) => family.format === format);
  const base = source?.bases.find((one) => topic.startsWith(`${one}/`));
  return base === undefined ? undefined : { device: topic.slice(base.length + 1), base };
}

/** What talks on a topic that nothing listens to. */
function plainUnmapped(topic: string, payload: Uint8Array): Unmapped | null {
  const text = textOf(payload);
  if (text instanceof Refusal || text === '') return null;
  const message = jsonOf(text);
  const [format, body] =
    isObject(message) && !(message instanceof Refusal)
      ? (['json', message] as const)
      : (['bare', { value: text.trim() }] as const);
  return { format, device: topic, aliases: [], name: null, topic, body };
}

const unknownTopic = new Refusal(
  'DECODE_UNKNOWN_TOPIC',
  'No asset and no mapping of this estate listens to this topic',
  'map it in the estate, or publish to caretaker/<asset>',
);
