import type { Refusal } from './refusal.ts';

/** What one device says in one message, taken out of its vendor's envelope. */
export interface Envelope {
  /** The device as its family names it: DevEUI in small letters, device id, Zigbee friendly name, Shelly id, Tasmota topic, `group/node[/device]`. */
  readonly device: string;
  /** Other names a mapping may use for it. */
  readonly aliases?: readonly string[];
  /** `values` are read; `presence` and `sign` (join, ack, MAC-only, log) only say that the device lives. */
  readonly about: 'values' | 'presence' | 'sign';
  /** For presence: online or not. */
  readonly online?: boolean;
  /** Where paths of fields start. Facts of the envelope stand under keys with `$`: `$rssi`, `$snr`, `$battery`, `$fcnt`. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Time as the family gives it, checked later by `readTime`; null when there is none. Already milliseconds or ISO with offset. */
  readonly at: number | string | null;
  /** A record of the past, as the device says itself (`history[]`, DATALOG, is_historical). */
  readonly historic?: boolean;
  /** From a simulator: never a reading. */
  readonly simulated?: boolean;
  /** Names this utterance among all of its family: a second message with it is the same one. */
  readonly id?: string;
}

/** What a family makes of a message: envelopes, a refusal, or nothing for what is not about a device (bridge/logging …). */
export type Opening = readonly Envelope[] | Refusal;

/** A message that a family wants published, such as Sparkplug's request for a rebirth. */
export interface Request {
  readonly topic: string;
  readonly payload: Uint8Array;
}

/** One decoder's opener of a family; it may remember, within bounds, what came before. Never throws. */
export interface Opener {
  open(topic: string, payload: Uint8Array, base: string): Opening;
  /** What it wants published since it was last asked; mostly nothing. @param now UTC epoch milliseconds */
  requests?(now: number): readonly Request[];
}

/** How the messages of one family of devices are told and opened. */
export interface Family {
  readonly format: 'zigbee2mqtt' | 'chirpstack' | 'ttn' | 'shelly' | 'tasmota' | 'sparkplug';
  /** First levels of its topics unless an estate's `sources` names others. */
  readonly defaultBases: readonly string[];
  /** Whether a topic is this family's, given its base topic(s). */
  claims(topic: string, base: string): boolean;
  /** Families with memory (Sparkplug aliases and births) keep it in the object that `create` makes: bounded. */
  create(): Opener;
}
