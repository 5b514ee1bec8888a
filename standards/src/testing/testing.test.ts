import { readFileSync } from 'node:fs';
import path from 'node:path';
import { FaultsError } from '@caretaker/readings/base';
import { describe, expect, it } from 'vitest';
import { loadStandard, readStandard } from '../catalogue/load.ts';
import { mutate, readTests, runTests, untested } from './index.ts';
import { formatOffset, parseOffset, parseSeries } from './series.ts';

const minute = 60_000;
const standard = readStandard([
  { name: 'groups.yaml', text: 'groups: [{ id: water, number: 10, name: { en: W, zh: 水 } }]' },
  {
    name: 'TP32.yaml',
    text: `
id: TP32
name: { en: Pool, zh: 池 }
group: water
items:
  - id: TP32-S1
    name: { en: Water is warm, zh: 水温 }
    aspect: facility
    check: sensor
    kano: must-be
    team: engineering
    source: practice
    origin: ours
    confirmed: false
    rules:
      - id: cold
        title: { en: Cold, zh: 冷 }
        kind: pool
        when: { metric: temp_c, unit: °C, below: 20, clear: 21 }
        for: 10m
        severity: low
        effect: none
        source: practice
        confirmed: false
      - id: hot
        title: { en: Hot, zh: 热 }
        kind: pool
        when: { metric: temp_c, unit: °C, above: 40 }
        severity: low
        effect: none
        source: practice
        confirmed: false
`,
  },
]);

const read = (text: string, survivors = '') =>
  readTests(standard, [
    { name: 'pool.yaml', text },
    ...(survivors === '' ? [] : [{ name: 'survivors.yaml', text: survivors }]),
  ]);
const faultsOf = (text: string) => {
  try {
    read(text);
  } catch (error) {
    if (error instanceof FaultsError) return error.faults.map((f) => `${f.where} ${f.code}`);
  }
  return [];
};

const cold = `
touchpoint: TP32
rules:
  cold:
    opens:
      - { case: too cold, readings: { temp_c: "0m 19.9, 9m 19.9" }, episodes: [{ onset: 0m, detected: 10m, worst: 19.9 }] }
    neverOpens:
      - readings: { temp_c: "0m 19.9, 9m59s 20" }
      - readings: { temp_c: "0m..30m every 10m 20" }
    staysOpen:
      - readings: { temp_c: "15m 21" }
    clears:
      - readings: { temp_c: "15m 21.1" }
`;

describe('a series of readings', () => {
  it('is times and values', () => {
    expect(parseSeries('0m closed, 1m30s open, 2h true, 3h -4.5')).toEqual([
      { at: 0, value: 'closed' },
      { at: 1.5 * minute, value: 'open' },
      { at: 120 * minute, value: true },
      { at: 180 * minute, value: -4.5 },
    ]);
  });

  it('repeats, both ends included, and goes through its values in turn', () => {
    expect(
      parseSeries('-10m..10m every 10m 1|2').map(({ at, value }) => [at / minute, value]),
    ).toEqual([
      [-10, 1],
      [0, 2],
      [10, 1],
    ]);
  });

  it.each(['', '5 open', '5m', '2m 1, 1m 1', '0m..1h every 0m 1', '0m..99d every 1s 1'])(
    'refuses "%s"',
    (text) => expect(() => parseSeries(text)).toThrow(),
  );

  it('has times that read back as they were written', () => {
    for (const text of ['0m', '4m54s', '-5h', '1d2h3m4s5ms']) {
      expect(formatOffset(parseOffset(text) ?? Number.NaN)).toBe(text);
    }
  });
});

describe('a file of tests', () => {
  it('passes, and says which rules lack tests', () => {
    const { tests } = read(cold);
    expect(runTests(standard, tests).filter((result) => !result.passed)).toEqual([]);
    expect(untested(standard, tests)).toEqual([
      { rule: 'hot', lacks: ['opens', 'neverOpens', 'clears'] },
    ]);
  });

  it('says where a test fails, what should be and what was found', () => {
    const { tests } = read(
      cold.replace('15m 21.1', '15m 20.5').replace('detected: 10m', 'detected: 9m'),
    );
    const failed = runTests(standard, tests).filter((result) => !result.passed);
    expect(failed.map(({ test, message }) => `${test.where} ${message}`)).toEqual([
      'pool.yaml:6 should find one from 0m that stands, detected 9m, worst 19.9, but one from 0m that stands, detected 10m, worst 19.9, low',
      'pool.yaml:13 one episode should have ended, but one from 0m that stands, detected 10m, worst 19.9, low',
    ]);
  });

  it('has all its faults listed, with their lines', () => {
    const bad = `
touchpoint: TP32
rules:
  cold:
    opens:
      - readings: { temp_f: "0m 60" }
    clear: []
  warm:
    opens:
      - readings: { temp_c: "0m 60" }
`;
    expect(faultsOf(bad)).toEqual(['pool.yaml:7 rules.cold.clear STANDARDS_SCHEMA']);
    expect(faultsOf(bad.replace('    clear: []\n', ''))).toEqual([
      'pool.yaml:6 rules.cold.opens[0].readings.temp_f STANDARDS_UNKNOWN_METRIC',
      'pool.yaml:8 rules.warm STANDARDS_TEST_RULE',
    ]);
    expect(faultsOf(cold.replace('15m 21"', '15 21"'))).toEqual([
      'pool.yaml:11 rules.cold.staysOpen[0].readings.temp_c STANDARDS_SCHEMA',
    ]);
    const related = (others: string) => `
touchpoint: TP32
rules:
  hot:
    relations: { power: feed-1 }
    others: ${others}
    calendars: { pool: 06:00-22:00 }
    opens:
      - readings: { temp_c: "0m 41", feed-1/live: "0m true" }
`;
    expect(faultsOf(related('{ feed-1: power-feed }'))).toEqual([]);
    expect(faultsOf(related('{}'))).toEqual([
      'pool.yaml:9 rules.hot.opens[0] STANDARDS_TEST_RULE',
      'pool.yaml:9 rules.hot.opens[0].readings.feed-1/live STANDARDS_UNKNOWN_METRIC',
    ]);
    expect(faultsOf(related('{ feed-1: feed }'))[0]).toBe(
      'pool.yaml:9 rules.hot.opens[0] STANDARDS_UNKNOWN_KIND',
    );
    expect(faultsOf(related('{}').replace('22:00', '22'))).toEqual([
      'pool.yaml:7 rules.hot.calendars.pool STANDARDS_SCHEMA',
    ]);
    expect(
      faultsOf('touchpoint: TP32\nrules:\n  hot: { clears: [{ readings: { temp_c: 0m 1 } }] }'),
    ).toEqual(['pool.yaml:3 rules.hot.clears[0] STANDARDS_TEST_RULE']);
  });
});

describe('docs/testing-a-standard.md', () => {
  it('shows a file whose tests pass', () => {
    const page = path.join(import.meta.dirname, '../../../docs/testing-a-standard.md');
    const [, example = ''] =
      /```yaml\n(touchpoint:[^`]*)```/.exec(readFileSync(page, 'utf8')) ?? [];
    const builtIn = loadStandard();
    const { tests } = readTests(builtIn, [{ name: 'example.yaml', text: example }]);
    const results = runTests(builtIn, tests);
    expect(results).toHaveLength(4);
    expect(results.filter((result) => !result.passed)).toEqual([]);
  });
});

describe('mutation', () => {
  it('changes each number and each hold, and tests of both sides catch all of it', () => {
    expect(mutate(standard, read(cold))).toEqual({
      mutants: 8,
      survivors: [],
      explained: [],
      stale: [],
    });
  });

  it('names what no test catches, unless it is explained', () => {
    const loose = cold.replace(/ 20"/g, ' 25"');
    const reason = 'for the sake of this test';
    const named = `survivors: [{ mutant: cold when.below +5%, reason: ${reason} }]`;
    expect(mutate(standard, read(loose)).survivors).toEqual(['cold when.below +5%']);
    expect(mutate(standard, read(loose, named))).toMatchObject({
      survivors: [],
      explained: [{ mutant: 'cold when.below +5%', reason }],
      stale: [],
    });
    expect(mutate(standard, read(cold, named)).stale).toEqual(['cold when.below +5%']);
  });
});
