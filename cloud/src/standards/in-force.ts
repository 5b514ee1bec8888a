import type { Asset, Estate } from '@caretaker/devices/model';
import type { Clock, Fault, Text } from '@caretaker/readings/base';
import {
  estateAt,
  ruleOf,
  type Standard,
  standardAt,
  type Timeline,
  timelineOf,
  titleOf,
} from '@caretaker/standards';
import type { Directory } from '../estates/directory.ts';
import type { Overrides } from './overrides.ts';
import type { StandardVersions } from './versions.ts';

/** A standard that was offered and is not used. */
export interface Refused {
  /** Where it came from. */
  readonly source: string;
  /** Cloud clock. */
  readonly at: number;
  readonly faults: readonly Fault[];
}

export interface InForceParts {
  readonly versions: StandardVersions;
  readonly overrides: Overrides;
  readonly directory: Directory;
  readonly clock: Clock;
}

/** By what readings are judged: now, before, and soon. */
export class InForce {
  readonly versions: StandardVersions;
  readonly overrides: Overrides;
  readonly #directory: Directory;
  readonly #clock: Clock;
  readonly #assets = new Map<string, { until: number; assets: ReadonlyMap<string, Asset> }>();
  /** The last standard that was offered, if it had faults. */
  refused: Refused | null = null;

  constructor({ versions, overrides, directory, clock }: InForceParts) {
    this.versions = versions;
    this.overrides = overrides;
    this.#directory = directory;
    this.#clock = clock;
  }

  /** The standard in force by the cloud's clock. */
  get standard(): Standard {
    return standardAt(this.versions.all, this.#clock.now());
  }

  /** The asset with the limits that are in force by the cloud's clock. */
  asset(asset: Asset): Asset {
    const now = this.#clock.now();
    let held = this.#assets.get(asset.estate);
    if (held === undefined || now >= held.until) {
      const estate = this.#directory.estates.get(asset.estate);
      if (estate === undefined) return asset;
      held = this.#assetsAt(estate, now);
      this.#assets.set(asset.estate, held);
    }
    return held.assets.get(asset.id) ?? asset;
  }

  /** Finds the assets that one of an estate may be related to. */
  related(estate: string): (id: string) => Asset | undefined {
    return (id) => {
      const asset = this.#directory.assets.get(`${estate}/${id}`);
      return asset && this.asset(asset);
    };
  }

  /** To be called after a change of an estate's limits. */
  changed(estate: string): void {
    this.#assets.delete(estate);
  }

  /**
   * By what the readings of an estate are judged, whenever they were measured.
   * @param since what was over by then is left out
   */
  timeline(estate: Estate, since: number): Timeline {
    return timelineOf(estate, this.versions.all, this.overrides.of(estate.id), since);
  }

  /** A rule's title; of a rule that is gone, as it was called last. */
  titleOf(rule: string): Text {
    const knows = this.versions.known.findLast(({ standard }) => ruleOf(standard, rule));
    return titleOf(knows?.standard ?? this.standard, rule);
  }

  itemName(id: string): Text {
    for (const { standard } of this.versions.known.toReversed()) {
      const item = standard.items.find((i) => i.id === id);
      if (item !== undefined) return item.name;
    }
    return { en: id, zh: id };
  }

  #assetsAt(estate: Estate, now: number) {
    const changes = this.overrides.of(estate.id);
    const next = changes.find((change) => change.effective > now);
    const { assets } = estateAt(estate, changes, now);
    return {
      until: next?.effective ?? Number.POSITIVE_INFINITY,
      assets: new Map(assets.map((asset) => [asset.id, asset])),
    };
  }
}
