import type { Text } from '@caretaker/readings/base';
import type { BundleStatus } from '@caretaker/readings/uplink';
import type { Database } from '../db/database.ts';
import {
  GatewayEpisodes,
  type GatewayEpisodesParts,
  type GatewayRule,
} from '../gateways/gateway-episodes.ts';

const refused: GatewayRule = {
  ...{ rule: 'gateway-bundle-refused', item: 'EST-S11', severity: 'medium', latched: false },
};

/** What somebody sends again and again makes no ticket each time. */
const onceIn = 10 * 60_000;

interface Parts extends GatewayEpisodesParts {
  readonly database: Database;
}

/** Opens a ticket on a gateway that does not take the configuration that it was sent. */
export class BundleFaults {
  readonly #parts: Parts;
  readonly #episodes: GatewayEpisodes;
  /** When a gateway that runs what it should refused something else, cloud clock. */
  readonly #passing = new Map<string, number>();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#episodes = new GatewayEpisodes(parts);
  }

  /** Takes up what was open when the process ended. */
  async load(): Promise<void> {
    await this.#episodes.load(this.#parts.database, [refused.rule]);
  }

  /**
   * A gateway has refused a bundle, or gone back to the one before.
   * @param current whether it runs the newest one all the same: then that is over already
   */
  async begin(gateway: string, status: BundleStatus, current: boolean): Promise<void> {
    if (this.#episodes.open(gateway, refused.rule) !== undefined) return;
    const now = this.#parts.clock.now();
    if (current && now - (this.#passing.get(gateway) ?? Number.NEGATIVE_INFINITY) < onceIn) return;
    if (current) this.#passing.set(gateway, now);
    const found = { onset: now, why: whyOf(gateway, status) };
    await this.#episodes.begin(gateway, refused, current ? { ...found, end: now } : found);
  }

  /** It runs the newest one. */
  end(gateway: string): Promise<void> {
    return this.#episodes.end(gateway, refused.rule, this.#parts.clock.now());
  }
}

function whyOf(gateway: string, { version, result, code, message }: BundleStatus): Text {
  const [first = ''] = (message ?? '').split('\n');
  const reason = [code ?? '', first.slice(0, 300)].filter((part) => part !== '').join(': ');
  const which = version === null ? '' : ` ${version}`;
  const back = result === 'rolled-back';
  const en = back ? 'began configuration' : 'refused configuration';
  const after = back ? ' and went back to the one before' : '';
  const zh = back ? `启用配置${which}失败，已退回上一份` : `拒绝了配置${which}`;
  return {
    en: `Gateway ${gateway} ${en}${which}${after}${reason === '' ? '' : ` (${reason})`}.`,
    zh: `网关 ${gateway} ${zh}${reason === '' ? '' : `（${reason}）`}。`,
  };
}
