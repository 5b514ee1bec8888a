import type { Clock, Text } from '@caretaker/readings/base';
import type { Status } from '@caretaker/readings/uplink';
import type { Episode } from '@caretaker/standards/engine';
import type { Database } from '../db/database.ts';
import { unknownSequence } from '../db/journal-tables.ts';
import { judgedOf } from '../episodes/rows.ts';
import { gatewaySubject } from '../estates/directory.ts';
import { countThinned } from './gone.ts';
import type { GatewayRegistry } from './registry.ts';
import type { Change } from './silence.ts';

type Health = Extract<Status, { type: 'health' }>;
type Rule = 'gateway-readings-lost' | 'gateway-readings-thinned' | 'gateway-journal-full';

const items: Readonly<Record<Rule, string>> = {
  'gateway-readings-lost': 'EST-S8',
  'gateway-readings-thinned': 'EST-S9',
  'gateway-journal-full': 'EST-S10',
};

const MEGABYTE = 1_000_000;
/** A journal thins at 90 %: somebody should know before. */
const fullFrom = 0.75;
const fullUntil = 0.65;
/** Free on the disk: it thins at 128 MiB. */
const diskFrom = 256 * MEGABYTE;
const diskUntil = 320 * MEGABYTE;
/** Nothing more was removed for this long: the thinning is over. */
const thinningEnds = 10 * 60_000;

interface Told {
  readonly room: NonNullable<Health['room']> | null;
  /** Readings removed in all when it last changed, and when that was by our clock. */
  readonly removed: number;
  readonly changed: number;
}

interface Parts {
  readonly database: Database;
  readonly registry: GatewayRegistry;
  readonly clock: Clock;
  readonly standardVersion: () => string;
  readonly change: Change;
}

/**
 * Opens tickets on what happens to the journals of gateways: readings that were lost, readings that were thinned
 * out to make room, and a journal or disk that is nearly full.
 */
export class JournalWatch {
  readonly #parts: Parts;
  readonly #open = new Map<string, Episode>();
  /** Losses of which there is an episode: gateway and instant. */
  readonly #lost = new Set<string>();
  /** Losses of a gateway when they were last looked at. */
  readonly #counted = new Map<string, number>();
  readonly #told = new Map<string, Told>();
  #looking = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Takes up what was open when the process ended. */
  async load(): Promise<void> {
    const { database, registry } = this.#parts;
    const rows = await database.read
      .selectFrom('episodes')
      .selectAll()
      .where('rule', 'in', Object.keys(items))
      .where('state', '=', 'standing')
      .execute();
    for (const gateway of registry.ids()) {
      const subject = this.#subject(gateway);
      for (const row of rows.filter((one) => one.subject === subject)) {
        if (row.rule === 'gateway-readings-lost') this.#lost.add(`${gateway}\n${row.onset}`);
        else if (row.ended === null) this.#open.set(`${gateway}\n${row.rule}`, judgedOf(row));
      }
      const removed = await countThinned(database.read, gateway);
      this.#told.set(gateway, { room: null, removed, changed: -Infinity });
    }
  }

  /** A gateway has told how it is; what it told of ranges is written already. */
  told(gateway: string, { room }: Health): void {
    const before = this.#told.get(gateway);
    if (before !== undefined) this.#told.set(gateway, { ...before, room: room ?? before.room });
  }

  /** Opens and ends what there is to; while that goes on, another look is none. */
  async look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      for (const gateway of this.#parts.registry.ids()) {
        await this.#lookForLosses(gateway);
        await this.#lookForThinning(gateway);
        await this.#lookAtRoom(gateway);
      }
    } finally {
      this.#looking = false;
    }
  }

  async #lookForLosses(gateway: string): Promise<void> {
    const { database, registry } = this.#parts;
    const { losses } = registry.view(gateway);
    if (losses === (this.#counted.get(gateway) ?? 0)) return;
    const rows = await database.read
      .selectFrom('losses')
      .selectAll()
      .where('gateway', '=', gateway)
      .orderBy('at')
      .orderBy('from_sequence')
      .execute();
    for (const [at, ranges] of Map.groupBy(rows, (row) => row.at)) {
      const key = `${gateway}\n${at}`;
      if (this.#lost.has(key)) continue;
      const known = ranges.filter((row) => row.from_sequence !== unknownSequence);
      const count = known.reduce((n, row) => n + row.to_sequence - row.from_sequence + 1, 0);
      const why = lostWhy(gateway, known.length < ranges.length ? null : count);
      const episode = this.#episode(gateway, 'gateway-readings-lost', at, why);
      await this.#say(gateway, { ...episode, end: at });
      this.#lost.add(key);
    }
    this.#counted.set(gateway, losses);
  }

  async #lookForThinning(gateway: string): Promise<void> {
    const { registry, clock } = this.#parts;
    const told = this.#told.get(gateway);
    if (told === undefined) return;
    const rule = 'gateway-readings-thinned';
    const open = this.#open.get(`${gateway}\n${rule}`);
    const now = clock.now();
    const { removed } = registry.view(gateway);
    if (removed !== told.removed) {
      const why = thinnedWhy(gateway, removed - told.removed);
      if (open === undefined) await this.#begin(gateway, rule, now, why);
      this.#told.set(gateway, { ...told, removed, changed: now });
    } else if (open !== undefined && now - told.changed >= thinningEnds) {
      await this.#end(gateway, rule, Math.max(open.onset, Math.min(now, told.changed)));
    }
  }

  async #lookAtRoom(gateway: string): Promise<void> {
    const room = this.#told.get(gateway)?.room;
    if (room === undefined || room === null) return;
    const { bytes, maxBytes, freeBytes } = room;
    const rule = 'gateway-journal-full';
    const open = this.#open.has(`${gateway}\n${rule}`);
    const free = freeBytes ?? Infinity;
    const now = this.#parts.clock.now();
    if (!open && (bytes >= maxBytes * fullFrom || free < diskFrom)) {
      await this.#begin(gateway, rule, now, fullWhy(gateway, room));
    } else if (open && bytes < maxBytes * fullUntil && free >= diskUntil) {
      await this.#end(gateway, rule, now);
    }
  }

  async #begin(gateway: string, rule: Rule, onset: number, why: Text): Promise<void> {
    const episode = this.#episode(gateway, rule, onset, why);
    this.#open.set(`${gateway}\n${rule}`, episode);
    await this.#say(gateway, episode);
  }

  async #end(gateway: string, rule: Rule, end: number): Promise<void> {
    const open = this.#open.get(`${gateway}\n${rule}`);
    if (open === undefined) return;
    this.#open.delete(`${gateway}\n${rule}`);
    const was = { subject: open.subject, rule, onset: open.onset };
    const { registry, change } = this.#parts;
    await change(registry.estateOf(gateway), [{ type: 'amended', was, episode: { ...open, end } }]);
  }

  async #say(gateway: string, episode: Episode): Promise<void> {
    const { registry, change } = this.#parts;
    await change(registry.estateOf(gateway), [{ type: 'opened', episode }]);
  }

  #subject(gateway: string): string {
    return gatewaySubject(this.#parts.registry.estateOf(gateway), gateway);
  }

  #episode(gateway: string, rule: Rule, onset: number, why: Text): Episode {
    const { clock, standardVersion } = this.#parts;
    return {
      subject: this.#subject(gateway),
      rule,
      item: items[rule],
      onset,
      detected: clock.now(),
      end: null,
      worst: null,
      worstAt: null,
      severity: rule === 'gateway-readings-thinned' ? 'low' : 'medium',
      effect: 'none',
      standardVersion: standardVersion(),
      why,
      // What is gone is gone: somebody has to look at it.
      latched: rule !== 'gateway-journal-full',
      history: false,
    };
  }
}

function lostWhy(gateway: string, count: number | null): Text {
  return {
    en: `Gateway ${gateway} has lost ${count === null ? 'readings, nobody knows how many' : `up to ${count} readings`}.`,
    zh: `网关 ${gateway} 丢失了${count === null ? '读数，数量不明' : `至多 ${count} 条读数`}。`,
  };
}

function thinnedWhy(gateway: string, count: number): Text {
  return {
    en: `Gateway ${gateway} has thinned out ${count} readings to make room; extremes and changes are kept.`,
    zh: `网关 ${gateway} 为腾出空间精简了 ${count} 条读数，极值和变化均已保留。`,
  };
}

function fullWhy(
  gateway: string,
  { bytes, maxBytes, freeBytes }: NonNullable<Health['room']>,
): Text {
  const used = Math.round((bytes / maxBytes) * 100);
  const free = freeBytes === null ? null : Math.round(freeBytes / MEGABYTE);
  const disk = free === null ? '' : `, ${free} MB are left on its disk`;
  return {
    en: `The journal of gateway ${gateway} is ${used} % full${disk}: soon readings are thinned out.`,
    zh: `网关 ${gateway} 的读数日志已用 ${used}%${free === null ? '' : `，磁盘剩余 ${free} MB`}，即将开始精简读数。`,
  };
}
