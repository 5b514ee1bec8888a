import type { Asset, Estate } from '@caretaker/devices/model';
import type { Reading } from '@caretaker/readings';
import { describe, expect, it } from 'vitest';
import { createCalendars } from '../calendar/index.ts';
import { loadStandard } from '../catalogue/load.ts';
import { ruleOf } from '../catalogue/standard.ts';
import { createEngine, type Episode } from '../engine/index.ts';
import {
  judgeAsset,
  type ReferenceAsset,
  type ReferenceCalendar,
} from '../engine/testing/reference.ts';
import type { CalendarSpec, Clause, Rule } from '../rules/clause.ts';
import { limitValue } from '../rules/resolve.ts';
import { loadTests } from './load.ts';
import { worldOf } from './run.ts';

const standard = loadStandard();
/** The reference computes everything from scratch at every moment; longer tests would take minutes. */
const most = 500;
const tests = loadTests(standard).tests.filter(
  (test) => Object.values(test.readings).flat().length <= most,
);
const byRule = Map.groupBy(tests, (test) => test.rule);

/** The rule with the numbers that the attributes of an asset give. */
function numbered(clause: Clause, attributes: Asset['attributes']): Clause {
  const inner = (list: readonly Clause[] | undefined) => list?.map((c) => numbered(c, attributes));
  const number = (limit: Clause['above']) =>
    limit === undefined ? undefined : (limitValue(limit, attributes) ?? Number.NaN);
  return {
    ...clause,
    all: inner(clause.all),
    any: inner(clause.any),
    not: clause.not === undefined ? undefined : numbered(clause.not, attributes),
    above: number(clause.above),
    atLeast: number(clause.atLeast),
    below: number(clause.below),
    atMost: number(clause.atMost),
    clear: number(clause.clear),
  };
}

function calendarOf(estate: Estate): ReferenceCalendar {
  const of = createCalendars(estate);
  return {
    at: (spec, time) => of(spec).at(time),
    edges: (spec: CalendarSpec, from, to) => {
      const edges: number[] = [];
      for (let t = of(spec).next(from - 1); t <= to; t = of(spec).next(t)) edges.push(t);
      return edges;
    },
  };
}

/** Episodes of the reference for the k-th test of a world. */
function recomputed(rule: Rule, world: ReturnType<typeof worldOf>, k: number) {
  const [gateway, until] = world.until[k] ?? ['', 0];
  const estate = world.options.estates.find((e) => e.assets.some((a) => a.gateway === gateway));
  if (estate === undefined) throw new Error(`no estate of ${gateway}`);
  const readings = Map.groupBy(world.readings, (reading: Reading) => reading.point);
  const assetOf = (id: string, deep: boolean): ReferenceAsset => {
    const asset = estate.assets.find((a) => a.id === id);
    const relations = deep ? Object.entries(asset?.relations ?? {}) : [];
    return {
      points: (asset?.points ?? []).map((point) => ({
        ...point,
        completeTo: until,
        readings: readings.get(point.id) ?? [],
      })),
      relations: Object.fromEntries(
        relations.map(([relation, ids]) => [relation, ids.map((other) => assetOf(other, false))]),
      ),
    };
  };
  const attributes = estate.assets.find((a) => a.id === `t${k}`)?.attributes ?? {};
  const part = (clause: Clause | undefined) =>
    clause === undefined ? undefined : numbered(clause, attributes);
  const own = {
    ...rule,
    when: part(rule.when),
    only: part(rule.only),
    clearWhen: part(rule.clearWhen),
  };
  const timeline = [{ rule: own, version: '', until: Number.POSITIVE_INFINITY }];
  return judgeAsset(timeline, assetOf(`t${k}`, true), calendarOf(estate));
}

type Told = Pick<Episode, 'onset' | 'detected' | 'end' | 'worst' | 'worstAt' | 'severity'>;

/** Sums over a window may differ in their last digit by the order in which they are added up. */
const toldOf = ({ onset, detected, end, worst, worstAt, severity }: Told): Told => ({
  ...{ onset, detected, end, worstAt, severity },
  worst: typeof worst === 'number' ? Number(worst.toPrecision(12)) : worst,
});

describe('a second, naive implementation finds the same in the tests of a rule', () => {
  it.each([...byRule])('%s', (id, own) => {
    const rule = ruleOf(standard, id);
    if (rule === undefined) throw new Error(`no rule ${id}`);
    const world = worldOf(standard, rule, own);
    const engine = createEngine(world.options);
    engine.accept(world.readings);
    for (const [gateway, time] of world.until) engine.advance(gateway, time);
    for (const [k, test] of own.entries()) {
      const subject = (episode: { subject: string }) => episode.subject.endsWith(`/t${k}`);
      const found = engine.episodes().filter(subject).map(toldOf);
      const naive = recomputed(rule, world, k).map(toldOf);
      expect(found, test.where).toEqual(naive);
    }
  });
});
