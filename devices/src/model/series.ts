import type { DescribePoint, Series } from '@caretaker/readings';
import { kinds } from '../kinds/index.ts';
import type { Estate } from './estate.ts';

/** Describes every point of the estates to a store, by full id (`estate/asset/metric`). */
export function describeSeries(estates: readonly Estate[]): DescribePoint {
  const series = new Map<string, Series>();
  for (const asset of estates.flatMap((estate) => estate.assets)) {
    for (const point of asset.points) {
      const metric = kinds[asset.kind]?.metrics[point.metric];
      if (metric === undefined) continue;
      series.set(point.id, {
        point: point.id,
        estate: asset.estate,
        asset: asset.id,
        kind: asset.kind,
        metric: metric.id,
        type: metric.type,
        mean: metric.mean,
      });
    }
  }
  return (point) => series.get(point);
}
