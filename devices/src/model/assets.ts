import { type Kind, kinds, type Metric } from '../kinds/index.ts';
import type { Asset, Point } from './estate.ts';
import type { Report } from './report.ts';
import { assetSchema, type ParsedAsset, type ParsedPoint, pointSchema } from './schema.ts';
import type { Path } from './source.ts';

/** A point is silent after three cadences, and never before this (facts: limits §0). */
const shortestSilence = 30 * 60_000;

/** What an asset takes from the estate around it. */
export interface Surroundings {
  readonly estate: string;
  readonly gateway: string;
  readonly demo: boolean;
}

/** Reads one entry of `assets`, adding every fault of it; undefined when it is too broken to look into. */
export function readAsset(
  raw: unknown,
  path: Path,
  around: Surroundings,
  report: Report,
): Asset | undefined {
  const parsed = report.parse(assetSchema, raw, path);
  if (parsed === undefined) return undefined;
  const kind = kinds[parsed.kind];
  if (kind === undefined) {
    const allowed = `allowed: ${Object.keys(kinds).join(', ')}`;
    report.add(
      [...path, 'kind'],
      'DEVICES_ESTATE_KIND_UNKNOWN',
      `There is no kind "${parsed.kind}"`,
      allowed,
    );
    return undefined;
  }
  return {
    id: parsed.id,
    estate: around.estate,
    name: parsed.name,
    kind: parsed.kind,
    touchpoint: parsed.touchpoint,
    place: parsed.place,
    gateway: around.gateway,
    attributes: parsed.attributes,
    relations: parsed.relations,
    points: readPoints(parsed, kind, path, around, report),
    demo: parsed.demo ?? around.demo,
  };
}

function readPoints(
  asset: ParsedAsset,
  kind: Kind,
  path: Path,
  around: Surroundings,
  report: Report,
): Point[] {
  const points = new Map<string, Point>();
  for (const [index, raw] of asset.points.entries()) {
    const where = [...path, 'points', index];
    const parsed = report.parse(
      pointSchema,
      typeof raw === 'string' ? { metric: raw } : raw,
      where,
    );
    if (parsed === undefined) continue;
    const metric = Object.hasOwn(kind.metrics, parsed.metric)
      ? kind.metrics[parsed.metric]
      : undefined;
    if (metric === undefined) {
      report.add(
        where,
        'DEVICES_ESTATE_METRIC_UNKNOWN',
        `The kind "${kind.id}" has no metric "${parsed.metric}"`,
        `allowed: ${Object.keys(kind.metrics).join(', ')}`,
      );
      continue;
    }
    if (points.has(metric.id)) {
      report.add(where, 'DEVICES_ESTATE_ID_TWICE', `"${asset.id}" has "${metric.id}" twice`);
      continue;
    }
    const id = `${around.estate}/${asset.id}/${metric.id}`;
    points.set(metric.id, pointOf(id, parsed, metric, where, report));
  }
  return [...points.values()];
}

function pointOf(
  id: string,
  parsed: ParsedPoint,
  metric: Metric,
  path: Path,
  report: Report,
): Point {
  const cadence = parsed.cadence === undefined ? (metric.cadence ?? null) : parsed.cadence;
  const silentAfter =
    parsed.silentAfter === undefined ? silenceOf(parsed, cadence, metric) : parsed.silentAfter;
  if (cadence !== null && silentAfter !== null && silentAfter < cadence) {
    report.add(
      [...path, 'silentAfter'],
      'DEVICES_ESTATE_SILENCE_SHORT',
      `silentAfter (${silentAfter / 1_000} s) is shorter than the cadence (${cadence / 1_000} s)`,
      'the point would be silent between two readings in time',
    );
  }
  return {
    id,
    metric: metric.id,
    cadence,
    silentAfter,
    history: parsed.history,
    limits: parsed.limits,
  };
}

function silenceOf(parsed: ParsedPoint, cadence: number | null, metric: Metric): number | null {
  if (cadence === null) return null;
  // The kind's own limit belongs to the kind's cadence; an estate's cadence comes with the general rule.
  if (parsed.cadence === undefined && metric.silentAfter !== undefined) return metric.silentAfter;
  return Math.max(3 * cadence, shortestSilence);
}
