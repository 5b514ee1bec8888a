import {
  createDecoder,
  type Decoded,
  type Decoder,
  type Found,
  type Request,
  type Unmapped,
} from '@caretaker/devices/decode';
import { kinds } from '@caretaker/devices/kinds';
import type { Estate } from '@caretaker/devices/model';
import type { Reading } from '@caretaker/readings';
import { CaretakerError, type Clock, type Fault } from '@caretaker/readings/base';
import { isBetweenFlows } from '../access/index.ts';
import type { Change, Changeable, Configuration } from '../change.ts';
import { type Journal, longestWord } from '../journal/index.ts';
import type { Quarantine } from '../quarantine/index.ts';
import { type DeviceReport, Devices } from './devices.ts';
import { Stamps } from './stamps.ts';
import type { Taken } from './taken.ts';
import { type MessageCounts, Tally } from './tally.ts';
import { Utterances } from './utterances.ts';

/** The largest time of ECMAScript, 100 million days after 1970. */
const LAST_INSTANT = 8.64e15;

interface Parts {
  readonly estate: Estate;
  readonly journal: Journal;
  readonly quarantine: Quarantine;
  readonly clock: ReceiptClock;
  readonly discovery?: Strangers;
}

/** Who looks at what no mapping names. It must not keep a message waiting. */
export interface Strangers {
  note(unmapped: Unmapped, payload: Uint8Array): void;
  /** @returns whether the message only describes a device, so that nothing else becomes of it */
  learn(topic: string, payload: Uint8Array): boolean;
}

/** Tells when a message was received. */
export interface ReceiptClock extends Clock {
  /** UTC epoch milliseconds; below zero a moment of this start of the machine, while the time is not known. */
  receipt(): number;
  /** No unstamped reading was given a later time than this. */
  stampFloor(stampedTo: number): number;
  readonly known: boolean;
}

interface Message {
  readonly client: string;
  readonly topic: string;
  readonly payload: Uint8Array;
  /** As `ReceiptClock.receipt` has it. */
  readonly received: number;
  /** By the monotonic clock. */
  readonly heard: number;
}

/** While the time is not known only nonsense is refused; what is ahead is found when the time is. */
const AHEAD_OF_NOTHING = Date.UTC(2100, 0, 1);

/** What follows from the estate. */
interface View {
  readonly decoder: Decoder;
  readonly devices: Devices;
  readonly historyAfter: ReadonlyMap<string, number>;
}

/** The way of one device message: decoded, stamped, journalled; what is bad in it quarantined. */
export class Ingest implements Changeable {
  readonly #parts: Parts;
  readonly #stamps: Stamps;
  #view: View;
  readonly #tally = new Tally();
  readonly #utterances = new Utterances();
  #publish: ((request: Request) => void) | null = null;
  #messages = 0;
  #readings = 0;
  #refused = 0;
  /** Why the journal did not take the last readings that came; null when it did. */
  #trouble: Fault | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#stamps = new Stamps(this.#floor());
    this.#view = viewOf(parts.estate, parts.clock);
  }

  /** What devices have said is remembered of the points that stay; times and values of all points are. */
  prepare({ estate }: Configuration): Change {
    const before = this.#view;
    const after = viewOf(estate, this.#parts.clock, before.decoder);
    const show = (view: View) => {
      if (this.#view === view) return;
      view.devices.adopt(this.#view.devices);
      this.#view = view;
    };
    return { commit: () => show(after), undo: () => show(before) };
  }

  /** The time has become known, or went back: what is stamped from now on comes behind what is still to count. */
  timeChanged(floor: number | null): void {
    this.#stamps.rebase(floor ?? this.#floor());
  }

  #floor(): number {
    const { clock, journal } = this.#parts;
    return clock.known ? clock.stampFloor(journal.stampedTo) : Number.NEGATIVE_INFINITY;
  }

  /** Since start: messages seen and what became of them, readings appended, appends that the journal refused. */
  get counts(): { messages: number; readings: number; refused: number } & MessageCounts {
    return {
      messages: this.#messages,
      ...this.#tally.counts,
      readings: this.#readings,
      refused: this.#refused,
    };
  }

  /** Why the journal takes nothing at present; null when it does. */
  get trouble(): Fault | null {
    return this.#trouble;
  }

  /** What decoding asks of devices from now on goes out by this, such as Sparkplug's request for a rebirth. */
  onRequest(publish: (request: Request) => void): void {
    this.#publish = publish;
  }

  /** Which devices speak, and how their clocks stand. */
  devices(): DeviceReport {
    return this.#view.devices.report(this.#parts.clock.now());
  }

  /**
   * @param taken may be called at once, or after the sync that keeps the message.
   * @param retained an old message that an external broker had kept
   */
  take(client: string, topic: string, payload: Uint8Array, taken: Taken, retained = false): void {
    if (isBetweenFlows(topic)) {
      taken(null);
      return;
    }
    const { clock, discovery } = this.#parts;
    const { decoder } = this.#view;
    const received = clock.receipt();
    const heard = clock.monotonic();
    this.#messages += 1;
    if (discovery?.learn(topic, payload) === true) {
      this.#tally.count(0, 0, 'empty');
      taken(null);
      return;
    }
    const arrival = { received: received < 0 ? AHEAD_OF_NOTHING : received, retained };
    const decoded = decoder.decode(topic, payload, arrival);
    if (this.#publish !== null) {
      for (const request of decoder.requests(clock.now())) this.#publish(request);
    }
    if (decoded.unmapped !== null) discovery?.note(decoded.unmapped, payload);
    for (const asset of decoded.heard) this.#view.devices.saw(asset, heard);
    const { once } = decoded;
    if (once !== null && this.#utterances.repeats(once, taken)) {
      this.#tally.count(0, 0, 'duplicate');
      return;
    }
    const done = once === null ? taken : this.#utterances.begin(once, taken);
    this.#keep(decoded, { client, topic, payload, received, heard }, done);
  }

  #keep(decoded: Decoded, message: Message, taken: Taken): void {
    const ours: Fault[] = [];
    const readings: Reading[] = [];
    for (const one of decoded.found) {
      const fault = unfit(one);
      const reading = fault === null ? this.#reading(one, message.received, message.heard) : null;
      if (reading === null) ours.push(fault ?? conflict(one));
      else readings.push(reading);
    }
    const bad = ours.length === 0 ? decoded.faults : [...decoded.faults, ...ours];
    this.#tally.count(readings.length, bad.length, decoded.ignored);
    if (bad.length === 0) {
      if (readings.length === 0) taken(null);
      else this.#append(readings, taken);
      return;
    }
    const share = all(bad.length + (readings.length > 0 ? 1 : 0), taken);
    const { client, topic, payload } = message;
    for (const fault of bad) {
      const entry = { client, topic, fault, payload, received: this.#parts.clock.now() };
      this.#parts.quarantine.add(entry, share);
    }
    if (readings.length > 0) this.#append(readings, share);
  }

  /** Milliseconds after which a stamped reading of a point is history. */
  historyAfter(point: string): number {
    return this.#view.historyAfter.get(point) ?? Number.POSITIVE_INFINITY;
  }

  #append(readings: readonly Reading[], taken: Taken): void {
    // The closure lives until the sync: it must not keep the readings alive.
    const count = readings.length;
    this.#parts.journal.append(readings, (error) => {
      if (error === null) {
        this.#readings += count;
        this.#trouble = null;
      } else {
        this.#trouble = faultOf(error);
        this.#refused += count;
        this.#stamps.forgetValues();
      }
      taken(error);
    });
  }

  /** Null when the device contradicts itself. */
  #reading({ point, at, value, historic }: Found, received: number, heard: number): Reading | null {
    if (at === null) {
      const given = this.#stamps.give(point, received);
      this.#view.devices.heard(point, heard, null);
      return { point, at: given, received, value, stamped: false, history: historic };
    }
    if (!this.#stamps.agrees(point, at, value)) return null;
    this.#view.devices.heard(point, heard, received < 0 ? null : received - at);
    const history = historic || (received >= 0 && received - at > this.historyAfter(point));
    return { point, at, received, value, stamped: true, history };
  }
}

function faultOf(error: Error): Fault {
  const code = error instanceof CaretakerError ? error.code : 'EDGE_JOURNAL_WRITE';
  return { code, message: `The journal takes no readings: ${error.message}` };
}

function viewOf(estate: Estate, clock: Clock, before?: Decoder): View {
  return {
    decoder: createDecoder(estate, before),
    devices: new Devices(estate, clock),
    historyAfter: historyAfterOf(estate),
  };
}

function historyAfterOf(estate: Estate): ReadonlyMap<string, number> {
  const after = new Map<string, number>();
  for (const asset of estate.assets) {
    const kind = kinds[asset.kind];
    if (kind === undefined) continue;
    for (const { metric } of asset.points) after.set(`${asset.id}/${metric}`, kind.historyAfter);
  }
  return after;
}

/** Why no journal and no frame could carry this value; refused here, it cannot block what comes after it. */
function unfit({ point, at, value }: Found): Fault | null {
  const instant = at === null || (Number.isInteger(at) && Math.abs(at) <= LAST_INSTANT);
  const fits =
    typeof value === 'number'
      ? Number.isFinite(value)
      : typeof value === 'boolean' || value.length <= longestWord;
  if (instant && fits) return null;
  return {
    code: 'EDGE_READING_UNFIT',
    message: instant ? `The value of ${point} is too long or not finite` : 'The time is no instant',
    where: point,
  };
}

function conflict({ point, at, value }: Found): Fault {
  return {
    code: 'EDGE_CONFLICT',
    message: `Another value than ${String(value).slice(0, 64)} was sent for ${point} at ${at}`,
    next: 'the first one is kept; let the device give each measurement its own time',
    where: point,
  };
}

/** Calls `done` once, after `count` calls: with the first error, if there was one. */
function all(count: number, done: Taken): Taken {
  let left = count;
  let first: Error | null = null;
  return (error) => {
    first ??= error;
    left -= 1;
    if (left === 0) done(first);
  };
}
