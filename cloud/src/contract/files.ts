import { z } from 'zod';
import { instantSchema } from './common.ts';

export const fileHashSchema = z.string().regex(/^[0-9a-f]{64}$/);

/** What a photo or file shows of a matter. */
export const fileKindSchema = z.enum(['before', 'after', 'evidence', 'signature', 'document']);
export type FileKind = z.infer<typeof fileKindSchema>;

/** A photo or file of a ticket, at `GET /api/tickets/{id}/files/{hash}`. */
export const ticketFileSchema = z
  .object({
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
  })
  .meta({
    example: {
      hash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      ...{ kind: 'before', name: 'gate.jpg', type: 'image/jpeg', bytes: 2_481_034 },
      ...{ width: 4032, height: 3024, by: 'Lin', person: 'lin', at: 1_795_942_800_000 },
    },
  });
export type TicketFile = z.infer<typeof ticketFileSchema>;
