import { z } from 'zod';
import { dates, hours } from './calendar-fields.ts';
import { parseDuration } from './duration.ts';

/** Clocks of a ticket whose targets an estate can set. */
export const targetedClocks = [
  'acknowledge',
  'arrive',
  'make-safe',
  'restore',
  'answer',
  'complaint',
  'follow-up',
] as const;
export type TargetedClock = (typeof targetedClocks)[number];

/** How long something may take. */
export type Allowance =
  /** Milliseconds, round the clock or of working hours. */
  | { readonly time: number; readonly working: boolean }
  /** Days of the calendar up to the same local time, however long they are; or whole working days' hours. */
  | { readonly days: number; readonly working: boolean }
  /** Until the end of the day, or of the working hours of the next working day. */
  | { readonly end: 'day' | 'next-working-day' };

const allowanceForm =
  '20m, 4h, 7d, 4h working, 1d working, end of day, end of next working day, or none';

/**
 * `20m` and `4h` run round the clock, `7d` to the same local time seven days on, `4h working` in working hours only
 * and `1d working` for as many of them as one day has.
 * @returns null for `none`: there is no such clock; undefined when the text is none of these
 */
export function readAllowance(text: string): Allowance | null | undefined {
  if (text === 'none') return null;
  if (text === 'end of day') return { end: 'day' };
  if (text === 'end of next working day') return { end: 'next-working-day' };
  const match = /^(\S+?)( working)?$/.exec(text);
  const [, amount = '', work] = match ?? [];
  const working = work !== undefined;
  const days = /^(\d{1,3})d$/.exec(amount)?.[1];
  if (days !== undefined) return Number(days) > 0 ? { days: Number(days), working } : undefined;
  const time = parseDuration(amount);
  return time === undefined ? undefined : { time, working };
}

const allowance = z.string().refine((text) => readAllowance(text) !== undefined, {
  error: (issue) => `"${String(issue.input)}" is no time limit: write ${allowanceForm}`,
});
const targets = z.partialRecord(z.enum(targetedClocks), allowance);

/** The stretches of a working day follow one another within the day, so that each minute counts once. */
const stretches = z
  .array(hours)
  .min(1, 'working hours need at least one stretch, such as 08:00-12:00')
  .max(8)
  .superRefine((list, context) => {
    let before = '00:00';
    for (const [index, stretch] of list.entries()) {
      const [from = '', to = ''] = stretch.split('-');
      if (from < before || to <= from) {
        const message = `${stretch} does not come after what stands before it, within the day`;
        context.addIssue({ code: 'custom', path: [index], message });
      }
      before = to;
    }
  });

const longest = z
  .string()
  .refine((text) => parseDuration(text) !== undefined, 'the longest pause is written 12h, 3d, 14d');

/** The section `clocks` of an estate. It stays in words, so that what is stored is what was written. */
export const clocksSchema = z.strictObject({
  hours: stretches.optional(),
  days: z
    .array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']))
    .min(1, 'working time needs at least one day of the week')
    .optional(),
  workdays: dates.optional(),
  severities: z.partialRecord(z.enum(['emergency', 'high', 'medium', 'low']), targets).optional(),
  sources: z.partialRecord(z.enum(['report', 'complaint', 'wish']), targets).optional(),
  inHome: targets.optional(),
  items: z.record(z.string(), targets).optional(),
  classes: z.partialRecord(z.enum(['same-day', 'three-days', 'one-week']), allowance).optional(),
  pauses: z.partialRecord(z.enum(['parts', 'no-access', 'third-party']), longest).optional(),
});
export type EstateClocks = z.infer<typeof clocksSchema>;
