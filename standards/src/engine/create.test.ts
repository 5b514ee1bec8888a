import { describe, expect, it } from 'vitest';
import type { Rule } from '../rules/clause.ts';
import { createEngine, diffEpisodes, type Episode, restoreEngine } from './index.ts';
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
const hour = 60 * minute;
const day = 24 * hour;
const t0 = Date.UTC(2026, 2, 10, 4);
const rule = testRule({ id: 'r', when: { metric: 'ph', above: 8 }, for: 10 * minute });

function optionsOf(rules: readonly Rule[] = [rule], silentAfter: number | null = 30 * minute) {
  const asset = testAsset('a', 'pool', [testPoint('a', 'ph', silentAfter)]);
  return { standard: testStandard(rules), estates: [testEstate([asset])], horizon: 35 * day };
}

const ph = (minutes: number, value: number, given = {}) =>
  reading('e/a/ph', t0 + minutes * minute, value, given);
const types = (host: Host) => host.drain().map((change) => change.type);

describe('changes', () => {
  it('say an opening once, its end as an amendment, and nothing twice', () => {
    const host = new Host(createEngine(optionsOf()));
    host.accept([ph(0, 9)]);
    host.engine.advance('g', t0 + 9 * minute);
    expect(types(host)).toEqual([]);
    host.engine.advance('g', t0 + 10 * minute);
    expect(types(host)).toEqual(['opened']);
    expect(types(host)).toEqual([]);
    host.accept([ph(11, 7)]);
    expect(types(host)).toEqual(['amended']);
    expect(host.engine.episodes()).toMatchObject([{ onset: t0, end: t0 + 11 * minute }]);
  });

  it('withdraw what time alone said when an earlier reading still comes', () => {
    const host = new Host(createEngine(optionsOf()));
    host.accept([ph(0, 9)]);
    host.engine.advance('g', t0 + 12 * minute);
    expect(types(host)).toEqual(['opened']);
    host.accept([ph(5, 7)]);
    expect(types(host)).toEqual(['withdrawn']);
    expect(host.engine.episodes()).toEqual([]);
  });

  it('move the onset of an episode that late readings prove longer', () => {
    const host = new Host(createEngine(optionsOf()));
    host.accept([ph(10, 9), ph(25, 9)]);
    expect(types(host)).toEqual(['opened']);
    expect(host.accept([ph(2, 9)])).toBe(1);
    const changes = host.drain();
    expect(changes).toMatchObject([
      { type: 'amended', was: { onset: t0 + 10 * minute }, episode: { onset: t0 + 2 * minute } },
    ]);
  });

  it('lead from any list of episodes to any other', () => {
    const base = { subject: 's', rule: 'r', end: null, worst: 1 } as unknown as Episode;
    const at = (onset: number, end: number | null = onset + 1) => ({
      ...base,
      onset,
      end,
      why: { en: '', zh: '' },
    });
    expect(diffEpisodes([], [at(1)]).map((c) => c.type)).toEqual(['opened']);
    expect(diffEpisodes([at(1)], []).map((c) => c.type)).toEqual(['withdrawn']);
    expect(diffEpisodes([at(1)], [at(1)])).toEqual([]);
    expect(diffEpisodes([at(1, null)], [at(1, 5)]).map((c) => c.type)).toEqual(['amended']);
    expect(diffEpisodes([at(1, 4)], [at(3, 6)])).toMatchObject([
      { type: 'amended', was: { onset: 1 }, episode: { onset: 3 } },
    ]);
    expect(diffEpisodes([at(1, 2)], [at(5, 6)]).map((c) => c.type)).toEqual([
      'withdrawn',
      'opened',
    ]);
  });
});

describe('silence', () => {
  it('is an episode of its own from the silence limit to the next reading', () => {
    const host = new Host(createEngine(optionsOf()));
    host.accept([ph(0, 7)]);
    host.engine.advance('g', t0 + 30 * minute - 1);
    expect(types(host)).toEqual([]);
    host.engine.advance('g', t0 + 30 * minute);
    expect(host.drain()).toMatchObject([
      {
        type: 'opened',
        episode: { rule: 'silence:ph', effect: 'unknown', onset: t0 + 30 * minute, worst: null },
      },
    ]);
    host.accept([ph(45, 7)]);
    expect(host.drain()).toMatchObject([{ type: 'amended', episode: { end: t0 + 45 * minute } }]);
  });

  it('makes the value unknown', () => {
    const engine = createEngine(optionsOf());
    engine.accept([ph(0, 9)]);
    engine.advance('g', t0 + 31 * minute);
    expect(engine.conditions('e/a').find((c) => c.rule === 'r')).toMatchObject({
      verdict: 'unknown',
      phase: 'unknown',
      value: null,
      until: null,
    });
  });

  it('floods nobody while a device empties its buffer, and says the truth ten seconds later', () => {
    const host = new Host(createEngine(optionsOf()));
    const received = t0 + 20 * hour;
    const said: string[] = [];
    // Every 20 minutes for 10 hours, breaching twice, delivered within five seconds.
    for (let k = 0; k < 30; k += 1) {
      host.accept([ph(k * 20, k === 3 || k === 4 ? 9 : 7, { received: received + k * 160 })]);
      host.engine.advance('g', received + k * 160);
      said.push(
        ...host.drain().map((c) => `${c.type} ${c.type === 'opened' ? c.episode.rule : ''}`),
      );
    }
    expect(said).toEqual(['opened r', 'amended ']);
    host.engine.advance('g', received + 29 * 160 + 9_999);
    expect(types(host)).toEqual([]);
    host.engine.advance('g', received + 29 * 160 + 10_000);
    expect(host.drain()).toMatchObject([{ type: 'opened', episode: { rule: 'silence:ph' } }]);
  });
});

describe('a backlog of minutes', () => {
  const heldOpen = testRule({
    id: 'held-open',
    kind: 'access-gate',
    when: { metric: 'door', is: 'open' },
    for: minute,
    clearFor: 10_000,
  });
  const door = testAsset('a', 'access-gate', [testPoint('a', 'door', 26 * hour)]);
  const options = { ...optionsOf([heldOpen]), estates: [testEstate([door])] };
  const says = (at: number, value: string, received: number) =>
    reading('e/a/door', at, value, { received });

  it('opens nothing by time alone that its next reading unmakes', () => {
    const host = new Host(createEngine(options));
    const received = t0 + 5 * minute;
    for (let k = 0; k < 7; k += 1) {
      const at = t0 + k * 30_000;
      host.accept([says(at, k % 2 === 0 ? 'open' : 'closed', received + k)]);
      host.engine.advance('g', received + k);
    }
    expect(types(host)).toEqual([]);
  });

  it('says what stands ten seconds after the last of it', () => {
    const host = new Host(createEngine(options));
    const received = t0 + 61_000;
    host.accept([says(t0, 'open', received)]);
    host.engine.advance('g', received);
    expect(types(host)).toEqual([]);
    host.engine.advance('g', received + 9_999);
    expect(types(host)).toEqual([]);
    host.engine.advance('g', received + 10_000);
    expect(host.drain()).toMatchObject([
      { type: 'opened', episode: { onset: t0, detected: t0 + minute } },
    ]);
  });

  it('is not assumed of a reading that came within a minute', () => {
    const host = new Host(createEngine(options));
    host.accept([says(t0, 'open', t0 + minute)]);
    host.engine.advance('g', t0 + minute);
    expect(types(host)).toEqual(['opened']);
  });

  it('keeps a rule without a hold from nothing', () => {
    const plain = { ...optionsOf([{ ...heldOpen, for: 0 }]), estates: [testEstate([door])] };
    const host = new Host(createEngine(plain));
    host.accept([says(t0, 'open', t0 + hour)]);
    expect(types(host)).toEqual(['opened']);
  });
});

describe('history', () => {
  it('marks an episode only when all behind it was history', () => {
    const host = new Host(createEngine(optionsOf()));
    host.accept([ph(0, 9, { history: true }), ph(11, 9, { history: true }), ph(20, 7)]);
    expect(host.engine.episodes()).toMatchObject([{ rule: 'r', history: true }]);
    const mixed = new Host(createEngine(optionsOf()));
    mixed.accept([ph(0, 9, { history: true }), ph(9, 9), ph(20, 7)]);
    expect(mixed.engine.episodes()).toMatchObject([{ rule: 'r', history: false }]);
  });

  it('is not judged beyond the horizon, unless the point is to be judged at any age', () => {
    const received = t0 + 36 * day;
    const old = [ph(0, 9, { received }), ph(20, 9, { received })];
    const host = new Host(createEngine(optionsOf()));
    host.accept(old);
    host.engine.advance('g', received + day);
    expect(host.engine.episodes()).toEqual([]);

    const point = { ...testPoint('a', 'ph', 30 * minute), history: 'judge' as const };
    const estates = [testEstate([testAsset('a', 'pool', [point])])];
    const judging = new Host(createEngine({ ...optionsOf(), estates }));
    judging.accept(old);
    judging.engine.advance('g', received + day);
    // Judged, and without an episode of its silence.
    expect(judging.engine.episodes()).toMatchObject([{ rule: 'r', onset: t0 }]);
  });

  it('forgets ended episodes behind the horizon without withdrawing them', () => {
    const host = new Host(createEngine(optionsOf()));
    host.accept([ph(0, 9), ph(11, 9), ph(20, 7)]);
    expect(types(host)).toEqual(['opened']);
    host.accept([reading('e/a/ph', t0 + 37 * day, 7)]);
    host.engine.advance('g', t0 + 37 * day);
    const later = host.drain();
    expect(later.map((c) => c.type)).not.toContain('withdrawn');
    expect(host.engine.episodes().map((e) => e.rule)).toEqual(['silence:ph']);
  });
});

describe('late readings', () => {
  it('are judged from a checkpoint near them, not from the beginning', () => {
    const engine = createEngine(optionsOf());
    const readings = Array.from({ length: 20 * 144 }, (_, k) => ph(k * 10, 7));
    engine.accept(readings);
    const [work, ...more] = engine.accept([ph(19 * 1_440 + 5, 9)]);
    expect(more).toEqual([]);
    expect(work?.points).toEqual(['e/a/ph']);
    expect(work?.to).toBe(readings.at(-1)?.at);
    const span = t0 + (19 * 1_440 + 5) * minute - (work?.from ?? 0);
    expect(span).toBeGreaterThanOrEqual(0);
    expect(span).toBeLessThanOrEqual(hour);
  });

  it('make one piece of work an asset, however many there are', () => {
    const engine = createEngine(optionsOf());
    engine.accept([ph(0, 7), ph(60, 7)]);
    expect(engine.accept([ph(10, 7), ph(20, 7), ph(30, 7)])).toHaveLength(1);
  });

  it('must be judged before more of the same asset, and before a snapshot', () => {
    const engine = createEngine(optionsOf());
    engine.accept([ph(0, 7), ph(60, 7)]);
    const [work] = engine.accept([ph(10, 9)]);
    expect(() => engine.accept([ph(70, 7)])).toThrow(/before its late work/);
    expect(() => engine.snapshot()).toThrow(/lose late readings/);
    if (work !== undefined) engine.rejudge(work, [ph(0, 7), ph(10, 9), ph(60, 7)]);
    expect(engine.accept([ph(70, 7)])).toEqual([]);
    if (work !== undefined) expect(() => engine.rejudge(work, [])).toThrow(/not waiting/);
  });

  it('change nothing when they are duplicates', () => {
    const host = new Host(createEngine(optionsOf()));
    const all = [ph(0, 7), ph(5, 9), ph(20, 9), ph(25, 7), ph(40, 7)];
    host.accept(all);
    host.drain();
    host.accept(all);
    host.accept([...all].reverse());
    expect(types(host)).toEqual([]);
  });
});

describe('conditions', () => {
  it('tell the phase, since when, and until when it lasts by itself', () => {
    const engine = createEngine(optionsOf([{ ...rule, clearFor: 5 * minute }]));
    const now = () => engine.conditions('e/a').find((c) => c.rule === 'r');
    expect(now()).toMatchObject({ verdict: 'unknown', phase: 'unknown', since: 0, value: null });
    engine.accept([ph(0, 7)]);
    expect(now()).toMatchObject({ verdict: 'ok', phase: 'ok', since: t0, until: null, value: 7 });
    engine.accept([ph(1, 9)]);
    const onset = t0 + minute;
    expect(now()).toMatchObject({
      verdict: 'ok',
      phase: 'pending',
      since: onset,
      until: onset + 10 * minute,
    });
    engine.accept([ph(12, 9)]);
    expect(now()).toMatchObject({ verdict: 'breach', phase: 'breach', since: onset, until: null });
    engine.accept([ph(13, 7)]);
    const clear = t0 + 13 * minute;
    expect(now()).toMatchObject({
      verdict: 'breach',
      phase: 'clearing',
      since: clear,
      until: clear + 5 * minute,
    });
  });

  it('touch a subject when they change, and not with every good reading', () => {
    const engine = createEngine(optionsOf());
    engine.accept([ph(0, 7)]);
    expect(engine.drainTouched()).toEqual(['e/a']);
    engine.accept([ph(1, 7)]);
    engine.advance('g', t0 + 2 * minute);
    expect(engine.drainTouched()).toEqual([]);
    engine.accept([ph(3, 9)]);
    expect(engine.drainTouched()).toEqual(['e/a']);
  });
});

describe('a restored engine', () => {
  it('opens in the tenth minute a breach that was interrupted in the sixth', () => {
    const first = createEngine(optionsOf());
    first.accept([ph(0, 9)]);
    first.advance('g', t0 + 6 * minute);
    const second = restoreEngine(optionsOf(), first.snapshot());
    second.advance('g', t0 + 10 * minute);
    expect(second.drain()).toMatchObject([
      { type: 'opened', episode: { onset: t0, detected: t0 + 10 * minute } },
    ]);
  });

  it('still has the changes that nobody fetched', () => {
    const first = createEngine(optionsOf());
    first.accept([ph(0, 9), ph(11, 9)]);
    const second = restoreEngine(optionsOf(), first.snapshot());
    expect(second.drain()).toHaveLength(1);
    expect(second.episodes()).toEqual(first.episodes());
  });

  it('starts a rule anew whose numbers changed, and keeps the others', () => {
    const other = testRule({ id: 'other', when: { metric: 'ph', above: 8 } });
    const first = createEngine(optionsOf([rule, other]));
    first.accept([ph(0, 9), ph(11, 9)]);
    const changed = optionsOf([{ ...rule, for: 5 * minute }, other]);
    const second = restoreEngine(changed, first.snapshot());
    expect(second.episodes().map((e) => e.rule)).toEqual(['other']);
  });

  it('refuses bytes that are no snapshot', () => {
    for (const bytes of [new Uint8Array(), Uint8Array.of(1, 2, 3)]) {
      expect(() => restoreEngine(optionsOf(), bytes)).toThrow(/not written by this version/);
    }
  });
});
