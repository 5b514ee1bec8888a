import { z } from 'zod';
import {
  instantSchema,
  phaseSchema,
  severitySchema,
  valueSchema,
  verdictSchema,
} from './common.ts';
import { assetStateSchema, gatewaySchema } from './estate.ts';
import { ticketSchema } from './tickets.ts';
import { episodeSchema } from './work.ts';

/**
 * `GET /api/events?estate=`: server-sent events. Each has an `id` from one log; `Last-Event-ID` resumes;
 * `reset` means that the id is too old, or that other things are there than before: fetch the snapshots again. A comment
 * line comes every 2 s.
 */
export const liveEventSchemas = {
  /** At most every 250 ms, an emergency at once: only what changed, newest value only. */
  state: z.object({
    at: instantSchema,
    points: z.array(
      z.object({
        id: z.string(),
        value: valueSchema,
        at: instantSchema,
        verdict: verdictSchema,
        phase: phaseSchema,
        severity: severitySchema.nullable(),
      }),
    ),
    assets: z.array(z.object({ id: z.string(), state: assetStateSchema })),
  }),
  episode: episodeSchema,
  ticket: ticketSchema,
  gateway: gatewaySchema.extend({ estate: z.string() }),
  reset: z.object({ reason: z.string() }),
} as const;
export type LiveEvents = {
  [K in keyof typeof liveEventSchemas]: z.infer<(typeof liveEventSchemas)[K]>;
};
