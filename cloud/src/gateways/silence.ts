import type { Clock } from '@caretaker/readings/base';
import type { Database } from '../db/database.ts';
import { type Change, GatewayEpisodes, type GatewayRule } from './gateway-episodes.ts';
import { type GatewayRegistry, ticketAfter } from './registry.ts';

const silent: GatewayRule = {
  rule: 'gateway-silent',
  item: 'EST-S2',
  severity: 'high',
  effect: 'unknown',
  latched: false,
};

/**
 * The one rule that the cloud's own clock drives: a gateway from which no frame comes. Its episode begins with
 * the last frame before the silence and ends with the next one.
 */
export class SilenceWatch {
  readonly #registry: GatewayRegistry;
  readonly #clock: Clock;
  readonly #episodes: GatewayEpisodes;

  constructor(
    registry: GatewayRegistry,
    clock: Clock,
    standardVersion: () => string,
    change: Change,
  ) {
    this.#registry = registry;
    this.#clock = clock;
    this.#episodes = new GatewayEpisodes({ registry, clock, standardVersion, change });
  }

  /** Takes up the silences that were open when the process ended. */
  async load(database: Database): Promise<void> {
    await this.#episodes.load(database, [silent.rule]);
  }

  /** @returns gateways that fell silent since the last look */
  async look(): Promise<readonly string[]> {
    const now = this.#clock.now();
    const hushed = this.#registry.hush(now);
    for (const { gateway, since } of this.#registry.overdue(now)) {
      if (this.#episodes.open(gateway, silent.rule) !== undefined) continue;
      await this.#episodes.begin(gateway, silent, { onset: since, why: whyOf(gateway) });
    }
    return hushed;
  }

  /** A frame came. @returns true when the gateway's state changed by it */
  async seen(gateway: string): Promise<boolean> {
    const now = this.#clock.now();
    const news = this.#registry.seen(gateway, now);
    await this.#episodes.end(gateway, silent.rule, now);
    return news;
  }
}

function whyOf(gateway: string) {
  const seconds = ticketAfter / 1000;
  return {
    en: `No frame from gateway ${gateway} for ${seconds} s: nothing behind it is watched.`,
    zh: `网关 ${gateway} 已 ${seconds} 秒没有数据：其下设施均无法监测。`,
  };
}
