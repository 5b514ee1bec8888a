import { z } from 'zod';

/** `[a-z0-9][a-z0-9_-]{0,62}`. */
export const idSchema = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/);
/** UTC epoch milliseconds. */
export const instantSchema = z.int();
export const textSchema = z.object({ en: z.string(), zh: z.string() });
export type Text = z.infer<typeof textSchema>;
export const valueSchema = z.union([z.number(), z.string(), z.boolean()]);

export const severitySchema = z.enum(['emergency', 'high', 'medium', 'low', 'advice']);
export type Severity = z.infer<typeof severitySchema>;
export const verdictSchema = z.enum(['ok', 'breach', 'unknown']);
export const phaseSchema = z.enum(['ok', 'pending', 'breach', 'clearing', 'unknown']);
export type Phase = z.infer<typeof phaseSchema>;
export const effectSchema = z.enum(['down', 'degraded', 'none', 'unknown']);

/** Every list: newest or worst first as its route says; `next` is the cursor of the following page. */
export function pageSchema<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}
export interface Page<T> {
  items: T[];
  next: string | null;
}

/** RFC 9457, with our stable `code` and what to do `next`. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  next: z.string().optional(),
});
export type Problem = z.infer<typeof problemSchema>;
