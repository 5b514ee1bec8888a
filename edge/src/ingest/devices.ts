import type { Estate } from '@caretaker/devices/model';
import type { Clock } from '@caretaker/readings/base';

/** A point that has spoken since the gateway's start. */
interface Point {
  readonly metric: string;
  readonly asset: Asset;
  /** Milliseconds; null for one that is never silent. */
  readonly silentAfter: number | null;
  /** By the monotonic clock; null before. */
  heard: number | null;
}

interface Asset {
  readonly id: string;
  readonly points: Point[];
  /** When it last gave a sign of life, with a reading or without, by the monotonic clock; null before. */
  seen: number | null;
  /** Receipt less stamp, smoothed, milliseconds; null for devices that do not stamp. */
  lag: number | null;
}

/** An asset of which a point has been quiet for longer than it may be. */
export interface SilentAsset {
  readonly asset: string;
  /** Metrics that are silent. */
  readonly metrics: readonly string[];
  /** When the first of them was last heard, UTC epoch milliseconds. */
  readonly lastHeard: number;
  /** When the asset last gave a sign of life, with a value or without, UTC epoch milliseconds. */
  readonly lastSeen: number;
}

/** When an asset last gave a sign of life: a reading, or a message without any. */
export interface Seen {
  readonly asset: string;
  /** UTC epoch milliseconds. */
  readonly at: number;
}

export interface Lag {
  readonly asset: string;
  /** Receipt less the device's own time, smoothed, milliseconds: negative when the device is ahead. */
  readonly ms: number;
}

/** What `/status` says of devices; of those that have spoken since the gateway's start. */
export interface DeviceReport {
  readonly assets: number;
  readonly points: number;
  readonly silentPoints: number;
  /** The one quiet for longest first; at most so many. */
  readonly silent: readonly SilentAsset[];
  /** The one furthest off first; at most so many. */
  readonly lags: readonly Lag[];
  /** The one seen last first; at most so many. */
  readonly seen: readonly Seen[];
}

/** Of the difference, what one more message counts. */
const SMOOTHING = 0.2;
const MOST_SILENT = 200;
const MOST_LAGS = 20;
const MOST_SEEN = 1_000;

/** Which devices speak, and how their clocks stand: in memory, since the gateway's start. */
export class Devices {
  readonly #clock: Clock;
  readonly #points = new Map<string, Point>();
  readonly #assets: Asset[];
  readonly #byId: ReadonlyMap<string, Asset>;

  constructor(estate: Estate, clock: Clock) {
    this.#clock = clock;
    this.#assets = estate.assets.map(({ id }) => ({ id, points: [], seen: null, lag: null }));
    this.#byId = new Map(this.#assets.map((asset) => [asset.id, asset]));
    for (const [index, { id, points }] of estate.assets.entries()) {
      const asset = this.#assets[index];
      if (asset === undefined) continue;
      for (const { metric, silentAfter } of points) {
        const point = { metric, asset, silentAfter, heard: null };
        asset.points.push(point);
        this.#points.set(`${id}/${metric}`, point);
      }
    }
  }

  /** Takes over what was heard of the points that it has, too. */
  adopt(before: Devices): void {
    for (const [id, point] of this.#points) {
      point.heard = before.#points.get(id)?.heard ?? point.heard;
    }
    for (const asset of this.#assets) {
      const { seen = null, lag = null } = before.#byId.get(asset.id) ?? {};
      asset.seen = seen ?? asset.seen;
      asset.lag = lag ?? asset.lag;
    }
  }

  /**
   * An asset gave a sign of life: silence of its points is not ended by it.
   * @param heard by the monotonic clock
   */
  saw(asset: string, heard: number): void {
    const found = this.#byId.get(asset);
    if (found !== undefined) found.seen = heard;
  }

  /**
   * A reading came.
   * @param heard by the monotonic clock
   * @param lag receipt less stamp, milliseconds; null for an unstamped one, and while the time is not known
   */
  heard(point: string, heard: number, lag: number | null): void {
    const found = this.#points.get(point);
    if (found === undefined) return;
    found.heard = heard;
    found.asset.seen = heard;
    if (lag === null) return;
    const { asset } = found;
    asset.lag = asset.lag === null ? lag : asset.lag + (lag - asset.lag) * SMOOTHING;
  }

  /** @param now UTC epoch milliseconds */
  report(now: number): DeviceReport {
    const elapsed = this.#clock.monotonic();
    const silent: SilentAsset[] = [];
    const lags: Lag[] = [];
    const seen: Seen[] = [];
    const counts = { assets: 0, points: 0, silentPoints: 0 };
    for (const { id, points, lag, seen: last } of this.#assets) {
      if (last !== null) seen.push({ asset: id, at: Math.round(now - (elapsed - last)) });
      const spoken = points.filter(({ heard }) => heard !== null);
      if (spoken.length === 0) continue;
      counts.assets += 1;
      counts.points += spoken.length;
      if (lag !== null) lags.push({ asset: id, ms: Math.round(lag) });
      const quiet = spoken.filter((point) => isSilent(point, elapsed));
      counts.silentPoints += quiet.length;
      if (quiet.length === 0) continue;
      const first = Math.min(...quiet.map(({ heard }) => heard ?? 0));
      const metrics = quiet.map(({ metric }) => metric);
      silent.push({
        asset: id,
        metrics,
        lastHeard: Math.round(now - (elapsed - first)),
        lastSeen: Math.round(now - (elapsed - (last ?? first))),
      });
    }
    silent.sort((a, b) => a.lastHeard - b.lastHeard);
    lags.sort((a, b) => Math.abs(b.ms) - Math.abs(a.ms));
    seen.sort((a, b) => b.at - a.at);
    return {
      ...counts,
      silent: silent.slice(0, MOST_SILENT),
      lags: lags.slice(0, MOST_LAGS),
      seen: seen.slice(0, MOST_SEEN),
    };
  }
}

function isSilent({ heard, silentAfter }: Point, elapsed: number): boolean {
  return heard !== null && silentAfter !== null && elapsed - heard > silentAfter;
}
