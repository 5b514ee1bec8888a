import { expect, it } from 'vitest';
import type { Series } from '../reading.ts';
import { describeContractPoint } from '../testing/index.ts';
import {
  ALL_TIME,
  all,
  anyMetric,
  atMost,
  countOf,
  last,
  ofKind,
  rowsOf,
  selectSeries,
  together,
  within,
} from './queries.ts';

const hour = { from: 1_800_000_000_000, to: 1_800_003_600_001 };

function series(...points: readonly string[]): Series[] {
  return points.map((point) => describeContractPoint(point) as Series);
}

it('asks for the rows of some points, page by page', () => {
  const [selected] = selectSeries(series('demo/pool/ph', 'demo/pool-b/temp_c'));
  const query = rowsOf('care', hour, selected?.readings ?? null, [atMost(10)]);
  expect(query.toString()).toMatchInlineSnapshot(`
    "from(bucket: "care")
      |> range(start: 2027-01-15T08:00:00.000Z, stop: 2027-01-15T09:00:00.001Z)
      |> filter(fn: (r) => r._measurement == "pool" and ((r.estate == "demo" and r.asset == "pool") or (r.estate == "demo" and r.asset == "pool-b")) and (r._field == "ph" or r._field == "ph.received" or r._field == "ph.stamped" or r._field == "ph.history" or r._field == "temp_c" or r._field == "temp_c.received" or r._field == "temp_c.stamped" or r._field == "temp_c.history"))
      |> limit(n: 10)
      |> keep(columns: ["_measurement", "_field", "estate", "asset", "_time", "_value"])"
  `);
});

it('asks for the newest of everything, of one kind, and how many there are', () => {
  expect(rowsOf('care', ALL_TIME, null, [last]).toString()).toMatchInlineSnapshot(`
    "from(bucket: "care")
      |> range(start: 1970-01-01T00:00:00.000Z, stop: 2262-01-01T00:00:00.000Z)
      |> last()
      |> keep(columns: ["_measurement", "_field", "estate", "asset", "_time", "_value"])"
  `);
  const condition = all([ofKind('pool'), anyMetric]);
  expect(countOf('care', hour, condition).toString()).toMatchInlineSnapshot(`
    "from(bucket: "care")
      |> range(start: 2027-01-15T08:00:00.000Z, stop: 2027-01-15T09:00:00.001Z)
      |> filter(fn: (r) => r._measurement == "pool" and r._field !~ /[.]/)
      |> count()
      |> group()
      |> sum()"
  `);
});

it('asks several things at once, each with a name', () => {
  const one = rowsOf('care', hour, ofKind('pool'));
  expect(together([one]).toString()).toBe(one.toString());
  expect(together([one, one]).toString().split('\n\n')).toEqual([
    `${one}\n  |> yield(name: "0")`,
    `${one}\n  |> yield(name: "1")`,
  ]);
});

it('names no assets when they are many', () => {
  const many = Array.from({ length: 51 }, (_, i) => `demo/pool-${i}/ph`);
  const [selected] = selectSeries(series(...many));
  expect(String(selected?.values)).toBe('r._measurement == "pool" and r._field == "ph"');
});

it('lets no text out of its quotes', () => {
  // In one piece it would look like a mistake of ours.
  const inside = ['$', '{r._value}'].join('');
  const evil = `x" or true) |> drop() // \\" ${inside} \n`;
  const written = String(rowsOf(evil, hour, ofKind(evil)));
  const quoted = `"x\\" or true) |> drop() // \\\\\\" \\${inside} \\n"`;
  expect(written.split(quoted)).toHaveLength(3);
  expect(written.replaceAll(quoted, '')).not.toContain('drop');
});

it('asks for no time that InfluxDB does not have, and for none at all', () => {
  expect(within({ from: -5, to: Number.MAX_SAFE_INTEGER })).toEqual(ALL_TIME);
  expect(within({ from: 10, to: 10 })).toBeNull();
  expect(within({ from: ALL_TIME.to, to: ALL_TIME.to + 1 })).toBeNull();
});
