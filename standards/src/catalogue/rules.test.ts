import { kinds } from '@caretaker/devices/kinds';
import { describe, expect, it } from 'vitest';
import { createEngine } from '../engine/index.ts';
import { reading, testAsset, testEstate, testPoint } from '../engine/testing/fixture.ts';
import { judgeAll } from '../engine/testing/host.ts';
import { loadStandard } from './load.ts';
import { accessCases } from './testing/access.ts';
import { airCases } from './testing/air.ts';
import { deviceCases } from './testing/device.ts';
import { firstCases } from './testing/first.ts';
import type { Case, Series } from './testing/series.ts';
import { waterCases } from './testing/water.ts';

const minute = 60_000;
const standard = loadStandard();
const rules = standard.items.flatMap((item) => item.rules);

const cases: Readonly<Record<string, Case>> = {
  ...firstCases,
  ...accessCases,
  ...airCases,
  ...waterCases,
  ...deviceCases,
};

const calendars = {
  pool: '06:00-22:00',
  'service-centre': '08:30-18:00',
  clubhouse: '08:30-18:00',
};

function parse(series: Series, id: string, start: number) {
  return Object.entries(series).flatMap(([metric, text]) =>
    text.split(', ').map((step) => {
      const [at = '0', word = ''] = step.split(' ');
      const asNumber = Number(word);
      const value =
        word === 'true' || word === 'false'
          ? word === 'true'
          : Number.isNaN(asNumber)
            ? word
            : asNumber;
      return reading(`e/${id}/${metric}`, start + Number(at) * minute, value);
    }),
  );
}

function judge(rule: string, given: Case, ...parts: readonly Series[]) {
  const kind = rules.find((r) => r.id === rule)?.kind ?? '';
  const start = Date.parse(`2026-05-12T${given.from ?? '12:00'}:00+08:00`);
  const used = new Set(parts.flatMap((series) => Object.keys(series)));
  const points = [...used].map((metric) => {
    const cadence = kinds[kind]?.metrics[metric]?.cadence;
    const limit = cadence === undefined ? null : Math.max(3 * cadence, 30 * minute);
    return testPoint('a', metric, limit);
  });
  const asset = {
    ...testAsset('a', kind, points),
    touchpoint: given.touchpoint ?? 'TP99',
    attributes: given.attributes ?? {},
  };
  const estates = [testEstate([asset], { calendars })];
  const engine = createEngine({ standard, estates, horizon: 35 * 24 * 60 * minute });
  const readings = parts.flatMap((series) => parse(series, 'a', start));
  const end = Math.max(...readings.map((r) => r.at)) + minute;
  return judgeAll(engine, readings, ['g', end]).filter((episode) => episode.rule === rule);
}

describe('every rule of the catalogue', () => {
  it('has a case', () => {
    const judged = rules.filter((rule) => rule.builtin === undefined).map((rule) => rule.id);
    expect(Object.keys(cases).sort()).toEqual(judged.sort());
  });

  describe.each(Object.entries(cases))('%s', (id, given) => {
    it('opens', () => {
      const episodes = judge(id, given, given.opens);
      expect(episodes).toMatchObject([{ rule: id, end: null }]);
      expect(episodes[0]?.why.en).toMatch(/^[A-Z\p{Ll}].+\.$/u);
      expect(episodes[0]?.why.zh).toMatch(/。$/);
    });

    it('must not open', () => {
      for (const series of [given.not].flat()) expect(judge(id, given, series)).toEqual([]);
    });

    const { stays } = given;
    if (stays !== undefined) {
      it('stays', () => {
        const episodes = judge(id, given, given.opens, stays);
        expect(episodes).toMatchObject([{ rule: id, end: null }]);
      });
    }

    it('clears', () => {
      const episodes = judge(id, given, given.opens, given.clears);
      expect(episodes).toHaveLength(1);
      expect(episodes[0]?.end).not.toBeNull();
    });
  });
});
