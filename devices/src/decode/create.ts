import type { Estate } from '../model/index.ts';
import type { Decoded, Decoder } from './decoder.ts';
import { mapped } from './mapped.ts';
import {
  type Handler,
  nativeBare,
  nativeObject,
  refused,
  targetsOf,
  unknownNative,
} from './native.ts';
import { Refusal } from './refusal.ts';
import { Routes } from './routes.ts';

/** What Zigbee2MQTT says about itself and its devices beside their values. */
const zigbeeAsides: ReadonlySet<string> = new Set(['availability', 'set', 'get']);

/**
 * A decoder for the devices of one estate: our own JSON and bare values under `caretaker/`, and everything
 * its mappings describe.
 */
export function createDecoder(estate: Estate): Decoder {
  const assets = new Map(estate.assets.map((asset) => [asset.id, targetsOf(asset)]));
  const routes = new Routes<Handler>();
  for (const [asset, targets] of assets) {
    routes.add(`caretaker/${asset}`, nativeObject(targets));
    for (const [metric, target] of targets) {
      routes.add(`caretaker/${asset}/${metric}`, nativeBare(target));
    }
  }
  for (const mapping of estate.mappings) {
    routes.add(mapping.topic, mapped(mapping, assets.get(mapping.asset) ?? new Map()));
  }
  const isZigbeeAside = asideOf(estate);

  return {
    decode(topic, payload, received) {
      // A wildcard mapping must not take a device's availability for a message of the device.
      if (!routes.names(topic) && isZigbeeAside(topic)) return nothing;
      const listening = routes.find(topic);
      const first = listening[0];
      if (first === undefined) {
        if (/^caretaker\/[^/]*(\/[^/]*)?$/.test(topic)) return unknownNative(topic, assets);
        return refused(topic, unknownTopic);
      }
      if (listening.length === 1) return first(topic, payload, received);
      return merge(listening.map((handle) => handle(topic, payload, received)));
    },
  };
}

/** Base topics of Zigbee2MQTT are a setting: the first level of its mappings. */
function asideOf(estate: Estate): (topic: string) => boolean {
  const zigbee = estate.mappings.filter((mapping) => mapping.format === 'zigbee2mqtt');
  const bases = new Set(['zigbee2mqtt', ...zigbee.map((m) => m.topic.split('/', 1)[0] ?? '')]);
  return (topic) => {
    const [base = '', second] = topic.split('/', 2);
    if (!bases.has(base)) return false;
    return second === 'bridge' || zigbeeAsides.has(topic.slice(topic.lastIndexOf('/') + 1));
  };
}

function merge(parts: readonly Decoded[]): Decoded {
  return {
    found: parts.flatMap((part) => part.found),
    faults: parts.flatMap((part) => part.faults),
  };
}

const nothing: Decoded = { found: [], faults: [] };
const unknownTopic = new Refusal(
  'DECODE_UNKNOWN_TOPIC',
  'No asset and no mapping of this estate listens to this topic',
  'map it in the estate, or publish to caretaker/<asset>',
);
