import type { ReadingValue } from '@caretaker/readings';
import type { Fault } from '@caretaker/readings/base';
import type { Format } from '../model/index.ts';
import type { Request } from './envelope.ts';
import type { Trace } from './trace.ts';

/** One value found in a message, before the gateway gave it a time of receipt. */
export interface Found {
  /** `asset/metric`. */
  readonly point: string;
  /** Device time, UTC epoch milliseconds; null when the device gave none. */
  readonly at: number | null;
  readonly value: ReadingValue;
  /** Marked by the device as a record of the past. */
  readonly historic: boolean;
}

/** A device that talks and that no mapping names. */
export interface Unmapped {
  readonly format: Format;
  /** As its family names it; the topic where it has no family. */
  readonly device: string;
  readonly aliases: readonly string[];
  /** What people call it, where its messages say so. */
  readonly name: string | null;
  readonly topic: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Why a message without faults gave no reading. */
export type Ignored = 'sign' | 'presence' | 'retained' | 'simulated' | 'empty' | 'duplicate';

/** What became of one message: its good values, and a fault for each bad one. Neither: deliberately ignored. */
export interface Decoded {
  readonly found: readonly Found[];
  /** Codes `DECODE_*`: not JSON, wrong type, unknown point, implausible, bad time, unmapped device. */
  readonly faults: readonly Fault[];
  /** Assets that gave a sign of life. */
  readonly heard: readonly string[];
  readonly unmapped: Unmapped | null;
  /** Names the utterance: whoever keeps it notes it once it is kept, and then counts repeats as duplicates. */
  readonly once: string | null;
  /** Null when there are values or faults. */
  readonly ignored: Ignored | null;
}

/** When a message came, and how. */
export interface Arrival {
  /** Gateway clock, for the clock guard: more than 5 min ahead of it is a fault. */
  readonly received: number;
  /** An old message that an external broker had kept: values without a time of their own are not of now. */
  readonly retained: boolean;
}

/** Turns device messages into values by configuration, never by code of one device. Never throws. */
export interface Decoder {
  /** @param trace told what is done, step by step, for whoever explains it; costs nothing without */
  decode(topic: string, payload: Uint8Array, arrival: Arrival, trace?: Trace): Decoded;
  /**
   * What is to be published on the devices' broker, since it was last asked; mostly nothing.
   * @param now UTC epoch milliseconds
   */
  requests(now: number): readonly Request[];
}
