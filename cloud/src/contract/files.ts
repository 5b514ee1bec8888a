import { z } from 'zod';
import { instantSchema } from './common.ts';

export const fileHashSchema = z.string().regex(/^[0-9a-f]{64}$/);

/** What a photo or file shows of a matter. */
export const fileKindSchema = z.enum(['before', 'after', 'evidence', 'signature', 'document']);
export type FileKind = z.infer<typeof fileKindSchema>;

/** A photo or file of a ticket, at `GET /api/tickets/{id}/files/{hash}`. */
export const ticketFileSchema = z.object({
  /** SHA-256 of its content as it is kept. */
  hash: fileHashSchema,
  kind: fileKindSchema,
  /** What people call it; nobody finds it by that. */
  name: z.string(),
  type: z.enum(['image/jpeg', 'image/png', 'image/webp', 'application/pdf']),
  bytes: z.int(),
  /** As stored, before it is turned; null for documents. */
  width: z.int().nullable(),
  height: z.int().nullable(),
  /** Who uploaded it. */
  by: z.string(),
  /** Their account; null for programs. */
  person: z.string().nullable(),
  at: instantSchema,
});
export type TicketFile = z.infer<typeof ticketFileSchema>;
