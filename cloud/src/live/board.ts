import type { Asset as Declared, Point as DeclaredPoint } from '@caretaker/devices/model';
import type { Reading, ReadingStore } from '@caretaker/readings';
import type { Clock, Text } from '@caretaker/readings/base';
import type { Condition } from '@caretaker/standards/engine';
import type { AssetState, LiveEvents, PlannedWork } from '../contract/index.ts';
import { isOpen, openTicketStates } from '../contract/index.ts';
import type { Database } from '../db/database.ts';
import { episodeOf } from '../episodes/rows.ts';
import type { Directory } from '../estates/directory.ts';
import type { GatewayRegistry } from '../gateways/registry.ts';
import type { Committed } from '../host/commit.ts';
import { type TicketRow, ticketOf } from '../tickets/rows.ts';
import type { EventRing } from './ring.ts';
import { assetState, type PointState, pointState } from './state.ts';
import type { LiveStreams } from './streams.ts';

export interface BoardParts {
  readonly directory: Directory;
  readonly registry: GatewayRegistry;
  readonly ring: EventRing;
  readonly streams: LiveStreams;
  readonly clock: Clock;
  readonly conditions: (estate: string, subject: string) => readonly Condition[];
  readonly factOf: (condition: Condition) => Text;
  /** The planned work under way on a subject; null when there is none. */
  readonly plannedOn: (subject: string) => PlannedWork | null;
}

/** A screen is told of changes this often at most; an emergency goes out at once. */
const batchEvery = 250;
/** One batch holds the event loop about this long, milliseconds; what is left follows after a rest. */
const longestBatch = 8;
const restBetween = 20;
/**
 * The same while a gateway delivers what it kept: everything changes all the time then, and none of it is new. With
 * the shorter rest, telling of it took a quarter of what the whole cloud could do.
 */
const restBehind = 250;

/** The present state of everything, in memory, and the stream of its changes. */
export class LiveBoard {
  readonly #parts: BoardParts;
  readonly #newest = new Map<string, Reading>();
  readonly #openTickets = new Map<string, Set<number>>();
  readonly #said = new Map<string, string>();
  readonly #touchedAssets = new Set<string>();
  /** The part of them that is told first. */
  readonly #urgentAssets = new Set<string>();
  readonly #touchedPoints = new Set<string>();
  readonly #followers = new Set<(row: TicketRow) => void>();
  /** What was judged last is behind what its gateway holds. */
  #behind = false;
  #cancel: (() => void) | null = null;

  constructor(parts: BoardParts) {
    this.#parts = parts;
  }

  async load(store: ReadingStore, database: Database): Promise<void> {
    for (const [point, reading] of await store.latest()) this.#newest.set(point, reading);
    const open = await database.read
      .selectFrom('tickets')
      .select(['id', 'subject', 'state'])
      .where('state', 'in', openTicketStates)
      .execute();
    for (const row of open) this.#noteTicket(row);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  /** Calls the listener with every ticket that was opened, changed or closed, once it is committed. */
  onTicket(listener: (row: TicketRow) => void): void {
    this.#followers.add(listener);
  }

  newest(point: string): Reading | undefined {
    return this.#newest.get(point);
  }

  conditions(asset: Declared): readonly Condition[] {
    return this.#parts.conditions(asset.estate, `${asset.estate}/${asset.id}`);
  }

  state(asset: Declared, conditions = this.conditions(asset)): AssetState {
    const gateway = this.#parts.registry.view(asset.gateway);
    return assetState({
      asset,
      conditions,
      newest: (point) => this.#newest.get(point),
      tickets: [...(this.#openTickets.get(`${asset.estate}/${asset.id}`) ?? [])].sort(
        (a, b) => a - b,
      ),
      silentSince: gateway.state === 'silent' ? (gateway.since ?? 0) : null,
      factOf: this.#parts.factOf,
      planned: this.#parts.plannedOn(`${asset.estate}/${asset.id}`),
    });
  }

  pointState(asset: Declared, point: DeclaredPoint, conditions: readonly Condition[]): PointState {
    const silent = this.#parts.registry.isSilent(asset.gateway);
    return pointState(point, conditions, this.#newest.get(point.id), silent);
  }

  /** An alarm of a gateway changed these rows: nobody is to wait for them. */
  alarmed(news: Committed): void {
    this.judged(news, [], []);
    this.#schedule(0);
  }

  /**
   * Readings that were judged and rows that were written.
   * @param behind their gateway holds more that are newer
   */
  judged(
    news: Committed,
    readings: readonly Reading[],
    subjects: readonly string[],
    behind = false,
  ): void {
    const { ring } = this.#parts;
    if (readings.length > 0) this.#behind = behind;
    this.#noteReadings(readings);
    for (const subject of subjects) this.#touchedAssets.add(subject);
    for (const row of news.episodes) {
      ring.append('episode', row.estate, episodeOf(row));
      this.#touchedAssets.add(row.subject);
    }
    for (const row of news.tickets) this.#sayTicket(row);
    const urgent = [...news.episodes, ...news.tickets].filter((r) => r.severity === 'emergency');
    for (const { subject } of urgent) this.#urgentAssets.add(subject);
    this.#schedule(urgent.length > 0 ? 0 : batchEvery);
  }

  #noteReadings(readings: readonly Reading[]): void {
    const { points } = this.#parts.directory;
    for (const reading of readings) {
      const { point } = reading;
      const held = this.#newest.get(point);
      if (held !== undefined && held.at > reading.at) continue;
      this.#newest.set(point, reading);
      // Touched before and not told yet: so is its asset.
      if (this.#touchedPoints.has(point)) continue;
      this.#touchedPoints.add(point);
      const asset = points.get(point)?.asset;
      if (asset !== undefined) this.#touchedAssets.add(`${asset.estate}/${asset.id}`);
    }
  }

  /** A person changed a ticket. */
  ticket(row: TicketRow): void {
    this.#sayTicket(row);
    this.#schedule(0);
  }

  /** What these subjects show may have changed for another reason than readings. */
  touch(subjects: readonly string[]): void {
    if (subjects.length === 0) return;
    for (const subject of subjects) this.#touchedAssets.add(subject);
    this.#schedule(batchEvery);
  }

  /** Other things are there than before: whoever follows the estate fetches all of it anew. */
  renewed(estate: string): void {
    this.#parts.ring.append('reset', estate, { reason: 'The estate has changed.' });
    this.#schedule(batchEvery);
  }

  /** A gateway's state changed; `all` when what its assets show changes with it. */
  gateway(id: string, all: boolean): void {
    const { registry, ring, directory } = this.#parts;
    const estate = registry.estateOf(id);
    ring.append('gateway', estate, { ...registry.view(id), estate });
    if (all) {
      for (const [subject, asset] of directory.assets) {
        if (asset.gateway === id) this.#touchedAssets.add(subject);
      }
    }
    this.#schedule(batchEvery);
  }

  #sayTicket(row: TicketRow): void {
    this.#noteTicket(row);
    for (const follower of this.#followers) follower(row);
    this.#parts.ring.append('ticket', row.estate, ticketOf(row));
    this.#touchedAssets.add(row.subject);
  }

  #noteTicket({ id, subject, state }: Pick<TicketRow, 'id' | 'subject' | 'state'>): void {
    const open = this.#openTickets.get(subject) ?? new Set();
    if (isOpen(state)) open.add(id);
    else open.delete(id);
    this.#openTickets.set(subject, open);
  }

  #schedule(wait: number): void {
    if (wait > 0) {
      this.#cancel ??= this.#parts.clock.after(wait, () => this.#flush());
      return;
    }
    this.#cancel?.();
    this.#flush();
  }

  #flush(): void {
    this.#cancel = null;
    const batches = new Map<string, LiveEvents['state']>();
    const at = this.#parts.clock.now();
    const began = this.#parts.clock.monotonic();
    for (const subject of this.#inOrder()) {
      if (this.#parts.clock.monotonic() - began > longestBatch) break;
      this.#urgentAssets.delete(subject);
      this.#touchedAssets.delete(subject);
      const asset = this.#parts.directory.assets.get(subject);
      if (asset === undefined) continue;
      const batch = batches.get(asset.estate) ?? { at, points: [], assets: [] };
      batches.set(asset.estate, batch);
      this.#describe(subject, asset, batch);
    }
    for (const [estate, batch] of batches) {
      if (batch.points.length + batch.assets.length === 0) continue;
      this.#parts.ring.append('state', estate, batch);
    }
    this.#parts.streams.flush();
    if (this.#touchedAssets.size > 0) this.#schedule(this.#behind ? restBehind : restBetween);
  }

  *#inOrder(): Generator<string> {
    yield* this.#urgentAssets;
    yield* this.#touchedAssets;
  }

  #describe(subject: string, asset: Declared, batch: LiveEvents['state']): void {
    const conditions = this.conditions(asset);
    const state = this.state(asset, conditions);
    if (this.#isNews(subject, JSON.stringify(state))) batch.assets.push({ id: subject, state });
    for (const point of asset.points) {
      const reading = this.#newest.get(point.id);
      if (reading === undefined) continue;
      const said = this.pointState(asset, point, conditions);
      const changed = this.#isNews(point.id, `${said.phase} ${said.severity}`);
      if (!this.#touchedPoints.delete(point.id) && !changed) continue;
      batch.points.push({ id: point.id, value: reading.value, at: reading.at, ...said });
    }
  }

  #isNews(key: string, said: string): boolean {
    if (this.#said.get(key) === said) return false;
    this.#said.set(key, said);
    return true;
  }
}
