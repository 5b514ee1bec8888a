import type { ReadingValue } from '@caretaker/readings';
import { kinds } from '../kinds/index.ts';
import type { Estate, FieldMapping, Mapping } from '../model/index.ts';
import { convert } from '../units.ts';
import { round } from './noise.ts';
import type { Message } from './story.ts';

/** A message as it goes over the wire. */
export interface Wire {
  readonly topic: string;
  readonly payload: string;
}

/** Puts messages into the form in which the estate expects each device to speak. */
export function createEncoder(estate: Estate): (message: Message) => Wire {
  const mappings = new Map(estate.mappings.map((mapping) => [mapping.asset, mapping]));
  return (message) => {
    const mapping = mappings.get(message.asset.id);
    if (mapping === undefined) return native(message);
    const { topic, device } = mapping;
    if (mapping.format === 'chirpstack' && device !== undefined) {
      return uplink(message, mapping, device);
    }
    if (topic === undefined || /[+#]/.test(topic)) return native(message);
    const payload = mapping.format === 'bare' ? bare(message, mapping) : vendor(message, mapping);
    return payload === null ? native(message) : { topic, payload };
  };
}

function native({ asset, at, values }: Message): Wire {
  return { topic: `caretaker/${asset.id}`, payload: JSON.stringify({ at, ...values }) };
}

function bare(message: Message, mapping: Mapping): string | null {
  const field = mapping.fields[0];
  const value = field === undefined ? undefined : message.values[field.metric];
  if (field === undefined || value === undefined) return null;
  return String(said(value, field, message.asset.kind));
}

/** An uplink as ChirpStack hands it on. */
function uplink(message: Message, mapping: Mapping, device: string): Wire {
  const { asset, at, values } = message;
  const event = {
    deduplicationId: `${device} ${at} ${Object.keys(values).join()}`,
    time: new Date(at).toISOString(),
    deviceInfo: { deviceName: asset.name.en, devEui: device, deviceProfileName: mapping.preset },
    fPort: 85,
    object: decoded(message, mapping),
  };
  const topic = `application/${asset.estate}/device/${device}/event/up`;
  return { topic, payload: JSON.stringify(event) };
}

function vendor(message: Message, mapping: Mapping): string {
  const payload = decoded(message, mapping);
  if (mapping.format === 'zigbee2mqtt') payload.linkquality = 120;
  if (mapping.at !== undefined) put(payload, mapping.at, new Date(message.at).toISOString());
  return JSON.stringify(payload);
}

/** The values of a message where the fields of its mapping look for them. */
function decoded(message: Message, mapping: Mapping): Record<string, unknown> {
  const payload: Record<string, unknown> = {};
  const done = new Set<string>();
  for (const field of mapping.fields) {
    const value = message.values[field.metric];
    if (value === undefined || done.has(field.metric)) continue;
    done.add(field.metric);
    put(payload, field.path, said(value, field, message.asset.kind));
  }
  return payload;
}

/** The value in the device's own words and unit: the mapping, read backwards. */
function said(value: ReadingValue, field: FieldMapping, kind: string): ReadingValue {
  const word = Object.entries(field.words ?? {}).find(([, ours]) => ours === value)?.[0];
  if (word !== undefined) return word === 'true' || word === 'false' ? word === 'true' : word;
  if (typeof value !== 'number') return value;
  const number = (value - (field.offset ?? 0)) / (field.scale ?? 1);
  const unit = kinds[kind]?.metrics[field.metric]?.unit ?? '';
  return round(convert(number, unit, field.unit ?? unit) ?? number, 6);
}

function put(message: Record<string, unknown>, path: string, value: unknown): void {
  const steps = path.split('.');
  const last = steps.pop() ?? path;
  let at = message;
  for (const step of steps) {
    const below = at[step];
    const next = typeof below === 'object' && below !== null ? { ...below } : {};
    at[step] = next;
    at = next;
  }
  at[last] = value;
}
