import type { Clock, Log } from '@caretaker/readings/base';
import {
  type Ack,
  type Alarm,
  alarmKey,
  type Reply,
  type Status,
  statusSchema,
  uplinkTopic,
} from '@caretaker/readings/uplink';
import type { AlarmDesk } from '../alarms/desk.ts';
import type { BundleDesk } from '../bundles/desk.ts';
import type { Database } from '../db/database.ts';
import type { DiscoveryDesk } from '../discovery/desk.ts';
import type { Directory } from '../estates/directory.ts';
import type { GatewayKeys } from '../gateways/enrolment.ts';
import type { JournalWatch } from '../gateways/journal-watch.ts';
import type { GatewayRegistry } from '../gateways/registry.ts';
import type { GatewayReports } from '../gateways/reports.ts';
import type { SilenceWatch } from '../gateways/silence.ts';
import type { EstateHost } from '../host/estate-host.ts';
import type { Meter } from '../host/meter.ts';
import type { LiveBoard } from '../live/board.ts';
import { type Refused as RefusedMessage, refuse, report, trim } from '../quarantine/quarantine.ts';
import type { TicketFeed } from '../tickets/feed.ts';
import type { Arrivals, Transport } from './transport.ts';

const reasons = {
  CLOUD_GATEWAY_UNKNOWN: 'No estate names this gateway.',
  CLOUD_GATEWAY_REVOKED: 'This gateway was revoked.',
  CLOUD_STATUS_INVALID: 'This is no status message of a gateway.',
} as const;
type Refused = keyof typeof reasons;

export interface DeskParts {
  readonly database: Database;
  readonly directory: Directory;
  readonly registry: GatewayRegistry;
  readonly reports: GatewayReports;
  readonly keys: Pick<GatewayKeys, 'revoked'>;
  readonly silence: SilenceWatch;
  readonly journals: JournalWatch;
  readonly board: LiveBoard;
  readonly alarms: Pick<AlarmDesk, 'raise'>;
  readonly bundles: Pick<BundleDesk, 'hello' | 'told'>;
  readonly discovery: Pick<DiscoveryDesk, 'told'>;
  readonly feed: Pick<TicketFeed, 'asked'>;
  readonly hosts: ReadonlyMap<string, EstateHost>;
  readonly meter: Meter;
  readonly clock: Clock;
  readonly log: Log;
  /** Sends an answer to a gateway, at once. */
  readonly reply: (gateway: string, reply: Reply) => void;
  readonly reach: (place: string) => void | Promise<void>;
}

/** Where messages of gateways arrive, and are handed to the estate they belong to. */
export class InboxDesk implements Arrivals {
  readonly #parts: DeskParts;

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  async frame(gateway: string, bytes: Uint8Array): Promise<void> {
    const { registry, silence, board, reach } = this.#parts;
    const host = this.#hostOf(gateway);
    if (typeof host === 'string') return this.#refuse(gateway, host, 'frames', bytes);
    // The frame takes its place first: nothing that is waited for here may change the order of frames.
    const room = host.frame(gateway, bytes);
    await reach('cloud.frame-received');
    if (registry.knows(gateway) && (await silence.seen(gateway))) board.gateway(gateway, true);
    await room;
  }

  async status(gateway: string, bytes: Uint8Array): Promise<void> {
    const received = this.#parts.clock.now();
    const host = this.#hostOf(gateway);
    if (typeof host === 'string') return this.#refuse(gateway, host, 'status', bytes);
    const status = parse(bytes);
    if (status === null) return this.#refuse(gateway, 'CLOUD_STATUS_INVALID', 'status', bytes);
    if ('probe' in status && status.probe !== undefined) {
      const { probe } = status;
      const sent = this.#parts.clock.now();
      this.#parts.reply(gateway, { type: 'clock', probe, received, sent });
    }
    if (status.type === 'hello') {
      // It takes its place before anything is waited for, as frames do.
      const room = host.hello(gateway, status);
      this.#parts.feed.asked(gateway, status.tickets, true);
      await this.#parts.reports.version(gateway, status.version);
      await this.#parts.bundles.hello(gateway, status.bundle);
      return room;
    }
    if (status.type === 'alarm') return this.#alarm(gateway, status.alarm, bytes);
    if (status.type === 'health') return this.#health(gateway, status);
    if (status.type === 'credentials') return this.#parts.reports.credentials(gateway, status);
    if (status.type === 'discovery') {
      return this.#parts.discovery.told(host.estate, gateway, status);
    }
    if (status.type === 'bundle') return this.#parts.bundles.told(gateway, status);
    if (status.type === 'quarantine') {
      await this.#parts.database.write(async (tx) => {
        await report(tx, gateway, status.entries);
        await trim(tx, gateway);
      });
      return;
    }
    if (status.type === 'gone') this.#parts.log.info({ gateway }, 'a gateway has gone');
  }

  /** It is named as taken when it is stored, or put aside: what is not named comes again. */
  async #alarm(gateway: string, alarm: Alarm, bytes: Uint8Array): Promise<void> {
    const { alarms, reply, log } = this.#parts;
    try {
      const fault = await alarms.raise(gateway, alarm);
      if (fault !== null) {
        await this.#putAside({ gateway, ...fault, topic: 'status', payload: bytes });
      }
      reply(gateway, { type: 'alarm', key: alarmKey(alarm), actions: alarm.actions.length });
    } catch (error) {
      log.error({ gateway, error: String(error) }, 'an alarm of a gateway could not be stored');
    }
  }

  async #health(gateway: string, health: Extract<Status, { type: 'health' }>): Promise<void> {
    const { registry, database, board } = this.#parts;
    registry.health(gateway, health);
    this.#parts.feed.asked(gateway, health.tickets, false);
    if (health.losses.length > 0) {
      await database.write((tx) => registry.lost(tx, gateway, health.losses));
    }
    const { tombstones } = health;
    if (tombstones !== undefined && tombstones.length > 0) {
      await database.write((tx) => registry.thinned(tx, gateway, tombstones));
    }
    this.#parts.journals.told(gateway, health);
    board.gateway(gateway, false);
  }

  /** @returns the host of its estate, or why nothing of it is taken: somebody else's broker let it in */
  #hostOf(gateway: string): EstateHost | Refused {
    const { directory, hosts, keys, clock } = this.#parts;
    const estate = directory.gateways.get(gateway);
    const host = estate === undefined ? undefined : hosts.get(estate);
    if (host === undefined) return 'CLOUD_GATEWAY_UNKNOWN';
    return keys.revoked(gateway, clock.now()) ? 'CLOUD_GATEWAY_REVOKED' : host;
  }

  async #refuse(gateway: string, code: Refused, topic: string, payload: Uint8Array): Promise<void> {
    await this.#putAside({ gateway, code, reason: reasons[code], topic, payload });
  }

  async #putAside(refused: RefusedMessage): Promise<void> {
    const { database, clock, meter } = this.#parts;
    meter.refused += 1;
    await database.write(async (tx) => {
      await refuse(tx, refused, 1, clock.now());
      await trim(tx, refused.gateway);
    });
  }
}

function parse(bytes: Uint8Array): Status | null {
  try {
    const text = Buffer.from(bytes).toString('utf8');
    const clean = text.includes('\\u0000') ? withoutZero : undefined;
    return statusSchema.parse(JSON.parse(text, clean));
  } catch {
    return null;
  }
}

/** PostgreSQL keeps no text with a zero in it: one device that says so must not keep away what is told of others. */
function withoutZero(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll('\0', '\ufffd') : value;
}

/** Tells a gateway how far its journal is stored and judged, or what it asked for. */
export function sendAck(transport: Transport, gateway: string, ack: Ack | Reply): void {
  transport.send(uplinkTopic(gateway, 'acks'), JSON.stringify(ack));
}
