import { z } from 'zod';
import { type CalendarSpec, type Clause, overs } from '../rules/clause.ts';
import { parseDuration } from '../rules/duration.ts';
import { severities } from '../severity.ts';

/** No window holds more readings than this, so memory stays bounded. */
export const maxReadings = 4_096;
/** No window or hold may be longer than the horizon within which late readings are judged again. */
const longestWindow = 35 * 24 * 3_600_000;

const id = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'write a-z, 0-9, - or _');
const itemId = z
  .string()
  .regex(/^[A-Z]{2,3}\d{0,2}-(S?\d{1,2}[a-z]?)$/, 'write TP01-05a or TP32-S1');
const touchpointId = z.string().regex(/^(TP\d{2}|EST)$/, 'write TP01, or EST for the whole estate');
const text = z.strictObject({ en: z.string().min(1), zh: z.string().min(1) });

const duration = z.string().transform((value, context) => {
  const parsed = parseDuration(value);
  if (parsed === null) {
    context.addIssue({ code: 'custom', message: `"${value}" is no duration: write 90s, 15m, 24h` });
    return z.NEVER;
  }
  if (parsed > longestWindow) {
    context.addIssue({ code: 'custom', message: `${value} is over the bound of 35d` });
  }
  return parsed;
});

const limit = z.union(
  [
    z.number(),
    z.strictObject({
      attribute: z.string().regex(/^[a-z][a-z0-9_]*$/),
      otherwise: z.number().optional(),
      scale: z.number().optional(),
      offset: z.number().optional(),
      log10: z.boolean().optional(),
    }),
  ],
  'write a number, or {attribute: name, otherwise, scale, offset, log10}',
);

const hours = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'write 22:00-06:00');

const calendar: z.ZodType<CalendarSpec> = z
  .strictObject({
    sunBelow: z.number().min(-18).max(60).optional(),
    sunAbove: z.number().min(-18).max(60).optional(),
    opening: id.optional(),
    hours: hours.optional(),
    delay: duration.optional(),
  })
  .refine(
    (spec) =>
      [spec.sunBelow, spec.sunAbove, spec.opening, spec.hours].filter((x) => x !== undefined)
        .length === 1,
    'a calendar has exactly one of sunBelow, sunAbove, opening, hours',
  );

const readings = z.int().min(1).max(maxReadings, `windows hold at most ${maxReadings} readings`);
const count = z.strictObject({
  least: readings,
  of: readings.optional(),
  within: duration.optional(),
  during: calendar.optional(),
  clearLeast: readings.optional(),
  clearOf: readings.optional(),
});
const value = z.union([z.number(), z.string(), z.boolean()]);
const band = z.tuple([z.number(), z.number()]);

/** One condition; see `Clause` for what each field means. */
const clause: z.ZodType<Clause> = z.lazy(() =>
  z.strictObject({
    all: z.array(clause).min(1).optional(),
    any: z.array(clause).min(1).optional(),
    not: clause.optional(),
    calendar: calendar.optional(),
    metric: id.optional(),
    optional: z.boolean().optional(),
    unit: z.string().optional(),
    over: z.enum(overs).optional(),
    window: duration.optional(),
    minSamples: readings.optional(),
    above: limit.optional(),
    atLeast: limit.optional(),
    below: limit.optional(),
    atMost: limit.optional(),
    clear: limit.optional(),
    outside: band.optional(),
    clearInside: band.optional(),
    is: z.union([value, z.array(value).min(1)]).optional(),
    count: count.optional(),
  }),
);

/** One rule, as it stands in an item. */
export const ruleSchema = z.strictObject({
  id,
  title: text,
  kind: id,
  touchpoints: z.array(touchpointId).optional(),
  exceptTouchpoints: z.array(touchpointId).optional(),
  unless: z.array(id).optional(),
  builtin: z.enum(['silence', 'gateway']).optional(),
  when: clause.optional(),
  only: clause.optional(),
  clearWhen: clause.optional(),
  for: duration.default(0),
  clearFor: duration.default(0),
  severity: z.enum(severities),
  effect: z.enum(['down', 'degraded', 'none', 'unknown']),
  latched: z.boolean().default(false),
  source: z.string().min(1),
  confirmed: z.boolean(),
});

/** One time limit of an item; see `TimeLimit` for what each field means. */
const time = z
  .strictObject({
    key: z.string().regex(/^T\d{2}$/, 'write T01, a row of docs/standard.md'),
    within: duration.optional(),
    days: z.int().min(0).optional(),
    workingDays: z.int().min(1).optional(),
    before: duration.optional(),
    hours: z.array(hours).min(1).optional(),
    by: z
      .array(z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write 07:30'))
      .min(1)
      .optional(),
    every: z.enum(['day', 'week', 'month', 'year']).optional(),
    night: z.literal(true).optional(),
    count: z.int().min(1).optional(),
    of: z.enum(['people', 'rings', 'knocks', 'times']).optional(),
    confirmed: z.boolean(),
  })
  .refine(
    (time) => (time.count === undefined) === (time.of === undefined),
    'count and of belong together',
  )
  .refine(
    ({ key, count, of, confirmed, ...when }) => Object.keys(when).length <= 1,
    'a time limit has at most one of within, days, workingDays, before, hours, by, every, night',
  );

const item = z.strictObject({
  id: itemId,
  number: z.int().min(1).optional(),
  name: text,
  aspect: z.enum(['people', 'facility', 'information']),
  check: z.enum(['sensor', 'inspection', 'process', 'name-only']),
  also: z.enum(['sensor', 'inspection', 'process']).optional(),
  kano: z.enum(['must-be', 'one-dimensional', 'attractive']),
  team: z.enum(['engineering', 'security', 'cleaning', 'service']),
  process: z
    .string()
    .regex(/^D([1-9]|1\d|2[01])$/, 'write D1 to D21')
    .optional(),
  times: z.array(time).default([]),
  source: z.string().min(1),
  origin: z.enum(['standard', 'ours']),
  confirmed: z.boolean(),
  rules: z.array(ruleSchema).default([]),
});

/** One file of the catalogue: one touchpoint with its items. */
export const touchpointFile = z.strictObject({
  id: touchpointId,
  name: text,
  group: id,
  items: z.array(item),
});

/** `groups.yaml`: the first level on every screen. */
export const groupsFile = z.strictObject({
  groups: z.array(z.strictObject({ id, number: z.int().positive(), name: text })),
});
