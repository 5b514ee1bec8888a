import { z } from 'zod';
import { instantSchema, severitySchema } from './common.ts';
import { checklistSteps } from './ticket-states.ts';

const revision = z.int();
/** What a person writes; a fact, so never empty. */
const words = z.string().trim().min(1).max(4000);
const short = z.string().trim().min(1).max(200);
const personId = z.string().min(1).max(100);
/** SHA-256 of a file that was uploaded to this ticket. */
const fileHash = z.string().regex(/^[0-9a-f]{64}$/);
const files = z.array(fileHash).max(20);
/** In the smallest unit of the currency. */
const money = z.int().min(0).max(100_000_000);

export const ticketTeamSchema = z.enum(['engineering', 'security', 'cleaning', 'service']);
export type TicketTeam = z.infer<typeof ticketTeamSchema>;
/** By when a matter must be done: the same day, in three days, within a week. */
export const ticketClassSchema = z.enum(['same-day', 'three-days', 'one-week']);
export type TicketClass = z.infer<typeof ticketClassSchema>;
export const waitingReasonSchema = z.enum(['parts', 'no-access', 'third-party']);
export type WaitingReason = z.infer<typeof waitingReasonSchema>;
export const checklistStepSchema = z.enum(checklistSteps);
const partSchema = z.object({
  name: short,
  quantity: z.number().positive().max(100_000),
  /** Of one, or null when nothing is charged for it. */
  price: money.nullable().default(null),
});

const command = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) =>
  z.object({ type: z.literal(type), revision, ...shape });

/** `POST /api/tickets/{id}/events`, with an `Idempotency-Key` header. `revision` is the one that was seen. */
export const ticketCommandSchema = z
  .discriminatedUnion('type', [
    command('triage', {
      severity: severitySchema.exclude(['advice']).optional(),
      team: ticketTeamSchema.optional(),
      class: ticketClassSchema.optional(),
      note: words.optional(),
    }),
    command('prioritise', { severity: severitySchema.exclude(['advice']), note: words }),
    command('assign-team', { team: ticketTeamSchema, note: words.optional() }),
    command('dispatch', { to: personId, note: words.optional() }),
    command('acknowledge', {}),
    command('hand-over', {
      to: personId.optional(),
      team: ticketTeamSchema.optional(),
      note: words,
    }),
    command('accept', {}),
    command('set-out', {}),
    command('arrive', {
      /** What the code at the place says; or else a reason why it was not scanned. */
      code: short.optional(),
      reason: words.optional(),
    }),
    command('start', {}),
    command('tick', { step: checklistStepSchema, done: z.boolean() }),
    command('part', partSchema.shape),
    command('attach', {
      file: fileHash,
      kind: z.enum(['before', 'after', 'evidence', 'document']),
    }),
    command('quote', {
      labour: money,
      parts: money,
      currency: z.string().regex(/^[A-Z]{3}$/),
    }),
    command('consent', { by: short, file: fileHash.optional() }),
    command('temporary-measure', {
      what: words,
      files: files.min(1),
      risk: words,
      finalBy: instantSchema,
      parts: z.array(partSchema).max(50).default([]),
    }),
    command('wait', {
      reason: waitingReasonSchema,
      evidence: words,
      files: files.default([]),
      until: instantSchema,
    }),
    command('resume', {}),
    command('fix', { what: words, cause: short.optional(), files: files.default([]) }),
    command('verify', { note: words }),
    command('sign-off', {
      by: short,
      /** A signature, or the code that the customer was sent. */
      file: fileHash.optional(),
      code: short.optional(),
    }),
    command('follow-up', {
      contact: short,
      satisfied: z.enum(['yes', 'no', 'unreached']),
      score: z.int().min(1).max(5).optional(),
      words: words.optional(),
    }),
    command('close', { note: words }),
    command('self-clear', {}),
    command('reject', { note: words }),
    command('refer-out', { to: short, note: words }),
    command('cancel', { note: words }),
    command('reopen', { note: words }),
    command('promise', {
      kind: z.enum(['half-hour', 'hour', 'today', 'at']),
      /** For `at` alone. */
      at: instantSchema.optional(),
    }),
    command('answer', { note: words }),
    command('note', { note: words }),
  ])
  .meta({
    example: { type: 'arrive', revision: 3, code: 'https://care.example/c/7K2M9XQ4T8WDB3HN' },
  });
export type TicketCommand = z.infer<typeof ticketCommandSchema>;
