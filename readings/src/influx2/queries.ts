import { flux, fluxExpression } from '@influxdata/influxdb-client';
import { fieldsOf } from '../influx/fields.ts';
import { hourlyOf } from '../influx/hourly.ts';
import type { KeptQuery } from '../influx/rollups.ts';
import type { Series } from '../reading.ts';

/** First and last instants that InfluxDB keeps, as far as ours go; see `store/check.ts`. */
const FIRST = 0;
const LAST = Date.UTC(2262, 0, 1);
/** More assets than this are not named in a query: reading past some is cheaper than so long a condition. */
const MAX_NAMED = 50;

/** Text of Flux whose parameters are escaped. */
export type Flux = ReturnType<typeof fluxExpression>;

/** Escapes the parameters; parts of queries stay as they are. */
function part(strings: TemplateStringsArray, ...values: unknown[]): Flux {
  return fluxExpression(flux(strings, ...values));
}

/** Stretch [from, to) of time, UTC epoch milliseconds. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export const ALL_TIME: Stretch = { from: FIRST, to: LAST };

/** Part of that stretch which InfluxDB can hold; null when nothing is left, which Flux refuses to be asked. */
export function within({ from, to }: Stretch): Stretch | null {
  const part = { from: Math.max(from, FIRST), to: Math.min(to, LAST) };
  return part.from < part.to ? part : null;
}

/** Fields that are metrics, of any kind. The companions have a dot in their names. */
export const anyMetric: Flux = part`r._field !~ /[.]/`;

export function ofKind(kind: string): Flux {
  return part`r._measurement == ${kind}`;
}

export function all(conditions: readonly Flux[]): Flux {
  return joined(conditions, ' and ');
}

function any(conditions: readonly Flux[]): Flux {
  return conditions.length === 1
    ? (conditions[0] as Flux)
    : fluxExpression(`(${joined(conditions, ' or ')})`);
}

function joined(conditions: readonly Flux[], by: string): Flux {
  return fluxExpression(conditions.join(by));
}

/** Rows of these fields alone. */
function ofFields(fields: Iterable<string>): Flux {
  return any([...fields].map((field) => part`r._field == ${field}`));
}

/** What to read of one kind. */
export interface Selection {
  /** Rows of the points' values. */
  readonly values: Flux;
  /** Those and the companions that make readings of them; null for every row there is. */
  readonly readings: Flux | null;
}

/** Fluxs, one a kind, on rows of these points; rows of others may meet them, too. */
export function selectSeries(series: Iterable<Series>): { values: Flux; readings: Flux }[] {
  const kinds = Map.groupBy(series, ({ kind }) => kind);
  return [...kinds].map(([kind, some]) => {
    const metrics = [...new Set(some.map(({ metric }) => metric))];
    const places = placesOf(some);
    return {
      values: all([ofKind(kind), ...places, ofFields(metrics)]),
      readings: all([ofKind(kind), ...places, ofFields(metrics.flatMap(fieldsOf))]),
    };
  });
}

/** Rows of these fields of one measurement, of one place or of none. */
export function keptRows({ measurement, place, fields }: Omit<KeptQuery, 'from' | 'to'>): Flux {
  return all([
    ofKind(measurement),
    ...(place === null ? [] : [part`r.estate == ${place.estate}`, part`r.asset == ${place.asset}`]),
    ofFields(fields),
  ]);
}

/** Rows of one figure of the hours of any of these points; of all points when none are named. */
export function hourEnds(series: readonly Series[] | null, figure: string): Flux[] {
  if (series === null) return [part`r._field =~ ${new RegExp(`[.]${figure}$`)}`];
  return [...Map.groupBy(series, ({ kind }) => kind)].map(([kind, some]) => {
    const fields = [...new Set(some.map(({ metric }) => `${metric}.${figure}`))];
    return all([ofKind(hourlyOf(kind)), ...placesOf(some), ofFields(fields)]);
  });
}

function placesOf(series: readonly Series[]): Flux[] {
  const assets = new Map(series.map((one) => [`${one.estate}/${one.asset}`, one]));
  if (assets.size > MAX_NAMED) return [];
  return [
    any(
      [...assets.values()].map(
        ({ estate, asset }) => part`(r.estate == ${estate} and r.asset == ${asset})`,
      ),
    ),
  ];
}

/**
 * A pipeline over the rows of a bucket that meet the condition, of the columns that we look at.
 * @param then steps such as `last()` before the columns are chosen
 */
export function rowsOf(
  bucket: string,
  { from, to }: Stretch,
  condition: Flux | null,
  then: readonly Flux[] = [],
): Flux {
  const steps = [
    part`from(bucket: ${bucket})`,
    part`range(start: ${new Date(from)}, stop: ${new Date(to)})`,
    ...(condition === null ? [] : [part`filter(fn: (r) => ${condition})`]),
    ...then,
    part`keep(columns: ["_measurement", "_field", "estate", "asset", "_time", "_value"])`,
  ];
  return fluxExpression(steps.join('\n  |> '));
}

/** How many rows meet the condition, as one row. */
export function countOf(bucket: string, { from, to }: Stretch, condition: Flux): Flux {
  return part`from(bucket: ${bucket})
  |> range(start: ${new Date(from)}, stop: ${new Date(to)})
  |> filter(fn: (r) => ${condition})
  |> count()
  |> group()
  |> sum()`;
}

/** Several pipelines in one request, each with an answer of its own name. */
export function together(pipelines: readonly Flux[]): Flux {
  if (pipelines.length === 1) return pipelines[0] as Flux;
  return fluxExpression(pipelines.map((one, i) => `${one}\n  |> yield(name: "${i}")`).join('\n\n'));
}

export const first = part`first()`;
export const last = part`last()`;
export function atMost(count: number): Flux {
  return part`limit(n: ${count})`;
}
