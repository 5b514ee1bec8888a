import type { MessageLimits, Rate } from '@caretaker/readings/mqtt-guard';

/** What one client may do. */
export interface ClientLimits extends MessageLimits {
  /** Filters subscribed to at a time. */
  readonly subscriptions: number;
}

/**
 * A device: a vibration meter that says ten values a second is the busiest we know; the burst is what one with
 * memory sends after an hour without network at one message a second.
 */
const device: ClientLimits = {
  messages: { perSecond: 50, burst: 3_600 },
  bytes: { perSecond: 64_000, burst: 4_000_000 },
  messageBytes: 64_000,
  subscriptions: 8,
};

/**
 * A bridge speaks for all devices of a network: 2,000 messages a second are a thousand lamps switched within
 * half a second. Zigbee2MQTT subscribes for each group and device, hence the many filters, and sends its list
 * of devices in one message of some 100 kB.
 */
const bridge: ClientLimits = {
  messages: { perSecond: 2_000, burst: 50_000 },
  bytes: { perSecond: 2_000_000, burst: 50_000_000 },
  messageBytes: 250_000,
  subscriptions: 1_000,
};

export const clientLimits = { device, bridge } as const;

/**
 * Connections from one address. A router may hide every device of an estate: a thousand come back at once
 * after a power cut, and what is beyond comes back within seconds, because devices try again.
 */
export const connectionRate: Rate = { perSecond: 50, burst: 1_000 };

/**
 * Connections by one credential: a script that starts a program for each message sends one or two a second. Who
 * comes more often is told to come later.
 */
export const loginRate: Rate = { perSecond: 2, burst: 120 };

/** Refusals of one kind and name that are told: a device that tries an old secret each second fills no log. */
export const reportRate: Rate = { perSecond: 1 / 60, burst: 5 };

/**
 * Connections at a time with one credential: the device, somebody who tries it out by hand, and two half-dead
 * lines after a power cut.
 */
export const mostSessions = 4;

/** The same for flows, of which each broker that somebody draws has a connection of its own. */
export const mostSessionsOfFlows = 32;
