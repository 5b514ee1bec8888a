import { expect, it } from 'vitest';
import { createEngine } from './index.ts';
import {
  reading,
  testAsset,
  testEstate,
  testPoint,
  testRule,
  testStandard,
} from './testing/fixture.ts';
import { judgeAll } from './testing/host.ts';

const minute = 60_000;
const t0 = Date.UTC(2026, 2, 10, 4);

it('an episode that is folded in is the worse one by the limits in force when it was worst', () => {
  const asset = testAsset('a', 'pool', [testPoint('a', 'ph', null)]);
  const within = (outside: [number, number]) =>
    testStandard([
      testRule({ id: 'r', when: { metric: 'ph', outside }, fold: 120 * minute, severity: 'low' }),
    ]);
  const estates = [testEstate([asset])];
  const until = t0 + 100 * minute;
  const engine = createEngine({
    ...{ standard: within([7, 9]), estates, horizon: 35 * 24 * 60 * minute },
    earlier: [{ standard: within([2, 4]), estates, until }],
  });
  const ph = (minutes: number, value: number) => reading('e/a/ph', t0 + minutes * minute, value);
  // Over by 2; then by 1, and from the change on short of 7 by 2.5: short by more than the first would be.
  const readings = [ph(0, 3), ph(10, 6), ph(20, 3), ph(90, 5), ph(110, 4.5), ph(120, 8)];
  expect(judgeAll(engine, readings, ['g', t0 + 130 * minute])).toMatchObject([
    { onset: t0 + 10 * minute, end: t0 + 120 * minute, worst: 4.5, worstAt: t0 + 110 * minute },
  ]);
});
