import { z } from 'zod';

export const hours = z
  .string()
  .regex(
    /^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/,
    'opening hours are local time, such as 06:00-22:00',
  );

const holiday = z.string().refine(isDate, {
  error: (issue) => `"${String(issue.input)}" is no date, such as 2026-10-01`,
});

function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00Z`);
  // A day that its month does not have is either no date at all or rolls over into the next month.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

export const dates = z
  .array(holiday)
  .superRefine((dates, context) => {
    for (const [index, date] of dates.entries()) {
      if (dates.indexOf(date) === index) continue;
      context.addIssue({ code: 'custom', path: [index], message: `${date} is listed twice` });
    }
  })
  .transform((dates) => [...dates].sort());
