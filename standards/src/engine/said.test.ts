import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from './core/compile.ts';
import type { Layout } from './core/layout.ts';
import type { Ended } from './ended.ts';
import { type Core, continues, type Folding, joined } from './folding.ts';
import { createEngine, type Episode, restoreEngine } from './index.ts';
import { Said } from './said.ts';
import { nextStep, severityAt } from './steps.ts';
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

const graded = testRule({
  id: 'r',
  when: { metric: 'ph', above: 8 },
  severity: 'low',
  steps: [
    { severity: 'high', above: 10 },
    { severity: 'medium', after: 30 * minute },
    { severity: 'emergency', after: 120 * minute },
  ],
});
const folded = testRule({ id: 'r', when: { metric: 'ph', above: 8 }, fold: 10 * minute });

function hostOf(rule = graded) {
  const asset = testAsset('a', 'pool', [testPoint('a', 'ph', null)]);
  const options = {
    standard: testStandard([rule]),
    estates: [testEstate([asset])],
    horizon: 35 * 86_400_000,
  };
  return { options, host: new Host(createEngine(options)) };
}
const ph = (minutes: number, value: number) => reading('e/a/ph', t0 + minutes * minute, value);
const told = (host: Host) =>
  host.engine
    .episodes()
    .map(({ onset, end, worst, severity }) => [
      (onset - t0) / minute,
      end === null ? null : (end - t0) / minute,
      worst,
      severity,
    ]);

describe('steps', () => {
  const span = { onset: 0, end: null, worst: 9 };

  it('are reached strictly beyond a size, and at an age', () => {
    const at = (worst: number, now: number, end: number | null = null) =>
      severityAt(graded, { onset: 0, end, worst }, now);
    expect([at(9, 0), at(10, 0), at(10.01, 0)]).toEqual(['low', 'low', 'high']);
    expect(at(9, 30 * minute - 1)).toBe('low');
    expect(at(9, 30 * minute)).toBe('medium');
    expect(at(11, 30 * minute)).toBe('high');
    expect(at(11, 120 * minute)).toBe('emergency');
    expect(at(9, 500 * minute, 29 * minute)).toBe('low');
    expect(at(Number.NaN, 0)).toBe('low');
    const cold = { severity: 'low', steps: [{ severity: 'high', below: 2 }] } as const;
    expect(severityAt(cold, { ...span, worst: 1 }, 0)).toBe('high');
    expect(severityAt(cold, { ...span, worst: 2 }, 0)).toBe('low');
  });

  it('never make a rule less severe than it is', () => {
    const rule = { severity: 'high', steps: [{ severity: 'low', after: 0 }] } as const;
    expect(severityAt(rule, span, minute)).toBe('high');
    expect(nextStep(rule, span, -1)).toBe(Number.POSITIVE_INFINITY);
  });

  it('name the next instant at which age changes anything', () => {
    expect(nextStep(graded, span, 0)).toBe(30 * minute);
    expect(nextStep(graded, { ...span, worst: 11 }, 0)).toBe(120 * minute);
    expect(nextStep(graded, span, 120 * minute)).toBe(Number.POSITIVE_INFINITY);
    expect(nextStep(graded, { ...span, end: minute }, 0)).toBe(Number.POSITIVE_INFINITY);
  });

  it('are said when time passes them, shown on the condition, and taken back by the end', () => {
    const { host } = hostOf();
    host.accept([ph(0, 9)]);
    host.engine.advance('g', t0 + 29 * minute);
    expect(told(host)).toEqual([[0, null, 9, 'low']]);
    host.drain();
    host.engine.advance('g', t0 + 30 * minute);
    expect(host.drain()).toMatchObject([{ type: 'amended', episode: { severity: 'medium' } }]);
    expect(host.engine.conditions('e/a')[0]).toMatchObject({ severity: 'medium' });
    host.accept([ph(31, 11)]);
    expect(host.drain()).toMatchObject([{ type: 'amended', episode: { severity: 'high' } }]);
    host.engine.advance('g', t0 + 130 * minute);
    expect(host.drain()).toMatchObject([{ type: 'amended', episode: { severity: 'emergency' } }]);
    host.accept([ph(20, 7)]);
    // Late: the first breach lasted 20 min, the second one began at 31.
    expect(told(host)).toEqual([
      [0, 20, 9, 'low'],
      [31, null, 11, 'high'],
    ]);
    host.accept([ph(140, 7)]);
    expect(host.engine.conditions('e/a')[0]).toMatchObject({ verdict: 'ok', severity: 'low' });
  });

  it('are reached after a restart as without one', () => {
    const { host, options } = hostOf();
    host.accept([ph(0, 9)]);
    host.engine.advance('g', t0 + 10 * minute);
    host.drain();
    const again = restoreEngine(options, host.engine.snapshot());
    again.advance('g', t0 + 30 * minute);
    expect(again.drain()).toMatchObject([{ type: 'amended', episode: { severity: 'medium' } }]);
  });
});

describe('folding', () => {
  it('makes one episode of flaps, with the first onset, the last end and the worst of all', () => {
    const { host } = hostOf(folded);
    host.accept([ph(0, 9), ph(1, 7), ph(11, 11), ph(12, 7), ph(22, 11)]);
    expect(told(host)).toEqual([[0, null, 11, 'medium']]);
    expect(host.engine.episodes()[0]).toMatchObject({ worstAt: t0 + 11 * minute });
    host.accept([ph(23, 7), ph(34, 9)]);
    expect(told(host)).toEqual([
      [0, 23, 11, 'medium'],
      [34, null, 9, 'medium'],
    ]);
  });

  it('amends an ended episode that goes on, and splits one that late readings show apart', () => {
    const { host } = hostOf(folded);
    host.accept([ph(0, 9), ph(1, 7)]);
    host.drain();
    host.accept([ph(8, 9)]);
    expect(host.drain()).toMatchObject([
      { type: 'amended', was: { onset: t0 }, episode: { onset: t0, end: null } },
    ]);
    host.accept([ph(20, 7), ph(5, 9), ph(6, 7)]);
    expect(told(host)).toEqual([[0, 20, 9, 'medium']]);
    host.accept([ph(0, 9), ph(40, 9)]);
    expect(told(host)).toEqual([
      [0, 20, 9, 'medium'],
      [40, null, 9, 'medium'],
    ]);
  });

  it('makes history only of what is history throughout', () => {
    const { host } = hostOf(folded);
    const old = (minutes: number, value: number) => ({ ...ph(minutes, value), history: true });
    host.accept([old(0, 9), old(1, 7), ph(8, 9)]);
    expect(host.engine.episodes()).toMatchObject([{ onset: t0, history: false }]);
  });
});

describe('sentences', () => {
  it('are made when they are read, and go with every copy', () => {
    const { host } = hostOf();
    host.accept([ph(0, 9)]);
    const [change] = host.drain();
    const episode = change?.type === 'opened' ? change.episode : null;
    expect(episode?.why.en).toMatch(/9/);
    expect({ ...episode }.why).toBe(episode?.why);
    expect(JSON.parse(JSON.stringify(episode))).toEqual(structuredClone(episode));
    expect(structuredClone(episode)?.why).toEqual(episode?.why);
  });
});

const fold = 3;
const leaf = { comparison: 'above' };
function layoutOf(withFold: number): Layout {
  const asset = testAsset('a', 'pool', [testPoint('a', 'ph', null)]);
  const rule = testRule({ id: 'r', when: { metric: 'ph', above: 8 }, fold: withFold });
  const standard = testStandard([rule]);
  return compile({ standard, estates: [testEstate([asset])], horizon: 35 * 86_400_000 });
}

const bare = (episodes: readonly (Core | Episode)[]) =>
  episodes.map(({ onset, end, worst, detected }) => ({ onset, end, worst, detected }));

interface Breach {
  readonly gap: number;
  readonly length: number;
  readonly worst: number;
  /** From its end until that was decided. */
  readonly hold: number;
  readonly act: 'say' | 'nothing' | 'reopen' | 'again' | 'forget' | 'stand';
  readonly back: number;
}

/** Breaches one after another, and what is done after each. */
const life: fc.Arbitrary<Breach[]> = fc.array(
  fc.record({
    gap: fc.integer({ min: 1, max: 6 }),
    length: fc.integer({ min: 1, max: 4 }),
    worst: fc.integer({ min: 1, max: 5 }),
    hold: fc.constantFrom(0, 0, 1, 4),
    act: fc.constantFrom('say', 'say', 'nothing', 'reopen', 'again', 'forget', 'stand'),
    back: fc.integer({ min: 0, max: 25 }),
  }),
  { maxLength: 25 },
);

/** Does to a `Said` what an engine does, and beside it keeps every ending in a plain list. */
class Trial {
  private readonly folding: Folding;
  private readonly said: Said;
  private past: Ended[] = [];
  /** By onset, what the changes say. */
  private readonly heard = new Map<number, Core | Episode>();
  private time = 0;
  private edge = Number.NEGATIVE_INFINITY;

  constructor(withFold: number) {
    this.folding = { fold: withFold, primary: leaf as never };
    this.said = new Said(layoutOf(withFold));
  }

  /** One breach; with `stand` it is said while it stands, and then not at all. */
  breach({ gap, length, hold, worst, act, back }: Breach): void {
    const onset = this.time + gap;
    const core = { onset, detected: onset, worst, worstAt: onset, history: false };
    if (act === 'stand') {
      this.compare({ ...core, end: null }, onset + length);
      return;
    }
    const end = onset + length;
    this.time = end + hold;
    const ended = { ...core, end, clearedAt: this.time };
    this.past.push(ended);
    this.said.end(0, [ended]);
    if (act === 'reopen') this.reopen(Math.max(this.time - back, this.edge));
    if (act === 'again') this.again(this.time - back);
    if (act !== 'nothing') this.compare(null, this.time);
    if (act !== 'forget') return;
    this.edge = Math.max(this.edge, this.time - 15 - back);
    this.compare(null, this.time);
  }

  /** What is judged anew begins where the forgotten ends. */
  private reopen(from: number): void {
    this.past = this.past.filter((e) => e.clearedAt < from);
    this.said.reopen(0, from);
    this.time = from;
  }

  /** Judges anew from anywhere, and finds the same. */
  private again(from: number): void {
    const lost = this.past.filter((e) => e.clearedAt >= from);
    this.said.reopen(0, from);
    this.said.end(0, lost);
  }

  private compare(stands: Core | null, now: number): void {
    this.said.again(0, []);
    this.said.say(0, stands, now, []);
    this.said.forget(0, this.edge, stands, []);
    const all: Core[] = [];
    for (const core of stands === null ? this.past : [...this.past, stands]) {
      const last = all.at(-1);
      if (last === undefined || !continues(last, core, this.folding)) all.push(core);
      else all[all.length - 1] = joined(last, core, this.folding);
    }
    const { fold: longest } = this.folding;
    const isKept = (e: Core) => e.end === null || e.end + longest >= this.edge;
    const holds = all.filter((e) => isKept(e) || this.decided(e.end as number) >= this.edge);
    const said = this.said.episodes.get(0) ?? [];
    expect(bare(said)).toEqual(bare(holds));
    this.hear();
    // Whoever was told keeps what is forgotten.
    const heard = [...this.heard.values()].sort((a, b) => a.onset - b.onset);
    expect(bare(heard)).toEqual(bare(all));
  }

  private decided(end: number): number {
    return this.past.find((e) => e.end === end)?.clearedAt ?? Number.POSITIVE_INFINITY;
  }

  /** Applies the changes as whoever fetches them does. */
  private hear(): void {
    for (const change of this.said.changes) {
      if (change.type !== 'opened') this.heard.delete(change.was.onset);
      if (change.type === 'withdrawn') continue;
      this.heard.set(change.episode.onset, change.episode);
    }
    this.said.changes = [];
  }
}

describe('what is said', () => {
  it('is what folding all of it anew says, whatever was said, reopened and forgotten', () => {
    const check = (breaches: readonly Breach[], folds: boolean) => {
      const trial = new Trial(folds ? fold : 0);
      for (const one of breaches) trial.breach(one);
    };
    fc.assert(fc.property(life, fc.boolean(), check), { numRuns: 2000 });
  });
});
