import { z } from 'zod';
import { dates, hours } from './calendar-fields.ts';
import { clocksSchema } from './clocks.ts';
import { durationForm, parseDuration } from './duration.ts';
import { formats } from './formats.ts';
import { heardTopic, topicLimits } from './topics.ts';

/** Of the deepest JSON path that a mapping may name. */
const pathLevels = 8;

export const id = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9_-]{0,62}$/,
    'an id is 1 to 63 of a-z, 0-9, _ and -, not starting with _ or -',
  );

const words = z.string().min(1, 'a text may not be empty');

const text = z
  .union([words, z.strictObject({ en: words, zh: words })], {
    error: 'a text is one string for both languages, or { en: …, zh: … }',
  })
  .transform((t) => (typeof t === 'string' ? { en: t, zh: t } : t));

const duration = z.string(`a duration is written ${durationForm}`).transform((value, context) => {
  const parsed = parseDuration(value);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: `"${value}" is no duration: write ${durationForm}` });
  return z.NEVER;
});

const durationOrNone = z.union([z.literal('none').transform(() => null), duration], {
  error: `a duration is written ${durationForm}, or none`,
});

const zone = z.string().refine(isZone, {
  error: (issue) => `"${String(issue.input)}" is no IANA time zone, such as Asia/Shanghai`,
});

function isZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** More would be a list of everything, not a relation. */
const related = 64;

const relation = z
  .union([z.string(), z.array(z.string()).min(1).max(related)], {
    error: `a relation names one asset, or a list of 1 to ${related}`,
  })
  .transform((ids) => (typeof ids === 'string' ? [ids] : ids));

/** A name that can stand in a topic, over several levels if need be. */
const name = z
  .string('a name is text: one that looks like a number stands in quotes')
  .max(topicLimits.characters)
  .refine((n) => n.split('/').every((level) => level !== '' && !/[+#]/.test(level)), {
    error: 'a name has no empty level, no + and no #',
  })
  .refine((n) => !n.includes('\u0000') && n.split('/').length <= topicLimits.levels, {
    error: `a name has at most ${topicLimits.levels} levels`,
  });

const path = z
  .string()
  .regex(/^[^.]+(\.[^.]+)*$/, 'a path names JSON keys or array indexes, joined by dots')
  .refine((p) => p.split('.').length <= pathLevels, `a path has at most ${pathLevels} levels`);

const scalar = z.union([z.number(), z.string(), z.boolean()], {
  error: 'expected a number, a string, true or false',
});

export const headerSchema = z.strictObject({
  id,
  name: text,
  zone,
  location: z.strictObject({
    latitude: z.number().min(-90).max(90),
    longitude: z.number().min(-180).max(180),
  }),
  gateway: id,
  calendars: z.record(id, hours).default({}),
  holidays: dates.default([]),
  clocks: clocksSchema.optional(),
  demo: z.boolean().default(false),
  assets: z.array(z.unknown()).min(1, 'an estate needs at least one asset'),
  mappings: z.array(z.unknown()).default([]),
  sources: z.array(z.strictObject({ format: z.enum(formats), base: name })).default([]),
  actions: z.array(z.unknown()).default([]),
});

export const assetSchema = z.strictObject({
  id,
  name: text,
  kind: z.string(),
  touchpoint: z.string().regex(/^TP\d\d$/, 'a touchpoint is TP and two digits, such as TP01'),
  place: text,
  attributes: z.record(id, scalar).default({}),
  relations: z.record(id, relation).default({}),
  demo: z.boolean().optional(),
  points: z.array(z.unknown()).min(1, 'an asset needs at least one point'),
});

/** A duration is as good as its milliseconds, so that `for: 20m` can be overridden in kind. */
const limit = z.union([z.number(), duration], { error: 'expected a number or a duration' });

export const pointSchema = z.strictObject({
  metric: z.string(),
  cadence: durationOrNone.optional(),
  silentAfter: durationOrNone.optional(),
  history: z.enum(['store', 'judge']).default('store'),
  limits: z.record(id, z.record(z.string(), limit)).default({}),
});

export const mappingSchema = z.strictObject({
  topic: heardTopic.optional(),
  device: name.optional(),
  format: z.enum(formats),
  asset: z.string(),
  node: z.string().optional(),
  preset: z.string().optional(),
  at: path.optional(),
  fields: z.array(z.unknown()).min(1, 'a mapping needs at least one field').optional(),
  nodeFields: z.array(z.unknown()).optional(),
});

export const fieldSchema = z.strictObject({
  path: path.optional(),
  metric: z.string(),
  or: z.array(path).optional(),
  words: z.record(z.string(), scalar).optional(),
  unit: z.string().optional(),
  scale: z
    .number()
    .refine((n) => n !== 0, 'a scale of 0 would make every value 0')
    .optional(),
  offset: z.number().optional(),
  sentinels: z.array(z.union([z.number(), z.string()])).optional(),
});

/** One file of `devices/presets`. */
export const presetSchema = z.strictObject({
  name: words,
  formats: z.array(z.enum(formats)).min(1),
  kinds: z.record(id, z.array(z.unknown())).default({}),
  node: z.array(z.unknown()).default([]),
  also: z.array(path).default([]),
});

export type ParsedAsset = z.infer<typeof assetSchema>;
export type ParsedPoint = z.infer<typeof pointSchema>;
export type ParsedMapping = z.infer<typeof mappingSchema>;
export type ParsedField = z.infer<typeof fieldSchema>;
