import type { Envelope, Family, Opening } from '../envelope.ts';
import { isObject, messageIn } from '../payload.ts';
import { Refusal } from '../refusal.ts';
import { bestSignal, type UplinkFacts, uplink } from './lorawan.ts';

/** `BASE/APPLICATION[@TENANT]/devices/DEVICE/KIND`. */
const messageTopic = /^[^/]+\/devices\/([^/]+)\/(up|join|down\/n?ack|location\/solved)$/;

/** The Things Stack 3. It leaves out what is empty, zero or false: that is no fault. */
export const ttn: Family = {
  format: 'ttn',
  defaultBases: ['v3'],
  claims: (topic, base) =>
    topic.startsWith(`${base}/`) && /^[^/]+\/devices\/[^/]+\//.test(topic.slice(base.length + 1)),
  create: () => ({ open }),
};

function open(topic: string, payload: Uint8Array, base: string): Opening {
  const [, fromTopic, kind] = messageTopic.exec(topic.slice(base.length + 1)) ?? [];
  // Downlinks on their way are no sign of the device; whether it took one is.
  if (fromTopic === undefined || kind === undefined) return [];
  const message = messageIn(payload);
  if (message instanceof Refusal) return message;
  if (!isObject(message)) return notAnObject;
  const up = isObject(message.uplink_message) ? message.uplink_message : null;
  const facts = factsOf(message, up, fromTopic);
  if (kind === 'up' && up !== null) return uplink(facts, up.f_port, up.decoded_payload);
  const { facts: body, ...about } = facts;
  return [{ ...about, about: 'sign', body } satisfies Envelope];
}

function factsOf(
  message: Readonly<Record<string, unknown>>,
  up: Readonly<Record<string, unknown>> | null,
  fromTopic: string,
): UplinkFacts {
  const ids = isObject(message.end_device_ids) ? message.end_device_ids : {};
  const eui = typeof ids.dev_eui === 'string' ? [ids.dev_eui.toLowerCase()] : [];
  const time = up?.received_at ?? message.received_at;
  const count = typeof up?.f_cnt === 'number' ? up.f_cnt : 0;
  const device = typeof ids.device_id === 'string' ? ids.device_id : fromTopic;
  return {
    device,
    aliases: eui,
    at: typeof time === 'string' ? time : null,
    // The network merges what several gateways heard; an uplink has no id beside its counter and time.
    ...(up === null || typeof time !== 'string' ? {} : { id: `${device} ${count} ${time}` }),
    ...(message.simulated === true || up?.simulated === true ? { simulated: true } : {}),
    facts: {
      ...bestSignal(up?.rx_metadata),
      ...batteryOf(up?.last_battery_percentage),
      $fcnt: count,
      $name: device,
    },
  };
}

/** Since 3.33 an object: `{ "value": 82.7, "f_cnt": 11, … }`. */
function batteryOf(raw: unknown): { $battery?: unknown } {
  if (isObject(raw)) return { $battery: raw.value };
  return typeof raw === 'number' ? { $battery: raw } : {};
}

const notAnObject = new Refusal(
  'DECODE_NOT_JSON',
  'The message of The Things Stack is no JSON object',
  'check the topic of the source',
);
