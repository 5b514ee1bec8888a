import { z } from 'zod';
import type { Step } from '../rules/clause.ts';
import { severities } from '../severity.ts';
import { clause, duration, foldSpan, hours, id, span } from './clause-schema.ts';
import { strict } from './strict.ts';

const itemId = z
  .string()
  .regex(/^[A-Z]{2,3}\d{0,2}-(S?\d{1,2}[a-z]?)$/, 'write TP01-05a or TP32-S1');
const touchpointId = z.string().regex(/^(TP\d{2}|EST)$/, 'write TP01, or EST for the whole estate');
const text = strict({ en: z.string().min(1), zh: z.string().min(1) });
const severity = z.enum(severities);

const step: z.ZodType<Step> = z
  .union(
    [
      strict({ severity, above: z.number() }),
      strict({ severity, below: z.number() }),
      strict({ severity, after: span }),
    ],
    'write {severity, above: number}, {severity, below: number} or {severity, after: duration}',
  )
  .meta({ id: 'step', description: 'A more severe stage, by worst value or by age.' });

const hiding = strict({
  relation: id.optional().describe('On the assets that this relation names; else on the same.'),
  rules: z.array(id).min(1),
}).meta({ id: 'hiding', description: 'While one of these stands, there is no new ticket.' });

/** One rule, as it stands in an item. */
export const ruleSchema = strict({
  id,
  title: text,
  kind: id,
  touchpoints: z.array(touchpointId).optional(),
  exceptTouchpoints: z.array(touchpointId).optional(),
  unless: z
    .array(id)
    .optional()
    .describe('Not for an asset that has one of these metrics: another rule watches it better.'),
  builtin: z.enum(['silence', 'gateway']).optional(),
  when: clause.optional(),
  only: clause.optional().describe('Must be true to open and to clear.'),
  clearWhen: clause.optional().describe('Clears by this, not by the end of "when".'),
  for: duration.default(0).describe('The breach must last.'),
  clearFor: duration.default(0).describe('The end must last.'),
  proving: span.optional().describe('Clear for this long, it is proven to be mended.'),
  severity,
  steps: z.array(step).min(1).optional(),
  fold: foldSpan.optional().describe('An episode this soon after another continues it.'),
  hiddenBy: z.array(hiding).min(1).optional(),
  effect: z.enum(['down', 'degraded', 'none', 'unknown']),
  latched: z.boolean().default(false),
  local: z.literal(true).optional().describe('Judged on the gateway, too.'),
  source: z.string().min(1),
  confirmed: z.boolean(),
}).meta({ id: 'rule', description: 'One way in which the item can be breached.' });

/** One time limit of an item; see `TimeLimit` for what each field means. */
const time = strict({
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

const item = strict({
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
}).meta({ id: 'item' });

/** One file of the catalogue: one touchpoint with its items. */
export const touchpointFile = strict({
  id: touchpointId,
  name: text,
  group: id,
  items: z.array(item),
});

/** `groups.yaml`: the first level on every screen. */
export const groupsFile = strict({
  groups: z.array(strict({ id, number: z.int().positive(), name: text })),
});
