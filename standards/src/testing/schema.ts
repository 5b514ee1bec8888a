import { z } from 'zod';
import { hours } from '../catalogue/clause-schema.ts';
import { severities } from '../severity.ts';
import { parseOffset, parseSeries } from './series.ts';

const id = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'write a-z, 0-9, - or _');

const offset = z.string().transform((value, context) => {
  const parsed = parseOffset(value);
  if (parsed === null) {
    context.addIssue({
      code: 'custom',
      message: `"${value}" is no time: write 90s, 5m, 4m54s, 2h`,
    });
    return z.NEVER;
  }
  return parsed;
});

const series = z.string().transform((value, context) => {
  try {
    return parseSeries(value);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : '' });
    return z.NEVER;
  }
});

const start = z
  .string()
  .regex(/^(\d{4}-\d{2}-\d{2} )?([01]\d|2[0-3]):[0-5]\d$/, 'write "23:30" or "2026-10-01 08:00"');

const relations = z.record(id, z.union([id.transform((one) => [one]), z.array(id).min(1)]));

/** What a test says of its asset and its estate; each test may say it anew. */
const setting = {
  /** Local time at 0m. */
  start: start.optional(),
  touchpoint: z.string().optional(),
  attributes: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])).optional(),
  /** Of the asset under test: `power: feeder-2`. */
  relations: relations.optional(),
  /** Kind of each other asset that `relations` name. */
  others: z.record(id, id).optional(),
  /** Hours by the estate's name for them. */
  calendars: z.record(id, hours).optional(),
  holidays: z.array(z.iso.date('write 2026-10-01')).optional(),
};

const episode = z.strictObject({
  onset: offset,
  detected: offset.optional(),
  /** Null, or left out: it stands. */
  end: offset.nullable().default(null),
  worst: z.union([z.number(), z.string(), z.boolean()]).optional(),
  severity: z.enum(severities).optional(),
});

const test = z.strictObject({
  /** What the test shows, in words. */
  case: z.string().optional(),
  ...setting,
  /** By metric, or `asset/metric` for another asset. */
  readings: z.record(z.string(), series),
  /** How far time has come; a minute after the last reading when left out. */
  until: offset.optional(),
  /** Exactly these, instead of what the list says by its name. */
  episodes: z.array(episode).optional(),
});

const tests = z.array(test).min(1);

const ruleTests = z.strictObject({
  ...setting,
  /** One episode that stands. */
  opens: tests.optional(),
  /** Comes near, and there is no episode. */
  neverOpens: tests.optional(),
  /** Goes on from the first of `opens`, comes near the end, and the episode stands. */
  staysOpen: tests.optional(),
  /** Goes on from the first of `opens`, and the episode ends. */
  clears: tests.optional(),
});

/** One file of tests. */
export const testFile = z.strictObject({
  /** Of every asset in the file that says none of its own. */
  touchpoint: z.string(),
  /** By rule id. */
  rules: z.record(id, ruleTests),
});

/** `survivors.yaml`: mutants that no test can tell from the rule, each with its reason. */
export const survivorsFile = z.strictObject({
  survivors: z.array(z.strictObject({ mutant: z.string(), reason: z.string().min(10) })),
});

export type TestSetting = Omit<z.output<typeof ruleTests>, Expectation>;
export type GivenTest = z.output<typeof test>;
export type GivenRuleTests = z.output<typeof ruleTests>;
export type ExpectedEpisode = z.output<typeof episode>;
export const expectations = ['opens', 'neverOpens', 'staysOpen', 'clears'] as const;
export type Expectation = (typeof expectations)[number];
