import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { kinds } from '@caretaker/devices/kinds';
import type { Estate } from '@caretaker/devices/model';
import { describe } from 'vitest';
import type { Standard } from '../../catalogue/standard.ts';
import { createEngine } from '../../engine/index.ts';
import { testAsset, testEstate, testPoint } from '../../engine/testing/fixture.ts';
import type { Rule } from '../../rules/clause.ts';

const root = path.join(import.meta.dirname, '../../../..');
/** Folder of the real recorded data. */
const sampleData = path.resolve(root, process.env.CARETAKER_SAMPLE_DATA ?? '../shared/data');

/** A value and when it was measured, UTC epoch milliseconds. */
export type Measured = readonly [at: number, value: number];

/** `describe` that skips, with the reason in its name, where the recorded file is not at hand. */
export function describeRecorded(file: string, name: string, suite: () => void): void {
  if (existsSync(path.join(sampleData, file))) describe(name, suite);
  else describe.skipIf(true)(`${name} [skipped: no ${file}]`, suite);
}

/** The rows of a recorded CSV file without its header, in the order of the file. */
export function rowsOf(file: string): string[][] {
  const lines = readFileSync(path.join(sampleData, file), 'utf8').trim().split('\n');
  return lines.slice(1).map((line) => line.trim().split(','));
}

/** Times without a zone are read as UTC: the files name none. */
export const utc = (time: string): number => Date.parse(`${time.replace(' ', 'T')}Z`);

/** What the gateway lets through of a metric: values that it can have. */
export function plausible(kind: string, metric: string, series: readonly Measured[]): Measured[] {
  const [min, max] = kinds[kind]?.metrics[metric]?.range ?? [];
  return series.filter(([, value]) => value >= (min ?? value) && value <= (max ?? value));
}

/**
 * Judges a recorded series by one rule, in one engine and at its own time.
 * @returns of each episode its onset and end, `05-24 09:45:15`, and the worst value.
 */
export function judgeRecorded(
  standard: Standard,
  rule: Rule,
  metric: string,
  series: readonly Measured[],
): { onset: string; end: string | null; worst: unknown }[] {
  const point = {
    ...testPoint('a', metric, silenceOf(rule.kind, metric)),
    history: 'judge',
  } as const;
  const asset = { ...testAsset('a', rule.kind, [point]), touchpoint: 'TP23' };
  const estates: Estate[] = [testEstate([asset])];
  const item = standard.items.find(({ id }) => id === rule.item);
  const only = { ...standard, items: item === undefined ? [] : [{ ...item, rules: [rule] }] };
  const engine = createEngine({ standard: only, estates, horizon: 35 * 86_400_000 });
  const ordered = series.toSorted(([a], [b]) => a - b);
  engine.accept(
    ordered.map(([at, value]) => ({
      point: point.id,
      at,
      received: at,
      value,
      stamped: true,
      history: false,
    })),
  );
  return engine.episodes().map(({ onset, end, worst }) => ({
    onset: shown(onset),
    end: end === null ? null : shown(end),
    worst,
  }));
}

function silenceOf(kind: string, metric: string): number {
  return Math.max(3 * (kinds[kind]?.metrics[metric]?.cadence ?? 0), 30 * 60_000);
}

const shown = (at: number): string => new Date(at).toISOString().slice(5, 19).replace('T', ' ');
