import type { ReadingValue } from '@caretaker/readings';
import type { Fault } from '@caretaker/readings/base';

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

/** What became of one message: its good values, and a fault for each bad one. Neither: deliberately ignored. */
export interface Decoded {
  readonly found: readonly Found[];
  /** Codes `DECODE_*`: not JSON, wrong type, unknown point, implausible, bad time. */
  readonly faults: readonly Fault[];
}

/** Turns device messages into values by configuration, never by code of one device. Pure; never throws. */
export interface Decoder {
  /** @param received gateway clock, for the clock guard: more than 5 min ahead of it is a fault. */
  decode(topic: string, payload: Uint8Array, received: number): Decoded;
}
