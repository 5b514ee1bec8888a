import type { Asset, Estate } from '@caretaker/devices/model';
import type { Reading, ReadingValue } from '@caretaker/readings';
import type { MetricState, StateEvent } from './messages.ts';

/** The newest reading of a point, as it is kept over a restart. */
export type KeptValue = readonly [point: string, value: ReadingValue, at: number, received: number];

interface Slot {
  readonly asset: string;
  readonly metric: string;
  /** Milliseconds without a reading after which the value is unknown. */
  readonly silentAfter: number;
  value: ReadingValue | null;
  at: number;
  received: number;
  silent: boolean;
}

/** The newest reading of each point of one gateway. */
export class Values {
  readonly #estate: string;
  readonly #slots = new Map<string, Slot>();
  readonly #byAsset = new Map<string, readonly Slot[]>();

  /** @param gateway of whose assets it is told */
  constructor(estate: Estate, gateway: string, kept: Iterable<KeptValue> = []) {
    this.#estate = estate.id;
    for (const asset of estate.assets) if (asset.gateway === gateway) this.#add(asset);
    for (const [point, value, at, received] of kept) {
      const slot = this.#slots.get(point);
      if (slot !== undefined) Object.assign(slot, { value, at, received });
    }
  }

  #add({ id, points }: Asset): void {
    const slots = points.map(({ metric, silentAfter }): Slot => {
      const limit = silentAfter ?? Number.POSITIVE_INFINITY;
      const nothing = { value: null, at: Number.NEGATIVE_INFINITY, received: 0, silent: false };
      return { asset: id, metric, silentAfter: limit, ...nothing };
    });
    for (const slot of slots) this.#slots.set(`${id}/${slot.metric}`, slot);
    this.#byAsset.set(id, slots);
  }

  get assets(): Iterable<string> {
    return this.#byAsset.keys();
  }

  has(asset: string): boolean {
    return this.#byAsset.has(asset);
  }

  /** Takes readings of the journal. @returns the assets that stand otherwise now */
  take(readings: readonly Reading[]): ReadonlySet<string> {
    const changed = new Set<string>();
    for (const { point, at, value, received } of readings) {
      const slot = this.#slots.get(point);
      if (slot === undefined || at < slot.at) continue;
      slot.value = value;
      slot.at = at;
      slot.received = received;
      slot.silent = false;
      changed.add(slot.asset);
    }
    return changed;
  }

  /** Looks who is silent. @returns the assets of which that has changed */
  look(now: number): ReadonlySet<string> {
    const changed = new Set<string>();
    for (const slot of this.#slots.values()) {
      const silent = slot.value !== null && now - slot.received > slot.silentAfter;
      if (silent === slot.silent) continue;
      slot.silent = silent;
      changed.add(slot.asset);
    }
    return changed;
  }

  /** @returns null for an asset that is not known, or has no points */
  state(asset: string, now: number): StateEvent | null {
    const slots = this.#byAsset.get(asset);
    if (slots === undefined || slots.length === 0) return null;
    const metrics: Record<string, MetricState> = {};
    for (const { metric, value, at, silent } of slots) {
      metrics[metric] = { value, at: value === null ? null : at, silent };
    }
    return { estate: this.#estate, asset, at: now, metrics };
  }

  kept(): KeptValue[] {
    const kept: KeptValue[] = [];
    for (const [point, { value, at, received }] of this.#slots) {
      if (value !== null) kept.push([point, value, at, received]);
    }
    return kept;
  }
}
