import { z } from 'zod';
import { idSchema, instantSchema } from './common.ts';

/** What planned work is about: an asset or gateway, or all assets of a touchpoint or place of the estate. */
export const plannedScopeSchema = z.discriminatedUnion('type', [
  /** `estate/asset`, or `estate/gateway:id`. */
  z.object({ type: z.literal('subject'), subject: z.string().min(1).max(200) }),
  z.object({ type: z.literal('touchpoint'), touchpoint: z.string().min(1).max(20) }),
  /** The name of a place in either language. */
  z.object({ type: z.literal('place'), place: z.string().min(1).max(200) }),
]);

/** `POST /api/planned-work`: not back-dated by more than 5 min, at most 14 days long. */
export const plannedWorkRequestSchema = z.object({
  estate: idSchema,
  scope: plannedScopeSchema,
  /** [from, to). */
  from: instantSchema,
  to: instantSchema,
  reason: z.string().min(1).max(400),
});
export type PlannedWorkRequest = z.infer<typeof plannedWorkRequestSchema>;

export const plannedWorkSchema = plannedWorkRequestSchema.extend({
  id: z.int(),
  by: z.string(),
  created: instantSchema,
  /** When it was called off, or ended early; then it is over. */
  cancelled: instantSchema.nullable(),
  cancelledBy: z.string().nullable(),
});
export type PlannedWork = z.infer<typeof plannedWorkSchema>;
