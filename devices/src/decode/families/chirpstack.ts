import type { Envelope, Family, Opening } from '../envelope.ts';
import { isObject, jsonOf, messageIn } from '../payload.ts';
import { Refusal } from '../refusal.ts';
import { bestSignal, type UplinkFacts, uplink } from './lorawan.ts';

/** `BASE/APPLICATION/device/EUI/event/EVENT`, and without `event` before version 3.11; commands beside it. */
const deviceTopic = /^[^/]+\/device\/([^/]+)\/(?:event\/|(command)\/)?([a-z]+)$/;

/** Names of events before version 3.11. */
const oldEvents: Readonly<Record<string, string>> = { rx: 'up', error: 'log' };

/** ChirpStack 4 and 3, with JSON as the form of its events. */
export const chirpstack: Family = {
  format: 'chirpstack',
  defaultBases: ['application'],
  claims: (topic, base) =>
    topic.startsWith(`${base}/`) && deviceTopic.test(topic.slice(base.length + 1)),
  create: () => ({ open }),
};

function open(topic: string, payload: Uint8Array, base: string): Opening {
  const [, fromTopic, command, event] = deviceTopic.exec(topic.slice(base.length + 1)) ?? [];
  if (fromTopic === undefined || event === undefined || command !== undefined) return [];
  const kind = oldEvents[event] ?? event;
  // Commands are ours to the device; a transmission is the gateway's, not the device's.
  if (!known.has(kind)) return [];
  const message = messageIn(payload);
  if (message instanceof Refusal) return message.code === 'DECODE_NOT_JSON' ? notJson : message;
  if (!isObject(message)) return notJson;
  const facts = factsOf(message, kind, fromTopic);
  if (kind === 'up') return uplink(facts, message.fPort, decodedOf(message));
  return sign(facts, kind, message);
}

/** Events that come from the device. */
const known: ReadonlySet<string> = new Set(['up', 'status', 'join', 'ack', 'log', 'location']);

function sign(
  { facts, ...about }: UplinkFacts,
  kind: string,
  message: Readonly<Record<string, unknown>>,
): readonly Envelope[] {
  // What is logged of a downlink that failed says that the device did not answer.
  if (kind === 'log' && !isOfUplink(message.code ?? message.type)) return [];
  const body = kind === 'status' ? { ...facts, ...batteryOf(message) } : facts;
  return [{ ...about, about: 'sign', body }];
}

function isOfUplink(code: unknown): boolean {
  return typeof code !== 'string' || !/DOWNLINK|EXPIRED|MULTICAST/.test(code);
}

function factsOf(
  message: Readonly<Record<string, unknown>>,
  kind: string,
  fromTopic: string,
): UplinkFacts {
  // Version 3 has no `deviceInfo`: the names stand in the message itself.
  const info = isObject(message.deviceInfo) ? message.deviceInfo : message;
  const device = euiOf(info.devEui ?? info.devEUI) ?? euiOf(fromTopic) ?? fromTopic.toLowerCase();
  const { deduplicationId: id, time = message.publishedAt } = message;
  return {
    device,
    at: typeof time === 'string' ? time : null,
    // What the network concludes from an uplink has the id of that uplink.
    ...(typeof id === 'string' && id !== '' ? { id: kind === 'up' ? id : `${kind} ${id}` } : {}),
    facts: {
      ...bestSignal(message.rxInfo),
      $fcnt: message.fCnt,
      $name: info.deviceName,
      $model: info.deviceProfileName,
    },
  };
}

/** Hexadecimal, or as version 3 writes bytes in JSON: base64. */
function euiOf(raw: unknown): string | undefined {
  if (typeof raw !== 'string') return undefined;
  if (/^[0-9a-f]{16}$/i.test(raw)) return raw.toLowerCase();
  if (!/^[A-Za-z0-9+/]{11}=$/.test(raw)) return undefined;
  return Buffer.from(raw, 'base64').toString('hex');
}

/** What the codec made of the payload; in version 3 a text of JSON within JSON. */
function decodedOf({ object, objectJSON }: Readonly<Record<string, unknown>>): unknown {
  if (object !== undefined || typeof objectJSON !== 'string' || objectJSON === '') return object;
  const decoded = jsonOf(objectJSON);
  return decoded instanceof Refusal ? undefined : decoded;
}

/** Percent; nothing where the device does not know it, or runs on the mains. */
function batteryOf(status: Readonly<Record<string, unknown>>): { $battery?: unknown } {
  const { batteryLevel, batteryLevelUnavailable, externalPowerSource } = status;
  return batteryLevelUnavailable === true || externalPowerSource === true
    ? {}
    : { $battery: batteryLevel };
}

const notJson = new Refusal(
  'DECODE_NOT_JSON',
  'The event of ChirpStack is no JSON object',
  'set json as the marshaler of its MQTT integration',
);
