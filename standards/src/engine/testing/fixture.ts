import type { Asset, Estate, Point } from '@caretaker/devices/model';
import type { Reading, ReadingValue } from '@caretaker/readings';
import type { Standard } from '../../catalogue/standard.ts';
import type { Rule } from '../../rules/clause.ts';

const name = { en: 'test', zh: '测试' };

export function testPoint(asset: string, metric: string, silentAfter: number | null): Point {
  return {
    id: `e/${asset}/${metric}`,
    metric,
    cadence: silentAfter === null ? null : Math.floor(silentAfter / 3),
    silentAfter,
    history: 'store',
    limits: {},
  };
}

export function testAsset(id: string, kind: string, points: readonly Point[]): Asset {
  return {
    id,
    estate: 'e',
    name,
    kind,
    touchpoint: 'TP03',
    place: name,
    gateway: 'g',
    attributes: {},
    relations: {},
    points,
    demo: true,
  };
}

export function testEstate(assets: readonly Asset[], given: Partial<Estate> = {}): Estate {
  return {
    id: 'e',
    name,
    zone: 'Asia/Shanghai',
    location: { latitude: 30.25, longitude: 120.17 },
    gateway: 'g',
    calendars: {},
    holidays: [],
    assets,
    mappings: [],
    actions: [],
    demo: true,
    ...given,
  };
}

/** A rule with what tests do not care about filled in. */
export function testRule(given: Partial<Rule> & Pick<Rule, 'id'>): Rule {
  return {
    title: name,
    item: 'TP03-01',
    kind: 'pool',
    for: 0,
    clearFor: 0,
    severity: 'medium',
    effect: 'degraded',
    latched: false,
    source: 'test',
    confirmed: true,
    ...given,
  };
}

export function testStandard(rules: readonly Rule[]): Standard {
  const silence = testRule({
    id: 'silence',
    builtin: 'silence',
    effect: 'unknown',
    severity: 'low',
  });
  return {
    version: 'test',
    groups: [],
    touchpoints: [],
    items: [
      {
        id: 'TP03-01',
        touchpoint: 'TP03',
        group: 'roads',
        name,
        aspect: 'facility',
        check: 'sensor',
        kano: 'must-be',
        team: 'engineering',
        times: [],
        source: 'test',
        origin: 'ours',
        confirmed: true,
        rules: [...rules, silence],
      },
    ],
  };
}

export function reading(
  point: string,
  at: number,
  value: ReadingValue,
  given: Partial<Reading> = {},
): Reading {
  return { point, at, received: at, value, stamped: true, history: false, ...given };
}
