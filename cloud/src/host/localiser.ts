import { type Reading, type Series, storable } from '@caretaker/readings';
import type { Directory } from '../estates/directory.ts';

/** The readings of a frame that an estate declares, under their full ids, and the rest. */
export interface Localised {
  readonly known: readonly Reading[];
  readonly unknown: readonly Reading[];
  /** The gateway's estate may be older than ours: one reading no store keeps would hold up all that follow. */
  readonly unfit: readonly Reading[];
  /** Readings altogether. */
  readonly fresh: number;
  /** Each known one is newer than all of its point before it, and there were some. */
  readonly inOrder: boolean;
}

interface Place {
  readonly series: Series;
  /** The newest reading of it that was seen; Infinity before the first. */
  newest: number;
}

/** Finds the points of one estate by the names that its gateways give them. */
export class Localiser {
  /**
   * By `asset/metric`. Every reading gets the one string of its point: what looks it up later need not go through its
   * letters again, and there are six who do.
   */
  readonly #places: ReadonlyMap<string, Place>;

  constructor(directory: Directory, estate: string) {
    const points = [...directory.points.values()].filter(({ asset }) => asset.estate === estate);
    this.#places = new Map(
      points.flatMap(({ point: { id } }) => {
        const series = directory.describe(id);
        if (series === undefined) return [];
        const place = { series, newest: Number.POSITIVE_INFINITY };
        return [[id.slice(estate.length + 1), place] as const];
      }),
    );
  }

  /** To be called in the order in which frames are taken. */
  localise(readings: readonly Reading[]): Localised {
    const known: Reading[] = [];
    const unknown: Reading[] = [];
    const unfit: Reading[] = [];
    let inOrder = true;
    for (const reading of readings) {
      const place = this.#places.get(reading.point);
      if (place === undefined) unknown.push(reading);
      else if (!storable(reading, place.series)) unfit.push(reading);
      else {
        known.push({ ...reading, point: place.series.point });
        if (!isNewer(reading, place)) inOrder = false;
      }
    }
    return { known, unknown, unfit, fresh: readings.length, inOrder };
  }
}

function isNewer({ at }: Reading, place: Place): boolean {
  const { newest } = place;
  if (at > newest || newest === Number.POSITIVE_INFINITY) place.newest = at;
  return at > newest;
}
