import type { Reading, ReadingValue, Series } from '../reading.ts';
import type { DescribePoint } from '../store.ts';

const METRICS: Readonly<Record<string, Pick<Series, 'kind' | 'type' | 'mean'>>> = {
  ph: { kind: 'pool', type: 'number', mean: 'arithmetic' },
  temp_c: { kind: 'pool', type: 'number', mean: 'arithmetic' },
  laeq_db: { kind: 'sound', type: 'number', mean: 'energy' },
  mode: { kind: 'lift', type: 'state', mean: 'arithmetic' },
  trapped: { kind: 'lift', type: 'flag', mean: 'arithmetic' },
  floor: { kind: 'lift', type: 'number', mean: 'arithmetic' },
};

/**
 * What the contract suite takes its points to be: any estate and asset, the metrics `ph`, `temp_c`, `laeq_db`,
 * `mode`, `trapped` and `floor`. A store under the suite is made with it.
 */
export const describeContractPoint: DescribePoint = (point) => {
  const [estate, asset, metric, ...rest] = point.split('/');
  if (!estate || !asset || !metric || rest.length > 0) return undefined;
  const known = METRICS[metric];
  return known === undefined ? undefined : { point, estate, asset, metric, ...known };
};

/** A reading stamped by its device and received 40 ms later, unless `part` says otherwise. */
export function sample(
  point: string,
  at: number,
  value: ReadingValue,
  part: Partial<Reading> = {},
): Reading {
  return { point, at, received: at + 40, value, stamped: true, history: false, ...part };
}
