import { kinds, type Metric } from '../kinds/index.ts';
import type { Asset } from '../model/index.ts';

/** A point as messages name it, with what its values must be. */
export interface Target {
  /** `asset/metric`. */
  readonly point: string;
  readonly metric: Metric;
}

/** The declared points of an asset by metric. */
export function targetsOf(asset: Asset): ReadonlyMap<string, Target> {
  const targets = new Map<string, Target>();
  for (const { metric: id } of asset.points) {
    const metric = kinds[asset.kind]?.metrics[id];
    if (metric !== undefined) targets.set(id, { point: `${asset.id}/${id}`, metric });
  }
  return targets;
}
