import { loadEstate } from '@caretaker/devices/model';
import type { ReadingColumns } from '@caretaker/readings';
import { loadStandard, type Standard } from '@caretaker/standards';
import { createEngine, type Episode } from '@caretaker/standards/engine';
import { describe, expect, it } from 'vitest';
import { horizon } from '../host/engine-state.ts';
import { judgeStored } from './judge.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const start = Date.UTC(2026, 0, 1, 16);
const days = 100;
const step = 20 * minute;

/** Two pools and two bins, each two related. */
const estate = loadEstate(
  `
id: court
name: { en: Court, zh: 苑 }
zone: Asia/Shanghai
location: { latitude: 31.2, longitude: 121.5 }
gateway: court-1
assets:
${['pool-1', 'pool-2', 'bin-1', 'bin-2']
  .map(
    (id, k) => `
  - id: ${id}
    name: { en: ${id}, zh: 设施 }
    kind: ${id.slice(0, -2)}
    touchpoint: TP32
    place: { en: Plaza, zh: 广场 }
    ${k % 2 === 0 ? '' : `relations: { near: [${id.slice(0, -1)}1] }`}
    points: [${id.startsWith('pool') ? 'ph, free_cl' : 'fill_pct, temp_c'}]`,
  )
  .join('')}
mappings: []
`,
  'court.yaml',
);

const worths: Readonly<Record<string, readonly [good: number, bad: number]>> = {
  ph: [7.4, 8.3],
  free_cl: [0.6, 0.1],
  fill_pct: [20, 96],
  temp_c: [24, 75],
};

const all = estate.assets.flatMap((asset) => asset.points.map((point) => point.id));
const numberOf = (point: string) => all.indexOf(point);

/** A reading each twenty minutes of every point, bad for hours now and then; small batches that part an instant. */
const scan = {
  async *scanColumns(from: number, to: number, points: readonly string[]) {
    const rows = points.flatMap((point, p) =>
      Array.from({ length: (days * day) / step }, (_, k) => {
        const at = start + k * step;
        const bad = ((k >> 4) * 7 + numberOf(point) * 3) % 11 === 0;
        const of = worths[point.split('/')[2] ?? ''] ?? [0, 0];
        return { p, at, value: of[bad ? 1 : 0], silent: (k + numberOf(point)) % 97 < 9 };
      }),
    );
    const inOrder = rows
      .filter(({ at, silent }) => at >= from && at < to && !silent)
      .sort((a, b) => a.at - b.at || a.p - b.p);
    for (let k = 0; k < inOrder.length; k += 501) yield columnsOf(inOrder.slice(k, k + 501));
  },
};

function columnsOf(rows: readonly { p: number; at: number; value: number }[]): ReadingColumns {
  return {
    length: rows.length,
    point: Int32Array.from(rows, ({ p }) => p),
    at: Float64Array.from(rows, ({ at }) => at),
    received: Float64Array.from(rows, ({ at }) => at + 40),
    value: Float64Array.from(rows, ({ value }) => value),
    history: new Uint8Array(rows.length),
    words: [],
  };
}

/** What one engine says of the whole estate, that nobody tells the time before the end. */
async function withoutForgetting(standard: Standard, to: number): Promise<readonly Episode[]> {
  const engine = createEngine({ standard, estates: [estate], horizon: 10_000 * day });
  const numbers = all.map((point) => engine.point(point));
  for await (const columns of scan.scanColumns(start, to, all)) {
    const point = columns.point.map((p) => numbers[p] ?? -1);
    expect(engine.acceptColumns({ ...columns, point })).toEqual([]);
  }
  engine.advance('court-1', to);
  engine.drain();
  return engine.episodes();
}

const bare = (list: readonly Omit<Episode, 'why'>[] | readonly object[]) =>
  list
    .map((one) => {
      const { subject, rule, onset, detected, end, severity } = one as Episode;
      return JSON.stringify([subject, rule, onset, detected, end, severity]);
    })
    .sort();

describe('an engine that forgets on the way', () => {
  it('has said the same in the end as one that forgets nothing', async () => {
    const standard = loadStandard();
    // A day after the last reading: what time alone brings is said in the end.
    const to = start + (days + 1) * day;
    const judging = { estate, standards: [standard], horizon, from: start, to };
    const { breaches } = await judgeStored(scan, judging);
    const expected = bare(await withoutForgetting(standard, to));
    expect(expected.length).toBeGreaterThan(500);
    expect(bare(breaches[0] ?? [])).toEqual(expected);
  });
});
