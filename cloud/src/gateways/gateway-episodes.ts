import type { Clock, Text } from '@caretaker/readings/base';
import type { Episode, EpisodeChange } from '@caretaker/standards/engine';
import type { Database } from '../db/database.ts';
import { type EpisodeRow, judgedOf } from '../episodes/rows.ts';
import { gatewaySubject } from '../estates/directory.ts';
import type { GatewayRegistry } from './registry.ts';

/** Where the changes of an estate go. */
export type Change = (estate: string, changes: readonly EpisodeChange[]) => Promise<void>;

export interface GatewayEpisodesParts {
  readonly registry: Pick<GatewayRegistry, 'ids' | 'estateOf'>;
  readonly clock: Clock;
  readonly standardVersion: () => string;
  readonly change: Change;
}

/** What the cloud itself finds wrong with gateways by one rule. */
export interface GatewayRule extends Pick<Episode, 'rule' | 'item' | 'severity' | 'latched'> {
  readonly effect?: Episode['effect'];
}

/** What is said of one finding; times are of the cloud's clock. */
export interface Finding {
  readonly onset: number;
  /** Over when it is found; it then leaves nothing open. */
  readonly end?: number;
  readonly why: Text;
}

/** Episodes on gateways themselves that no reading brings: at most one of a rule is open on each. */
export class GatewayEpisodes {
  readonly #parts: GatewayEpisodesParts;
  readonly #open = new Map<string, Episode>();

  constructor(parts: GatewayEpisodesParts) {
    this.#parts = parts;
  }

  /**
   * Takes up what was open when the process ended.
   * @returns every episode of these rules that stands, ended ones too, by gateway
   */
  async load(
    database: Database,
    rules: readonly string[],
  ): Promise<ReadonlyMap<string, readonly EpisodeRow[]>> {
    const rows = await database.read
      .selectFrom('episodes')
      .selectAll()
      .where('rule', 'in', rules)
      .where('state', '=', 'standing')
      .execute();
    const bySubject = Map.groupBy(rows, ({ subject }) => subject);
    const found = new Map<string, readonly EpisodeRow[]>();
    for (const gateway of this.#parts.registry.ids()) {
      const own = bySubject.get(this.#subject(gateway)) ?? [];
      found.set(gateway, own);
      for (const row of own) {
        if (row.ended === null) this.#open.set(keyOf(gateway, row.rule), judgedOf(row));
      }
    }
    return found;
  }

  /** The one that is open. */
  open(gateway: string, rule: string): Episode | undefined {
    return this.#open.get(keyOf(gateway, rule));
  }

  async begin(gateway: string, of: GatewayRule, { onset, end, why }: Finding): Promise<void> {
    const { registry, clock, standardVersion, change } = this.#parts;
    const { rule, item, severity, latched, effect = 'none' } = of;
    const episode: Episode = {
      ...{ subject: this.#subject(gateway), rule, item, onset, severity, effect, latched, why },
      detected: clock.now(),
      end: end ?? null,
      worst: null,
      worstAt: null,
      standardVersion: standardVersion(),
      history: false,
    };
    if (end === undefined) this.#open.set(keyOf(gateway, rule), episode);
    await change(registry.estateOf(gateway), [{ type: 'opened', episode }]);
  }

  /** Ends the one that is open, if there is one. */
  async end(gateway: string, rule: string, end: number): Promise<void> {
    const open = this.#open.get(keyOf(gateway, rule));
    if (open === undefined) return;
    this.#open.delete(keyOf(gateway, rule));
    const { registry, change } = this.#parts;
    const was = { subject: open.subject, rule, onset: open.onset };
    await change(registry.estateOf(gateway), [{ type: 'amended', was, episode: { ...open, end } }]);
  }

  #subject(gateway: string): string {
    return gatewaySubject(this.#parts.registry.estateOf(gateway), gateway);
  }
}

function keyOf(gateway: string, rule: string): string {
  return `${gateway}\n${rule}`;
}
