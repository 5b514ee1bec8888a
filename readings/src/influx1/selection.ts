import { isMetric } from '../influx/fields.ts';
import { kindOf } from '../influx/hourly.ts';
import type { Series } from '../reading.ts';
import type { DescribePoint } from '../store.ts';
import type { Influx1Client } from './client.ts';

/** More assets than this are not named in a query: reading past some is cheaper than so long a condition. */
const MAX_NAMED = 50;

type Place = Pick<Series, 'estate' | 'asset'>;

/** What to read of one measurement. */
export interface Selection {
  readonly kind: string;
  readonly metrics: readonly string[];
  /** Condition on the tags that begins with ` AND`, or nothing; its placeholders are in `Selections`. */
  readonly where: string;
}

/** What to read of a database for some points, or for all. */
export interface Selections {
  readonly parts: readonly Selection[];
  readonly placeholders: Readonly<Record<string, string>>;
  /** Whether a point that a query brought was asked for. */
  wanted(point: string): boolean;
}

export function selectSeries(series: Iterable<Series>): Selections {
  const kinds = new Map<string, { metrics: Set<string>; places: Map<string, Place> }>();
  const points = new Set<string>();
  for (const one of series) {
    points.add(one.point);
    let kind = kinds.get(one.kind);
    if (kind === undefined) {
      kind = { metrics: new Set(), places: new Map() };
      kinds.set(one.kind, kind);
    }
    kind.metrics.add(one.metric);
    kind.places.set(`${one.estate}/${one.asset}`, one);
  }
  const placeholders: Record<string, string> = {};
  const parts = [...kinds].map(([kind, { metrics, places }]) => ({
    kind,
    metrics: [...metrics],
    where: places.size > MAX_NAMED ? '' : ` AND ${placesWhere(places.values(), placeholders)}`,
  }));
  return { parts, placeholders, wanted: (point) => points.has(point) };
}

function placesWhere(places: Iterable<Place>, placeholders: Record<string, string>): string {
  const terms: string[] = [];
  for (const { estate, asset } of places) {
    const n = Object.keys(placeholders).length;
    placeholders[`estate${n}`] = estate;
    placeholders[`asset${n}`] = asset;
    terms.push(`("estate" = $estate${n} AND "asset" = $asset${n})`);
  }
  return `(${terms.join(' OR ')})`;
}

/** Points that are declared; the others have nothing to read. */
export function selectPoints(points: readonly string[], describe: DescribePoint): Selections {
  const series = points.map(describe).filter((one) => one !== undefined);
  return selectSeries(series);
}

/** Everything the database holds. */
export async function selectAll(client: Influx1Client): Promise<Selections> {
  const parts: Selection[] = [];
  for (const [kind, fields] of await fieldTypes(client)) {
    parts.push({ kind, metrics: [...fields.keys()], where: '' });
  }
  return { parts, placeholders: {}, wanted: () => true };
}

/** Every point of which there are hours, also when its raw readings are gone. */
export async function selectAllHours(client: Influx1Client): Promise<Selections> {
  const [rows = []] = await client.query([`SHOW FIELD KEYS FROM ${client.everyHour}`]);
  const parts = rows.map(({ name, values }) => ({
    kind: kindOf(name),
    metrics: [...new Set(values.map(([field]) => String(field).split('.', 1)[0] as string))],
    where: '',
  }));
  return { parts, placeholders: {}, wanted: () => true };
}

/** Metrics and InfluxDB's types of them, by kind; of one kind when named. */
export async function fieldTypes(
  client: Influx1Client,
  kind?: string,
): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
  const from = kind === undefined ? client.everyMeasurement : client.measurement(kind);
  const [rows = []] = await client.query([`SHOW FIELD KEYS FROM ${from}`]);
  const kinds = new Map<string, Map<string, string>>();
  for (const { name, values } of rows) {
    const fields = values.filter(([field]) => isMetric(field as string));
    kinds.set(name, new Map(fields as unknown as [string, string][]));
  }
  return kinds;
}
