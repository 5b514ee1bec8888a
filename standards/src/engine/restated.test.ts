import { expect, it } from 'vitest';
import type { Rule } from '../rules/clause.ts';
import { createEngine } from './index.ts';
import {
  reading,
  testAsset,
  testEstate,
  testPoint,
  testRule,
  testStandard,
} from './testing/fixture.ts';
import { Host } from './testing/host.ts';

const minute = 60_000;
const t0 = Date.UTC(2026, 2, 10, 4);
const at = (minutes: number) => t0 + minutes * minute;

it('a rule that was out of force before a restatement stays ended', () => {
  const points = ['ph', 'orp_mv'].map((metric) => testPoint('a', metric, null));
  const estates = [testEstate([testAsset('a', 'pool', points)])];
  const when: Rule['when'] = {
    any: [
      { metric: 'ph', below: 6 },
      { metric: 'orp_mv', below: 500 },
    ],
  };
  const first = testStandard([testRule({ id: 'r', when })]);
  const second = testStandard([testRule({ id: 'r', when: { metric: 'orp_mv', below: 600 } })]);
  const horizon = 35 * 24 * 60 * minute;
  const earlier = [{ standard: first, estates, until: at(100) }];
  const host = new Host(createEngine({ standard: second, estates, horizon, earlier }));
  const readings = [
    reading('e/a/ph', at(0), 5),
    // The first to tell that the first rule is out of force comes from after what is restated.
    reading('e/a/orp_mv', at(500), 700),
    reading('e/a/orp_mv', at(300), 700),
  ];
  for (const one of readings) host.accept([one]);
  host.drain();

  const truth = {
    ...{ standard: testStandard([]), estates, horizon },
    earlier: [...earlier, { standard: second, estates, until: at(400) }],
  };
  host.restate(truth, { from: at(400), rules: new Set(['r']), subjects: null });
  const knew = new Host(createEngine(truth));
  knew.accept(readings);
  for (const { engine } of [host, knew]) engine.advance('g', at(600));
  const told = ({ engine }: Host) => engine.episodes().map(({ onset, end }) => [onset, end]);
  expect(told(host)).toEqual([[at(0), at(100)]]);
  expect(told(host)).toEqual(told(knew));
});
