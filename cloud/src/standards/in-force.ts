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

/** An estate as it is judged now. */
interface Held {
  readonly until: number;
  readonly estate: Estate;
  readonly assets: ReadonlyMap<string, Asset>;
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
  readonly #held = new Map<string, Held>();
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
    return this.#of(asset.estate)?.assets.get(asset.id) ?? asset;
  }

  /** The estate with the limits that are in force by the cloud's clock: the same object until one of them changes. */
  estate(id: string): Estate | undefined {
    return this.#of(id)?.estate;
  }

  /** Finds the assets that one of an estate may be related to. */
  related(estate: string): (id: string) => Asset | undefined {
    return (id) => {
      const asset = this.#directory.assets.get(`${estate}/${id}`);
      return asset && this.asset(asset);
    };
  }

  /** To be called after a change of an estate or of its limits. */
  changed(estate: string): void {
    this.#held.delete(estate);
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
    return this.itemNamed(id) ?? { en: id, zh: id };
  }

  /** What an item is called, or was last; null for none that there ever was. */
  itemNamed(id: string): Text | null {
    for (const { standard } of this.versions.known.toReversed()) {
      const item = standard.items.find((i) => i.id === id);
      if (item !== undefined) return item.name;
    }
    return null;
  }

  #of(id: string): Held | undefined {
    const now = this.#clock.now();
    const held = this.#held.get(id);
    if (held !== undefined && now < held.until) return held;
    const declared = this.#directory.estates.get(id);
    if (declared === undefined) return undefined;
    const changes = this.overrides.of(id);
    const next = changes.find((change) => change.effective > now);
    const estate = estateAt(declared, changes, now);
    const fresh = {
      until: next?.effective ?? Number.POSITIVE_INFINITY,
      estate,
      assets: new Map(estate.assets.map((asset) => [asset.id, asset])),
    };
    this.#held.set(id, fresh);
    return fresh;
  }
}
