import { expect, it } from 'vitest';
import { grownEstate } from '../bundle/testing.ts';
import { KnownSeries } from './series.ts';

it('knows what is in force, and what was: readings of it may still wait', () => {
  const of = (...points: string[]) => ({
    estate: grownEstate(['pump', 'climate', points.join(', ')]),
    standard: null,
    credentials: [],
  });
  const series = new KnownSeries(of('temp_c'));
  const known = (metric: string) => series.describe(`yard/pump/${metric}`) !== undefined;
  const change = series.prepare(of('humidity_pct'));
  expect([known('temp_c'), known('humidity_pct')]).toEqual([true, false]);
  change.commit();
  expect([known('temp_c'), known('humidity_pct'), known('lux')]).toEqual([true, true, false]);
  change.undo();
  expect(series.describe('yard/pump/temp_c')).toMatchObject({ asset: 'pump', kind: 'climate' });
});
