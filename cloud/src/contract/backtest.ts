import { z } from 'zod';
import { idSchema, instantSchema, textSchema } from './common.ts';

/** What a standard would have made of stored readings. Shares are 0 to 1, and null without tickets. */
export const backtestFiguresSchema = z.object({
  /** Tickets that would have opened within the period. */
  tickets: z.int(),
  /** Counted from the first reading of the period. */
  ticketsPerWeek: z.number(),
  /** Tickets of each seven days from the beginning of the period; the last stretch may be shorter. */
  weeks: z.array(z.int()),
  /** Breaches that began within the period, `advice` included. */
  episodes: z.int(),
  /** Hours in breach within the period, each (subject, item) counted once. */
  breachHours: z.number(),
  /** Tickets whose condition was over by itself within the period and that do not latch. */
  selfClearedShare: z.number().nullable(),
  /** Tickets that were over within 15 minutes of their opening. */
  briefShare: z.number().nullable(),
  /** Tickets opened from 22:00 to 06:00 of their estate. */
  nightShare: z.number().nullable(),
});
export type BacktestFigures = z.infer<typeof backtestFiguresSchema>;

const comparisonSchema = z.object({
  draft: backtestFiguresSchema,
  inForce: backtestFiguresSchema,
  /** Tickets of the draft that overlap none in force of the same subject and item, and the other way round. */
  added: z.int(),
  removed: z.int(),
});

export const backtestItemSchema = comparisonSchema.extend({
  item: z.string(),
  name: textSchema,
  /** Episodes of each rule that has any. */
  rules: z.array(
    z.object({ rule: z.string(), title: textSchema, draft: z.int(), inForce: z.int() }),
  ),
});
export type BacktestItem = z.infer<typeof backtestItemSchema>;

export const backtestResultSchema = z.object({
  from: instantSchema,
  to: instantSchema,
  estates: z.array(idSchema),
  /** Versions of the standards that were compared. */
  draft: z.string(),
  inForce: z.string(),
  /** Rules that the draft has anew, otherwise, or no longer. */
  changedRules: z.array(
    z.object({ rule: z.string(), change: z.enum(['added', 'changed', 'removed']) }),
  ),
  /** Readings judged, those before the period that fill its windows included. */
  readings: z.int(),
  /** First and last of them within the period; null when there is none. */
  first: instantSchema.nullable(),
  last: instantSchema.nullable(),
  elapsedMs: z.int(),
  total: comparisonSchema,
  /** Items with an episode in either, most tickets of the draft first. */
  items: z.array(backtestItemSchema),
});
export type BacktestResult = z.infer<typeof backtestResultSchema>;

/** `POST /api/backtests`: a period that ends now unless said otherwise. */
export const backtestRequestSchema = z
  .object({
    /**
     * The draft as files of the catalogue. With `groups.yaml` among them they are a whole standard; without,
     * their items replace those of the same id in the standard in force.
     */
    files: z
      .array(z.object({ name: z.string().min(1).max(200), text: z.string().max(1_000_000) }))
      .min(1)
      .max(200),
    estate: idSchema.optional(),
    days: z.int().min(1).max(3_660).optional(),
    from: instantSchema.optional(),
    to: instantSchema.optional(),
  })
  .refine(({ days, from }) => days === undefined || from === undefined, {
    message: 'give days or from, not both',
  });
export type BacktestRequest = z.infer<typeof backtestRequestSchema>;

export const backtestStateSchema = z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']);

export const backtestJobSchema = z.object({
  id: z.string(),
  state: backtestStateSchema,
  /** 0 to 1. */
  progress: z.number(),
  from: instantSchema,
  to: instantSchema,
  estates: z.array(idSchema),
  draft: z.string(),
  asked: instantSchema,
  ended: instantSchema.nullable(),
  /** Why it failed. */
  error: z
    .object({ code: z.string(), message: z.string(), next: z.string().optional() })
    .nullable(),
});
export type BacktestJob = z.infer<typeof backtestJobSchema>;

/** `GET /api/backtests/{id}`. */
export const backtestDetailSchema = backtestJobSchema.extend({
  result: backtestResultSchema.nullable(),
});
export type BacktestDetail = z.infer<typeof backtestDetailSchema>;
