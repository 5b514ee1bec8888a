import type { Clock, Text } from '@caretaker/readings/base';
import type { Status } from '@caretaker/readings/uplink';
import type { Database } from '../db/database.ts';
import { unknownSequence } from '../db/journal-tables.ts';
import { type Change, GatewayEpisodes, type GatewayRule } from './gateway-episodes.ts';
import { countThinned } from './gone.ts';
import type { GatewayRegistry } from './registry.ts';

type Health = Extract<Status, { type: 'health' }>;

// What is gone is gone: somebody has to look at it.
const lost: GatewayRule = {
  ...{ rule: 'gateway-readings-lost', item: 'EST-S8', severity: 'medium', latched: true },
};
const thinned: GatewayRule = {
  ...{ rule: 'gateway-readings-thinned', item: 'EST-S9', severity: 'low', latched: true },
};
const full: GatewayRule = {
  ...{ rule: 'gateway-journal-full', item: 'EST-S10', severity: 'medium', latched: false },
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
  readonly #episodes: GatewayEpisodes;
  /** Losses of which there is an episode: gateway and instant. */
  readonly #lost = new Set<string>();
  /** Losses of a gateway when they were last looked at. */
  readonly #counted = new Map<string, number>();
  readonly #told = new Map<string, Told>();
  #looking = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#episodes = new GatewayEpisodes(parts);
  }

  /** Takes up what was open when the process ended. */
  async load(): Promise<void> {
    const { database } = this.#parts;
    const standing = await this.#episodes.load(database, [lost.rule, thinned.rule, full.rule]);
    for (const [gateway, rows] of standing) {
      for (const { rule, onset } of rows) {
        if (rule === lost.rule) this.#lost.add(`${gateway}\n${onset}`);
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
      await this.#episodes.begin(gateway, lost, { onset: at, end: at, why });
      this.#lost.add(key);
    }
    this.#counted.set(gateway, losses);
  }

  async #lookForThinning(gateway: string): Promise<void> {
    const { registry, clock } = this.#parts;
    const told = this.#told.get(gateway);
    if (told === undefined) return;
    const open = this.#episodes.open(gateway, thinned.rule);
    const now = clock.now();
    const { removed } = registry.view(gateway);
    if (removed !== told.removed) {
      const why = thinnedWhy(gateway, removed - told.removed);
      if (open === undefined) await this.#episodes.begin(gateway, thinned, { onset: now, why });
      this.#told.set(gateway, { ...told, removed, changed: now });
    } else if (open !== undefined && now - told.changed >= thinningEnds) {
      const end = Math.max(open.onset, Math.min(now, told.changed));
      await this.#episodes.end(gateway, thinned.rule, end);
    }
  }

  async #lookAtRoom(gateway: string): Promise<void> {
    const room = this.#told.get(gateway)?.room;
    if (room === undefined || room === null) return;
    const { bytes, maxBytes, freeBytes } = room;
    const open = this.#episodes.open(gateway, full.rule) !== undefined;
    const free = freeBytes ?? Infinity;
    const now = this.#parts.clock.now();
    if (!open && (bytes >= maxBytes * fullFrom || free < diskFrom)) {
      await this.#episodes.begin(gateway, full, { onset: now, why: fullWhy(gateway, room) });
    } else if (open && bytes < maxBytes * fullUntil && free >= diskUntil) {
      await this.#episodes.end(gateway, full.rule, now);
    }
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
