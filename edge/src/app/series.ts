import { describeSeries, type Estate } from '@caretaker/devices/model';
import type { DescribePoint, Series } from '@caretaker/readings';
import type { Change, Changeable, Configuration } from '../change.ts';

/** Every point that there was since the start: readings of one that is gone may still wait to be stored. */
export class KnownSeries implements Changeable {
  readonly #all = new Map<string, Series>();
  readonly describe: DescribePoint = (point) => this.#all.get(point);

  constructor({ estate }: Configuration) {
    this.#add(estate);
  }

  prepare({ estate }: Configuration): Change {
    // What is known too much of harms nothing.
    return { commit: () => this.#add(estate), undo: () => {} };
  }

  #add(estate: Estate): void {
    const describe = describeSeries([estate]);
    for (const { id } of estate.assets.flatMap(({ points }) => points)) {
      const series = describe(id);
      if (series !== undefined) this.#all.set(id, series);
    }
  }
}
