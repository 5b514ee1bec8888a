import type { Clock, Text } from '@caretaker/readings/base';
import type { BundleStatus } from '@caretaker/readings/uplink';
import type { Episode } from '@caretaker/standards/engine';
import type { Database } from '../db/database.ts';
import { judgedOf } from '../episodes/rows.ts';
import { gatewaySubject } from '../estates/directory.ts';
import type { GatewayRegistry } from '../gateways/registry.ts';
import type { Change } from '../gateways/silence.ts';

const rule = 'gateway-bundle-refused';
const item = 'EST-S11';

/** What somebody sends again and again makes no ticket each time. */
const onceIn = 10 * 60_000;

interface Parts {
  readonly database: Database;
  readonly registry: GatewayRegistry;
  readonly clock: Clock;
  readonly standardVersion: () => string;
  readonly change: Change;
}

/** Opens a ticket on a gateway that does not take the configuration that it was sent. */
export class BundleFaults {
  readonly #parts: Parts;
  readonly #open = new Map<string, Episode>();
  /** When a gateway that runs what it should refused something else, cloud clock. */
  readonly #passing = new Map<string, number>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Takes up what was open when the process ended. */
  async load(): Promise<void> {
    const { database, registry } = this.#parts;
    const rows = await database.read
      .selectFrom('episodes')
      .selectAll()
      .where('rule', '=', rule)
      .where('state', '=', 'standing')
      .where('ended', 'is', null)
      .execute();
    for (const gateway of registry.ids()) {
      const row = rows.find((one) => one.subject === this.#subject(gateway));
      if (row !== undefined) this.#open.set(gateway, judgedOf(row));
    }
  }

  /**
   * A gateway has refused a bundle, or gone back to the one before.
   * @param current whether it runs the newest one all the same: then that is over already
   */
  async begin(gateway: string, status: BundleStatus, current: boolean): Promise<void> {
    const { registry, clock, change } = this.#parts;
    if (this.#open.has(gateway)) return;
    const now = clock.now();
    if (current && now - (this.#passing.get(gateway) ?? Number.NEGATIVE_INFINITY) < onceIn) return;
    const begun = this.#episode(gateway, now, whyOf(gateway, status));
    const episode = current ? { ...begun, end: now } : begun;
    if (current) this.#passing.set(gateway, now);
    else this.#open.set(gateway, episode);
    await change(registry.estateOf(gateway), [{ type: 'opened', episode }]);
  }

  /** It runs the newest one. */
  async end(gateway: string): Promise<void> {
    const open = this.#open.get(gateway);
    if (open === undefined) return;
    this.#open.delete(gateway);
    const { registry, clock, change } = this.#parts;
    const was = { subject: open.subject, rule, onset: open.onset };
    const episode = { ...open, end: clock.now() };
    await change(registry.estateOf(gateway), [{ type: 'amended', was, episode }]);
  }

  #subject(gateway: string): string {
    return gatewaySubject(this.#parts.registry.estateOf(gateway), gateway);
  }

  #episode(gateway: string, onset: number, why: Text): Episode {
    return {
      subject: this.#subject(gateway),
      rule,
      item,
      onset,
      detected: onset,
      end: null,
      worst: null,
      worstAt: null,
      severity: 'medium',
      effect: 'none',
      standardVersion: this.#parts.standardVersion(),
      why,
      latched: false,
      history: false,
    };
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
