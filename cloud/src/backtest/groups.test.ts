import type { Reading } from '@caretaker/readings';
import { openSqliteScan } from '@caretaker/readings/sqlite';
import { loadStandard } from '@caretaker/standards';
import { createEngine } from '@caretaker/standards/engine';
import { expect, it } from 'vitest';
import { horizon } from '../host/engine-state.ts';
import { temporaryFolder } from '../testing/cloud.ts';
import { pointGroups } from './groups.ts';
import { judgeStored } from './judge.ts';
import { day, estate, fillings, midnight, storeOf } from './testing.ts';

const hour = day / 24;

it('keeps related assets together, directly and over others, and all others apart', () => {
  const [first] = estate.assets;
  if (first === undefined) throw new Error('the estate is empty');
  const asset = (id: string, related: readonly string[] = []) => ({
    ...first,
    id,
    relations: related.length === 0 ? {} : { power: related },
    points: first.points.slice(0, 1).map((point) => ({ ...point, id: `${estate.id}/${id}/p` })),
  });
  const assets = [
    asset('a'),
    asset('b', ['c', 'gone']),
    asset('c'),
    asset('d'),
    asset('e', ['d']),
    asset('f', ['e', 'b']),
    { ...asset('g'), points: [] },
  ];
  const groups = pointGroups({ ...estate, assets }).map((points) =>
    points.map((point) => point.split('/')[1]).join(''),
  );
  expect(groups.sort()).toEqual(['a', 'bcdef']);
});

/** Bins that fill, heat up and fall silent, and a lift whose doors stay open. */
function unruly(): Reading[] {
  const from = midnight;
  const one = (path: string, at: number, value: Reading['value']): Reading => {
    const point = `${estate.id}/${path}`;
    return { point, at, received: at + 40, value, stamped: true, history: false };
  };
  const hours = Array.from({ length: 96 }, (_, k) => from + k * hour);
  return [
    ...fillings(from, 4).filter((_, k) => k % 60 < 50),
    ...hours.map((at, k) => one('bin-2/temp_c', at, k % 17 === 0 ? 80 : 25)),
    ...hours.map((at, k) => one('bin-1/fill_pct', at + 1, (k % 7) * 15)),
    ...hours.map((at, k) => one('lift-1/mode', at + 2, k % 9 < 2 ? 'stopped' : 'normal')),
    ...hours.map((at, k) => one('lift-1/door', at + 3, k % 5 === 0 ? 'open' : 'closed')),
    ...hours.map((at, k) => one('lift-1/trapped', at + 4, k === 50)),
  ];
}

it('finds group by group what judging everything in the order of time finds', async () => {
  const folder = await temporaryFolder();
  const readings = unruly();
  const scan = openSqliteScan(await storeOf(folder.path, readings));
  const standard = loadStandard();
  const [from, to] = [midnight, midnight + 5 * day];
  const judging = { estate, standards: [standard], horizon, from, to };
  const { breaches, readings: judged } = await judgeStored(scan, judging);
  scan.close();
  await folder.remove();

  const engine = createEngine({ standard, estates: [estate], horizon });
  engine.accept(readings.toSorted((a, b) => a.at - b.at));
  engine.advance(estate.gateway, to);
  const said = engine.episodes();
  const keys = (list: readonly object[]) =>
    list
      .map((e) => {
        const { subject, rule, onset, detected, end, severity } = e as (typeof said)[number];
        return [subject, rule, onset, detected, end, severity].join(' ');
      })
      .sort();
  expect(judged).toBe(readings.length);
  expect(keys(breaches[0] ?? [])).toEqual(keys(said));
  expect(new Set(said.map((episode) => episode.rule.split(':')[0])).size).toBeGreaterThan(3);
});
