import type { Clock } from '@caretaker/readings/base';
import type { Episode, EpisodeChange } from '@caretaker/standards/engine';
import type { Database } from '../db/database.ts';
import { judgedOf } from '../episodes/rows.ts';
import { gatewaySubject } from '../estates/directory.ts';
import { type GatewayRegistry, ticketAfter } from './registry.ts';

const silenceRule = 'gateway-silent';
const silenceItem = 'EST-S2';

/** Where the changes of an estate go. */
export type Change = (estate: string, changes: readonly EpisodeChange[]) => Promise<void>;

/**
 * The one rule that the cloud's own clock drives: a gateway from which no frame comes. Its episode begins with
 * the last frame before the silence and ends with the next one.
 */
export class SilenceWatch {
  readonly #registry: GatewayRegistry;
  readonly #clock: Clock;
  readonly #change: Change;
  readonly #standardVersion: () => string;
  readonly #open = new Map<string, Episode>();

  constructor(
    registry: GatewayRegistry,
    clock: Clock,
    standardVersion: () => string,
    change: Change,
  ) {
    this.#registry = registry;
    this.#clock = clock;
    this.#standardVersion = standardVersion;
    this.#change = change;
  }

  /** Takes up the silences that were open when the process ended. */
  async load(database: Database): Promise<void> {
    const rows = await database.read
      .selectFrom('episodes')
      .selectAll()
      .where('rule', '=', silenceRule)
      .where('state', '=', 'standing')
      .where('ended', 'is', null)
      .execute();
    for (const id of this.#registry.ids()) {
      const subject = gatewaySubject(this.#registry.estateOf(id), id);
      const row = rows.find((r) => r.subject === subject);
      if (row !== undefined) this.#open.set(id, judgedOf(row));
    }
  }

  /** @returns gateways that fell silent since the last look */
  async look(): Promise<readonly string[]> {
    const now = this.#clock.now();
    const hushed = this.#registry.hush(now);
    for (const { gateway, since } of this.#registry.overdue(now)) {
      if (this.#open.has(gateway)) continue;
      const episode = this.#episode(gateway, since, now);
      this.#open.set(gateway, episode);
      await this.#change(this.#registry.estateOf(gateway), [{ type: 'opened', episode }]);
    }
    return hushed;
  }

  /** A frame came. @returns true when the gateway's state changed by it */
  async seen(gateway: string): Promise<boolean> {
    const now = this.#clock.now();
    const news = this.#registry.seen(gateway, now);
    const open = this.#open.get(gateway);
    if (open !== undefined) {
      this.#open.delete(gateway);
      const { subject, rule, onset } = open;
      const episode = { ...open, end: now };
      await this.#change(this.#registry.estateOf(gateway), [
        { type: 'amended', was: { subject, rule, onset }, episode },
      ]);
    }
    return news;
  }

  #episode(gateway: string, since: number, now: number): Episode {
    const seconds = ticketAfter / 1000;
    return {
      subject: gatewaySubject(this.#registry.estateOf(gateway), gateway),
      rule: silenceRule,
      item: silenceItem,
      onset: since,
      detected: now,
      end: null,
      worst: null,
      worstAt: null,
      severity: 'high',
      effect: 'unknown',
      standardVersion: this.#standardVersion(),
      why: {
        en: `No frame from gateway ${gateway} for ${seconds} s: nothing behind it is watched.`,
        zh: `网关 ${gateway} 已 ${seconds} 秒没有数据：其下设施均无法监测。`,
      },
      latched: false,
      history: false,
    };
  }
}
