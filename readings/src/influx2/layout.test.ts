import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reading, ReadingValue } from '../reading.ts';
import { anyText } from '../testing/arbitraries.ts';
import { describeContractPoint, sample } from '../testing/index.ts';
import { lineOf, ReadingRows, wordIn, wordOut } from './layout.ts';

const T = 1_800_000_000_000;

function line(reading: Reading): string {
  const series = describeContractPoint(reading.point);
  if (series === undefined) throw new Error(`no such point: ${reading.point}`);
  return lineOf(reading, series);
}

describe('a line of line protocol', () => {
  it('has kind, tags, the value and its companions, and the time in milliseconds', () => {
    expect(line(sample('demo/pool/ph', T, 7.2))).toBe(
      `pool,asset=pool,estate=demo ph=7.2,ph.received=${T + 40}i ${T}`,
    );
    expect(line(sample('demo/lift/trapped', T, true, { stamped: false, history: true }))).toBe(
      `lift,asset=lift,estate=demo trapped=T,trapped.history=T,trapped.received=${T + 40}i,trapped.stamped=F ${T}`,
    );
    expect(line(sample('demo/lift/mode', T, 'a "b" \\ c\nd'))).toBe(
      `lift,asset=lift,estate=demo mode="a \\"b\\" \\\\\\\\ c\\\\nd",mode.received=${T + 40}i ${T}`,
    );
    expect(line(sample('demo/pool/ph', T, -0))).toContain(' ph=0,');
  });

  it('reads back as what it was, by the rules of line protocol, and is one line', () => {
    const values = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => ['demo/pool/ph', x] as const),
      anyText().map((x) => ['demo/lift/mode', x] as const),
      fc.boolean().map((x) => ['demo/lift/trapped', x] as const),
    );
    const marks = fc.record({ stamped: fc.boolean(), history: fc.boolean() });
    fc.assert(
      fc.property(
        values,
        fc.nat(9e12),
        fc.nat(9e12),
        marks,
        ([point, value], at, received, mark) => {
          const reading = sample(point, at, value, { received, ...mark });
          const written = line(reading);
          expect(written).not.toMatch(/[\n\r]/);
          const [read] = rowsOf(written).readings();
          expect(read).toEqual({ ...reading, value: value === 0 ? 0 : value });
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** A reader of line protocol by its published grammar, apart from the writer. */
function rowsOf(written: string): ReadingRows {
  const [, kind, asset, estate, fields = '', at] =
    /^(\w+),asset=([a-z0-9_-]+),estate=([a-z0-9_-]+) (.*) (\d+)$/su.exec(written) ?? [];
  expect(kind).toBeDefined();
  const rows = new ReadingRows();
  for (const [, field = '', text = ''] of fields.matchAll(
    /([\w.]+)=("(?:[^"\\]|\\.)*"|[^,]*)(?:,|$)/gsu,
  )) {
    const value = readValue(text);
    rows.add({ asset: `${estate}/${asset}`, field, at: Number(at), value, dataType: '' });
  }
  return rows;
}

function readValue(text: string): ReadingValue {
  if (text.startsWith('"')) return text.slice(1, -1).replace(/\\(["\\])/g, '$1');
  if (text === 'T' || text === 'F') return text === 'T';
  return Number(text.replace(/i$/, ''));
}

it('gives a word back whatever is in it, and leaves words without line ends and backslashes alone', () => {
  fc.assert(
    fc.property(anyText(), (word) => {
      expect(wordIn(wordOut(word))).toBe(word);
      expect(wordOut(word)).not.toMatch(/[\n\r]/);
      if (!/[\\\n\r]/.test(word)) expect(wordOut(word)).toBe(word);
    }),
  );
});

describe('rows of single fields', () => {
  const row = { asset: 'demo/pool', dataType: 'double' };

  it('come together in any order; a companion of nothing is left out', () => {
    const rows = new ReadingRows();
    rows.add({ ...row, field: 'ph.received', at: T, value: T + 40 });
    rows.add({ ...row, field: 'ph.history', at: T + 1, value: true });
    rows.add({ ...row, field: 'temp_c', at: T, value: 26 });
    rows.add({ ...row, field: 'ph.stamped', at: T, value: false });
    rows.add({ ...row, field: 'ph', at: T, value: 7 });
    expect(rows.readings()).toEqual([
      sample('demo/pool/ph', T, 7, { stamped: false }),
      sample('demo/pool/temp_c', T, 26, { received: T }),
    ]);
  });
});
