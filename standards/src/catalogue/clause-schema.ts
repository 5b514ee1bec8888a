import { z } from 'zod';
import {
  type Baseline,
  type CalendarSpec,
  type Clause,
  type Count,
  maxReadings,
  overs,
  type Share,
  weekdays,
} from '../rules/clause.ts';
import { parseDuration } from '../rules/duration.ts';
import { strict } from './strict.ts';

const day = 24 * 3_600_000;
/** No window or hold may be longer than the horizon within which late readings are judged again. */
export const longestWindow = 35 * day;

export const id = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'write a-z, 0-9, - or _');

/** As a text such as `15m`; milliseconds once read. */
function durations(least: number, most: number, said: string) {
  const faultOf = (value: string, parsed: number | null): string | null => {
    if (parsed === null) return `"${value}" is no duration: write 90s, 15m, 24h`;
    if (parsed > most) return `${value} is over the bound of ${said}`;
    return parsed < least ? `${value} is no time at all: write 90s, 15m, 24h` : null;
  };
  return z
    .string()
    .meta({ pattern: '^\\d+(\\.\\d+)?(ms|s|m|h|d)$', examples: ['90s', '15m', '24h'] })
    .transform((value, context) => {
      const parsed = parseDuration(value);
      const message = faultOf(value, parsed);
      if (message === null && parsed !== null) return parsed;
      context.addIssue({ code: 'custom', message: message ?? value });
      return z.NEVER;
    });
}

/** How long something must last; may be none. */
export const duration = durations(0, longestWindow, '35d');
/** A length of time, never none. */
export const span = durations(1, longestWindow, '35d');
/** One within which episodes are folded. */
export const foldSpan = durations(1, day, '24h');

const limit = z
  .union(
    [
      z.number(),
      strict({
        attribute: z.string().regex(/^[a-z][a-z0-9_]*$/),
        otherwise: z.number().optional(),
        scale: z.number().optional(),
        offset: z.number().optional(),
        log10: z.boolean().optional(),
      }),
    ],
    'write a number, or {attribute: name, otherwise, scale, offset, log10}',
  )
  .meta({ id: 'limit', description: 'A number, or scale × attribute of the asset + offset.' });

export const hours = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'write 22:00-06:00');

const calendar: z.ZodType<CalendarSpec> = strict({
  sunBelow: z.number().min(-18).max(60).optional(),
  sunAbove: z.number().min(-18).max(60).optional(),
  opening: id.optional().describe('Hours by the name the estate gives them.'),
  hours: hours.optional().describe('Local time, 22:00-06:00.'),
  delay: duration.optional().describe('Opening or hours start this much later.'),
  days: z.array(z.enum(weekdays)).min(1).optional(),
  holidays: z
    .boolean()
    .optional()
    .describe("true: only on the estate's holidays; false: never on them."),
  months: z.array(z.int().min(1).max(12)).min(1).optional(),
})
  .refine(
    ({ sunBelow, sunAbove, opening, hours }) =>
      [sunBelow, sunAbove, opening, hours].filter((x) => x !== undefined).length <= 1,
    'a calendar has at most one of sunBelow, sunAbove, opening, hours',
  )
  .refine(
    ({ delay, ...times }) => Object.values(times).some((time) => time !== undefined),
    'a calendar has one of sunBelow, sunAbove, opening, hours, days, holidays, months',
  )
  .refine(
    ({ delay, opening, hours }) => delay === undefined || (opening ?? hours) !== undefined,
    'delay needs opening or hours',
  )
  .meta({ id: 'calendar', description: 'All of what is given must hold, in local time.' });

const readings = z.int().min(1).max(maxReadings, `windows hold at most ${maxReadings} readings`);
const part = z.number().min(0).max(1);

const count: z.ZodType<Count> = strict({
  least: readings.optional().describe('This many readings breach.'),
  share: part.gt(0).optional().describe('This share of the readings breaches.'),
  of: readings.optional().describe('Of this many last readings.'),
  minimum: readings.optional().describe('With share: unknown while there are fewer readings.'),
  within: span.optional().describe('Only readings younger than this.'),
  during: calendar.optional().describe('Readings at other times never count as a breach.'),
  clearLeast: readings.optional().describe('Clears when this many are on the clear side.'),
  clearOf: readings.optional().describe('Of this many last readings.'),
  clearShare: part.optional().describe('With share: clears under this share.'),
}).meta({ id: 'count', description: 'Several of the last readings instead of the newest.' });

const share: z.ZodType<Share> = strict({
  window: span,
  atLeast: part.gt(0),
  clear: part.optional().describe('Clears under this share.'),
  coverage: part.optional().describe('Unknown while less of the window is known; 0.5.'),
}).meta({ id: 'share', description: 'The share of known time in which the comparison held.' });

const baseline: z.ZodType<Baseline> = strict({
  bucket: span,
  of: readings.describe('How many buckets of the past.'),
  minimum: readings.optional().describe('Unknown while fewer hold readings; half of them.'),
  every: span.optional().describe('From one bucket to the next: 24h for the same hour of days.'),
  figure: z.enum(['mean', 'median', 'min', 'max']),
  by: z.enum(['ratio', 'difference']),
}).meta({ id: 'baseline', description: "The value against the point's own past." });

const value = z.union([z.number(), z.string(), z.boolean()]);
const band = z.tuple([z.number(), z.number()]);

/** One condition; see `Clause` for what each field means. */
export const clause: z.ZodType<Clause> = z
  .lazy(() =>
    strict({
      all: z.array(clause).min(1).optional(),
      any: z.array(clause).min(1).optional(),
      not: clause.optional(),
      calendar: calendar.optional(),
      metric: id.optional(),
      from: id.optional().describe('The metric is one of the assets that this relation names.'),
      every: z.literal(true).optional().describe('With from: all of them, not any.'),
      optional: z.boolean().optional().describe('Left out where the asset has no such point.'),
      unit: z.string().optional().describe('Unit of the metric; <unit>/h for a rate; ratio.'),
      over: z.enum(overs).optional().describe('How the readings of the window are combined.'),
      window: span.optional(),
      minSamples: readings.optional().describe('Fewer in the window: unknown.'),
      percentile: z.int().min(1).max(99).optional(),
      above: limit.optional(),
      atLeast: limit.optional(),
      below: limit.optional(),
      atMost: limit.optional(),
      clear: limit.optional().describe('Clears strictly beyond it.'),
      outside: band.optional(),
      clearInside: band.optional(),
      is: z.union([value, z.array(value).min(1)]).optional(),
      changed: z.literal(true).optional().describe('Differs from the reading before it.'),
      count: count.optional(),
      absent: span.optional().describe('True this long after the last reading that satisfied.'),
      share: share.optional(),
      baseline: baseline.optional(),
    }),
  )
  .meta({
    id: 'condition',
    description: 'Exactly one of all, any, not, calendar, metric. See docs/rule-language.md.',
  });
