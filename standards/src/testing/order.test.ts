import { describe, expect, it } from 'vitest';
import { loadStandard } from '../catalogue/load.ts';
import { ruleOf } from '../catalogue/standard.ts';
import { createEngine, type Episode } from '../engine/index.ts';
import { Host } from '../engine/testing/host.ts';
import { loadTests } from './load.ts';
import { type World, worldOf } from './run.ts';

const standard = loadStandard();
const byRule = Map.groupBy(loadTests(standard).tests, (test) => test.rule);
const worlds = [...byRule].map(([id, tests]): [string, World] => {
  const rule = ruleOf(standard, id);
  if (rule === undefined) throw new Error(`no rule ${id}`);
  return [id, worldOf(standard, rule, tests)];
});

const bySubject = (a: Episode, b: Episode) =>
  a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : a.onset - b.onset;

const toldOf = (episodes: readonly Episode[]) =>
  episodes.map(({ onset, detected, end, worst, worstAt, severity, why }) => ({
    ...{ onset, detected, end, worst, worstAt, severity },
    why: why.en,
  }));

/** What stands in the end, when the readings come in these frames; the host restarts after the first. */
function standing({ options, readings, until, of }: World, frames: readonly number[][]) {
  const host = new Host(createEngine(options));
  for (const [k, frame] of frames.entries()) {
    host.accept(frame.flatMap((place) => readings[place] ?? []));
    host.drain();
    if (k === 0) host.restart(options);
  }
  for (const [gateway, time] of until) host.engine.advance(gateway, time);
  host.drain();
  const inOrder = host.engine.episodes().toSorted(bySubject);
  expect(toldOf([...host.said.values()].toSorted(bySubject))).toEqual(toldOf(inOrder));
  return of(inOrder).map((own) => toldOf(own));
}

describe('the tests of a rule find the same', () => {
  it.each(worlds)('%s, when every third reading comes late and every fifth twice', (_, world) => {
    const places = world.readings.map((_reading, place) => place);
    const inOrder = standing(world, [places]);
    const late = standing(world, [
      places.filter((place) => place % 3 !== 1),
      places.filter((place) => place % 3 === 1 || place % 5 === 0),
    ]);
    expect(late).toEqual(inOrder);
    expect(inOrder.flat().length).toBeGreaterThan(0);
  });
});
