import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { kinds } from '@caretaker/devices/kinds';
import { type Fault, FaultsError } from '@caretaker/readings/base';
import type { z } from 'zod';
import { type Path, parseSource, type Source } from '../catalogue/source.ts';
import { ruleOf, type Standard } from '../catalogue/standard.ts';
import type { Rule } from '../rules/clause.ts';
import {
  type Expectation,
  type ExpectedEpisode,
  expectations,
  type GivenRuleTests,
  type GivenTest,
  survivorsFile,
  type TestSetting,
  testFile,
} from './schema.ts';
import type { Step } from './series.ts';

const builtIn = path.join(import.meta.dirname, '../../tests');

/** One test of one rule. */
export interface RuleTest {
  readonly rule: string;
  readonly expectation: Expectation;
  /** `TP01.yaml:12`. */
  readonly where: string;
  /** What it shows, in words; empty when the file says nothing. */
  readonly words: string;
  readonly touchpoint: string;
  readonly setting: TestSetting;
  /** By metric of the asset, or `asset/metric` of another one. */
  readonly readings: Readonly<Record<string, readonly Step[]>>;
  /** How far time comes, milliseconds from the start. */
  readonly until: number;
  readonly episodes: readonly ExpectedEpisode[] | null;
}

/** Mutants that no test can tell from their rule, with the reason of each. */
export type Survivors = ReadonlyMap<string, string>;

export interface Tests {
  readonly tests: readonly RuleTest[];
  readonly survivors: Survivors;
}

/**
 * Reads the tests of a folder: `survivors.yaml`, and any other `.yaml` file.
 * @param directory the tests of the built-in catalogue when left out.
 * @throws FaultsError `STANDARDS_TESTS_INVALID` with every fault of every file, each with file and line.
 */
export function loadTests(standard: Standard, directory: string = builtIn): Tests {
  const names = readdirSync(directory).filter((name) => name.endsWith('.yaml'));
  const files = names
    .sort()
    .map((name) => ({ name, text: readFileSync(path.join(directory, name), 'utf8') }));
  return readTests(standard, files);
}

/** The same from texts that are already at hand. */
export function readTests(
  standard: Standard,
  files: readonly { name: string; text: string }[],
): Tests {
  const reader = new Reader(standard);
  for (const { name, text } of files) reader.read(parseSource(name, text));
  return reader.finish();
}

class Reader {
  private readonly faults: Fault[] = [];
  private readonly tests: RuleTest[] = [];
  private readonly survivors = new Map<string, string>();
  private readonly standard: Standard;
  private readonly seen = new Map<string, string>();

  constructor(standard: Standard) {
    this.standard = standard;
  }

  read(source: Source): void {
    this.faults.push(...source.faults);
    if (source.content === undefined) return;
    if (source.file === 'survivors.yaml') {
      for (const { mutant, reason } of this.parse(survivorsFile, source)?.survivors ?? []) {
        this.survivors.set(mutant, reason);
      }
      return;
    }
    const parsed = this.parse(testFile, source);
    if (parsed === undefined) return;
    for (const [id, given] of Object.entries(parsed.rules)) {
      const rule = this.ruleOf(id, source);
      if (rule !== undefined) this.readRule(rule, given, parsed.touchpoint, source);
    }
  }

  finish(): Tests {
    if (this.faults.length > 0) {
      const summary = `The tests have ${this.faults.length} fault(s); none of them was run.`;
      throw new FaultsError('STANDARDS_TESTS_INVALID', summary, this.faults);
    }
    return { tests: this.tests, survivors: this.survivors };
  }

  private ruleOf(id: string, source: Source): Rule | undefined {
    const at = ['rules', id];
    const before = this.seen.get(id);
    if (before !== undefined) {
      const message = `the tests of ${id} are already in ${before}`;
      this.faults.push(source.fault('STANDARDS_DUPLICATE_ID', at, message));
      return undefined;
    }
    this.seen.set(id, source.file);
    const rule = ruleOf(this.standard, id);
    if (rule === undefined || rule.builtin !== undefined) {
      const message = `the standard has no rule "${id}" that can be tested`;
      this.faults.push(source.fault('STANDARDS_TEST_RULE', at, message));
      return undefined;
    }
    return rule;
  }

  private readRule(rule: Rule, given: GivenRuleTests, touchpoint: string, source: Source): void {
    const { opens, neverOpens, staysOpen, clears, ...setting } = given;
    const first = opens?.[0];
    const lists = { opens, neverOpens, staysOpen, clears };
    for (const expectation of expectations) {
      const goesOn = expectation === 'staysOpen' || expectation === 'clears';
      for (const [k, test] of (lists[expectation] ?? []).entries()) {
        const at = ['rules', rule.id, expectation, k];
        if (goesOn && first === undefined) {
          const message = 'goes on from the first of "opens", and there is none';
          this.faults.push(source.fault('STANDARDS_TEST_RULE', at, message));
          continue;
        }
        const whole = { ...setting, ...test };
        this.checkOthers(whole, at, source);
        this.checkReadings(rule, test, whole.others ?? {}, at, source);
        const before = goesOn ? first : undefined;
        this.tests.push(testOf(rule, expectation, setting, test, before, touchpoint, at, source));
      }
    }
  }

  private checkOthers(
    { relations = {}, others = {} }: TestSetting,
    at: Path,
    source: Source,
  ): void {
    for (const [asset, kind] of Object.entries(others)) {
      if (kinds[kind] !== undefined) continue;
      const message = `no kind "${kind}" of "${asset}"; there are ${Object.keys(kinds).join(', ')}`;
      this.faults.push(source.fault('STANDARDS_UNKNOWN_KIND', at, message));
    }
    for (const asset of Object.values(relations).flat()) {
      if (others[asset] !== undefined) continue;
      const message = `"others" names no kind of "${asset}"`;
      this.faults.push(source.fault('STANDARDS_TEST_RULE', at, message));
    }
  }

  private checkReadings(
    rule: Rule,
    test: GivenTest,
    others: Readonly<Record<string, string>>,
    at: Path,
    source: Source,
  ): void {
    for (const name of Object.keys(test.readings)) {
      const [metric = '', asset] = name.split('/').toReversed();
      const kind = asset === undefined ? rule.kind : others[asset];
      const known = Object.keys(kinds[kind ?? '']?.metrics ?? {});
      if (known.includes(metric)) continue;
      const message =
        kind === undefined
          ? `"others" names no kind of "${asset}"`
          : `${kind} has no metric "${metric}"; it has ${known.join(', ')}`;
      const path = [...at, 'readings', name];
      this.faults.push(source.fault('STANDARDS_UNKNOWN_METRIC', path, message));
    }
  }

  private parse<T extends z.ZodType>(schema: T, source: Source): z.output<T> | undefined {
    const result = schema.safeParse(source.content);
    if (result.success) return result.data;
    for (const issue of result.error.issues) {
      const at = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
      const place = issue.code === 'unrecognized_keys' ? [...at, issue.keys[0] ?? ''] : at;
      this.faults.push(source.fault('STANDARDS_SCHEMA', place, issue.message));
    }
    return undefined;
  }
}

function testOf(
  rule: Rule,
  expectation: Expectation,
  common: TestSetting,
  test: GivenTest,
  before: GivenTest | undefined,
  touchpoint: string,
  at: Path,
  source: Source,
): RuleTest {
  const { case: words = '', readings: own, until, episodes, ...setting } = test;
  const { case: _, readings: _readings, until: _until, episodes: _none, ...earlier } = before ?? {};
  const readings = joined(before?.readings ?? {}, own);
  const last = Math.max(...Object.values(readings).map((steps) => steps.at(-1)?.at ?? 0));
  return {
    rule: rule.id,
    expectation,
    where: source.fault('', at, '').where?.split(' ')[0] ?? source.file,
    words,
    touchpoint: setting.touchpoint ?? common.touchpoint ?? touchpoint,
    setting: { ...common, ...earlier, ...setting },
    readings,
    until: until ?? last + 60_000,
    episodes: episodes ?? null,
  };
}

function joined(
  before: Readonly<Record<string, readonly Step[]>>,
  after: Readonly<Record<string, readonly Step[]>>,
): Record<string, readonly Step[]> {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return Object.fromEntries(
    [...names].map((name) => [name, [...(before[name] ?? []), ...(after[name] ?? [])]]),
  );
}
