import type { Fault } from '@caretaker/readings/base';
import { deviceName, type Format } from '../model/index.ts';
import type { Arrival, Decoded, Found, Ignored, Unmapped } from './decoder.ts';
import type { Envelope, Opening } from './envelope.ts';
import { lookUp, readBody } from './fields.ts';
import type { Bound } from './mapped.ts';
import { ignored, refused } from './outcome.ts';
import { Refusal, shown } from './refusal.ts';
import { readTime } from './time.ts';
import type { Trace } from './trace.ts';

/** More records than any message of a family has: a birth of Sparkplug names every metric of its node. */
const mostEnvelopes = 8_192;

const longestId = 256;

/** A device as a mapping names it. */
export interface Named {
  readonly device: string;
  /** Where alone it is meant: two networks may each have a device of this name. */
  readonly base?: string;
}

/** Which mappings name which device, by its name or another that its family has for it. */
export class DeviceTable {
  readonly #bound = new Map<string, Bound[]>();

  add(format: Format, { device, base = anywhere }: Named, bound: Bound): void {
    const key = keyOf(format, base, device);
    const others = this.#bound.get(key);
    if (others === undefined) this.#bound.set(key, [bound]);
    else others.push(bound);
  }

  find(format: Format, base: string, { device, aliases = [] }: Envelope): readonly Bound[] {
    for (const name of [device, ...aliases]) {
      const here = this.#bound.get(keyOf(format, base, name)) ?? none;
      const all = this.#bound.get(keyOf(format, anywhere, name)) ?? none;
      if (here.length + all.length > 0) return here.length === 0 ? all : [...here, ...all];
    }
    return none;
  }
}

const none: readonly Bound[] = [];
/** No base has a wildcard. */
const anywhere = '#';

function keyOf(format: Format, base: string, device: string): string {
  return `${format}\n${base}\n${deviceName(format, device)}`;
}

/** What a family made of a message, and where to look for whom it concerns. */
export interface Opened {
  readonly format: Format;
  readonly topic: string;
  readonly base: string;
  readonly opening: Opening;
  readonly devices: DeviceTable;
}

/** Reads what a family has opened by the mappings of its devices. */
export function readOpened(opened: Opened, arrival: Arrival, trace?: Trace): Decoded {
  const { opening, topic } = opened;
  if (opening instanceof Refusal) return refused(topic, opening);
  if (opening.length === 0) return ignored('empty');
  if (opening.length > mostEnvelopes) return refused(topic, tooMany);
  const reading = new Reading(opened, arrival, trace);
  for (const envelope of opening) reading.read(envelope);
  return reading.decoded();
}

/** The reading of one message, envelope by envelope. */
class Reading {
  readonly #opened: Opened;
  readonly #arrival: Arrival;
  readonly #trace: Trace | undefined;
  readonly #found: Found[] = [];
  readonly #faults: Fault[] = [];
  readonly #heard = new Set<string>();
  readonly #missed: Envelope[] = [];
  #once: string | null = null;
  #ignored: Ignored | null = null;

  constructor(opened: Opened, arrival: Arrival, trace: Trace | undefined) {
    this.#opened = opened;
    this.#arrival = arrival;
    this.#trace = trace;
  }

  read(envelope: Envelope): void {
    this.#trace?.({ step: 'envelope', envelope });
    const { format, base, devices } = this.#opened;
    // No network names an utterance at such length; what is remembered of each must stay small.
    if (envelope.id !== undefined && envelope.id.length <= longestId) {
      this.#once ??= `${format}\n${envelope.id}`;
    }
    if (envelope.simulated === true) {
      this.#ignored ??= 'simulated';
      return;
    }
    const bounds = devices.find(format, base, envelope);
    if (bounds.length === 0) this.#miss(envelope);
    for (const bound of bounds) this.#readAs(envelope, bound);
  }

  decoded(): Decoded {
    const none = this.#found.length === 0 && this.#faults.length === 0;
    return {
      found: this.#found,
      faults: this.#faults,
      heard: [...this.#heard],
      unmapped: this.#unmapped(),
      once: this.#once,
      ignored: none ? (this.#ignored ?? 'empty') : null,
    };
  }

  #readAs(envelope: Envelope, bound: Bound): void {
    const { about, body, historic = false } = envelope;
    const { topic } = this.#opened;
    const trace = this.#trace;
    trace?.({ step: 'mapping', mapping: bound.mapping });
    if (envelope.online !== false) for (const asset of bound.heard) this.#heard.add(asset);
    if (about !== 'values') this.#ignored ??= about;
    if (about === 'presence') return;
    const raw = (bound.at === null ? undefined : lookUp(body, bound.at)) ?? envelope.at;
    const at = raw === null ? null : readTime(raw, this.#arrival.received);
    if (at instanceof Refusal) {
      this.#faults.push(at.at(`${topic}: ${bound.mapping.at ?? 'time'}`));
      return;
    }
    trace?.({ step: 'at', raw, at });
    if (historic && at === null) {
      this.#faults.push(undated.at(topic));
      return;
    }
    const around = { where: topic, at, historic, onlyFacts: about === 'sign', trace };
    readBody(body, bound.readers, around, { found: this.#found, faults: this.#faults });
  }

  /** One message is about one device, however many records it carries: one fault stands for all of them. */
  #miss(envelope: Envelope): void {
    if (this.#missed.length === 0) {
      const { format, topic } = this.#opened;
      const message = `No mapping of this estate names the ${format} device ${shown(envelope.device)}`;
      const next = 'map it in the estate, or confirm it where it is listed as new';
      this.#faults.push(new Refusal('DECODE_UNMAPPED_DEVICE', message, next).at(topic));
    }
    this.#missed.push(envelope);
  }

  #unmapped(): Unmapped | null {
    const [first] = this.#missed;
    if (first === undefined) return null;
    const { format, topic } = this.#opened;
    const { device, aliases = [] } = first;
    const body = bodyOf(this.#missed.filter((one) => one.device === device));
    const name = typeof body.$name === 'string' && body.$name !== '' ? body.$name : null;
    return { format, device, aliases, name, topic, body };
  }
}

/** All that the records say: a birth of Sparkplug has one for each time. Of what several say the first counts. */
function bodyOf(records: readonly Envelope[]): Envelope['body'] {
  const body = new Map<string, unknown>();
  for (const record of records) {
    for (const [key, value] of Object.entries(record.body)) {
      if (!body.has(key)) body.set(key, value);
    }
  }
  return Object.fromEntries(body);
}

const tooMany = new Refusal(
  'DECODE_TOO_MANY_FIELDS',
  `The message has more than ${mostEnvelopes} records`,
  'send fewer at a time',
);
const undated = new Refusal(
  'DECODE_TIME_INVALID',
  'A record of the past has no time',
  'let the device send its time with it',
);
