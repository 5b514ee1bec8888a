import type { Family, Opening } from '../envelope.ts';
import { Refusal } from '../refusal.ts';
import { below, objectIn, objectOf, presence, presenceIn, textIn } from './parts.ts';

const availability = '/availability';

/**
 * Zigbee2MQTT 1.x and 2.x: `<base>/<friendly name>` with the device's state as JSON. A friendly name may have
 * levels of its own, so everything that is no aside is one.
 */
export const zigbee2mqtt: Family = {
  format: 'zigbee2mqtt',
  defaultBases: ['zigbee2mqtt'],
  claims: (topic, base) => (below(topic, base) ?? '') !== '',
  create: () => ({ open }),
};

function open(topic: string, payload: Uint8Array, base: string): Opening {
  const name = below(topic, base) ?? '';
  // An empty retained message only clears a topic.
  if (payload.length === 0 || isAside(name)) return [];
  if (name.endsWith(availability)) {
    const online = presenceIn(payload, { on: 'online', off: 'offline' });
    if (online instanceof Refusal) return online;
    return [presence(name.slice(0, -availability.length), online)];
  }
  const body = objectOf(payload);
  if (body instanceof Refusal) return body;
  const { last_seen: seen } = body;
  // Present when it is asked to include what it knows of the device.
  const address = textIn(objectIn(body, 'device') ?? {}, 'ieeeAddr');
  return [
    {
      device: name,
      aliases: address === undefined ? [] : [address],
      about: 'values',
      body,
      at: typeof seen === 'number' || typeof seen === 'string' ? seen : null,
    },
  ];
}

/** What it says of itself, and commands to a device: `<name>/set`, `<name>/get`, `<name>/set/<attribute>`. */
function isAside(name: string): boolean {
  return name === 'bridge' || name.startsWith('bridge/') || /.\/[sg]et(\/|$)/.test(name);
}
