import type { GatewayClockState, ReportedTombstone, Status } from '@caretaker/readings/uplink';
import type { Gateway } from '../contract/index.ts';
import type { Database, Tx } from '../db/database.ts';
import type { Directory } from '../estates/directory.ts';
import { countLosses, countThinned, type FoundLoss, saveLosses, saveThinned } from './gone.ts';

/** No frame for this long: the gateway is silent and what it last said is no longer known. */
const silentAfter = 30_000;
/** Silent for this long: somebody has to look. */
export const ticketAfter = 60_000;

interface State {
  readonly id: string;
  readonly estate: string;
  lastSeen: number | null;
  completeTo: number | null;
  /** Since when the present state holds, cloud clock. */
  since: number | null;
  silent: boolean;
  pending: number | null;
  oldestPendingAt: number | null;
  quarantined: number | null;
  journal: string | null;
  losses: number;
  removed: number;
  daysLeft: number | null;
  clock: GatewayClockState | null;
}

type Health = Extract<Status, { type: 'health' }>;

/** What the cloud knows of each gateway, kept in memory and written with the frames and snapshots. */
export class GatewayRegistry {
  readonly #states = new Map<string, State>();
  #started = 0;

  /** @param now cloud clock; silence before the cloud was there to listen is not the gateway's */
  async load(database: Database, directory: Directory, now: number): Promise<void> {
    this.#started = now;
    for (const [id, estate] of directory.gateways) {
      const row = await database.read
        .selectFrom('gateways')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirst();
      this.#states.set(id, {
        id,
        estate,
        lastSeen: row?.last_seen ?? null,
        completeTo: row?.complete_to ?? null,
        since: row?.last_seen ?? null,
        silent: false,
        pending: row?.pending ?? null,
        oldestPendingAt: row?.oldest_pending_at ?? null,
        quarantined: row?.quarantined ?? null,
        journal: row?.journal ?? null,
        losses: await countLosses(database.read, id),
        removed: await countThinned(database.read, id),
        daysLeft: null,
        clock: null,
      });
    }
  }

  knows(gateway: string): boolean {
    return this.#states.has(gateway);
  }

  #of(gateway: string): State {
    const state = this.#states.get(gateway);
    if (state === undefined) throw new Error(`no gateway ${gateway}`);
    return state;
  }

  /**
   * A frame came.
   * @returns true when that ends a silence, or is the first ever
   */
  seen(gateway: string, now: number): boolean {
    const state = this.#of(gateway);
    const news = state.silent || state.lastSeen === null;
    state.lastSeen = now;
    if (news) state.since = now;
    state.silent = false;
    return news;
  }

  /** @returns gateways that have just become silent */
  hush(now: number): readonly string[] {
    const found: string[] = [];
    for (const state of this.#states.values()) {
      if (state.lastSeen === null || state.silent) continue;
      if (now - Math.max(state.lastSeen, this.#started) < silentAfter) continue;
      state.silent = true;
      state.since = state.lastSeen;
      found.push(state.id);
    }
    return found;
  }

  /** Gateways silent for long enough to open a ticket, with the instant of their last frame. */
  overdue(now: number): readonly { readonly gateway: string; readonly since: number }[] {
    return [...this.#states.values()].flatMap(({ id, silent, lastSeen }) => {
      if (!silent || lastSeen === null) return [];
      const quiet = now - Math.max(lastSeen, this.#started);
      return quiet >= ticketAfter ? [{ gateway: id, since: lastSeen }] : [];
    });
  }

  /** Judged up to here; it never goes back. */
  judged(gateway: string, completeTo: number): void {
    const state = this.#of(gateway);
    state.completeTo = Math.max(state.completeTo ?? completeTo, completeTo);
  }

  health(gateway: string, health: Health): void {
    const state = this.#of(gateway);
    state.pending = health.pending;
    state.oldestPendingAt = health.oldestPendingAt;
    state.quarantined = health.quarantined;
    state.clock = health.clock ?? null;
    if (health.room !== undefined) state.daysLeft = health.room?.daysLeft ?? null;
  }

  opened(gateway: string, journal: string): void {
    this.#of(gateway).journal = journal;
  }

  journal(gateway: string): string | null {
    return this.#of(gateway).journal;
  }

  completeTo(gateway: string): number | null {
    return this.#of(gateway).completeTo;
  }

  isSilent(gateway: string): boolean {
    return this.#of(gateway).silent;
  }

  view(gateway: string): Gateway {
    const { id, silent, since, lastSeen, completeTo, ...rest } = this.#of(gateway);
    const state = lastSeen === null ? 'never' : silent ? 'silent' : 'online';
    const { pending, oldestPendingAt, quarantined, losses, removed, daysLeft, clock } = rest;
    const heard = { id, state, since, lastSeen, completeTo } as const;
    const told = { pending, oldestPendingAt, quarantined, losses, removed, daysLeft, clock };
    return { ...heard, ...told };
  }

  estateOf(gateway: string): string {
    return this.#of(gateway).estate;
  }

  ids(): readonly string[] {
    return [...this.#states.keys()];
  }

  /** Writes what is known of one gateway. */
  async save(tx: Tx, gateway: string, journal = this.journal(gateway)): Promise<void> {
    const state = this.#of(gateway);
    const columns = {
      last_seen: state.lastSeen,
      complete_to: state.completeTo,
      pending: state.pending,
      oldest_pending_at: state.oldestPendingAt,
      quarantined: state.quarantined,
      journal,
    };
    await tx
      .insertInto('gateways')
      .values({ ...columns, id: gateway, estate: state.estate })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(columns))
      .execute();
  }

  /** Writes ranges that a gateway lost; the same one again is the same row. */
  async lost(tx: Tx, gateway: string, losses: readonly FoundLoss[]): Promise<void> {
    await saveLosses(tx, gateway, losses);
    this.#of(gateway).losses = await countLosses(tx, gateway);
  }

  /** Writes what a gateway removed to make room. */
  async thinned(tx: Tx, gateway: string, tombstones: readonly ReportedTombstone[]): Promise<void> {
    await saveThinned(tx, gateway, tombstones);
    this.#of(gateway).removed = await countThinned(tx, gateway);
  }
}
