import { z } from 'zod';
import { idSchema, instantSchema, textSchema } from './common.ts';

/** One thing that is wrong with a standard or a limit. */
export const faultSchema = z.object({
  code: z.string(),
  message: z.string(),
  /** File, line and path, or the point. */
  where: z.string().nullable(),
});
export type StandardFault = z.infer<typeof faultSchema>;

/** A standard that was offered and is not used. */
export const refusedSchema = z.object({
  source: z.string(),
  at: instantSchema,
  faults: z.array(faultSchema),
});

/** One time a standard came into force; the same content may come back under another number. */
export const versionSchema = z.object({
  number: z.int(),
  /** Names the content. */
  version: z.string(),
  /** Readings measured from here on are judged by it, until the next one. */
  effective: instantSchema,
  /** Until when, where a newer one is known. */
  until: instantSchema.nullable(),
  by: z.string(),
  note: z.string(),
  recorded: instantSchema,
  inForce: z.boolean(),
  /** When and by whom it was taken back before it took effect. */
  withdrawn: z.object({ at: instantSchema, by: z.string() }).nullable(),
  /** By whom and why it was made to count for a time that had passed when that was said. */
  restated: z.object({ at: instantSchema, by: z.string(), reason: z.string() }).nullable(),
  /** The version that was restated into its place in time. */
  replacedBy: z.int().nullable(),
});
export type StandardVersion = z.infer<typeof versionSchema>;

const fieldSchema = z.object({ path: z.string(), text: textSchema });
const whatSchema = z.enum(['added', 'removed', 'changed']);
const tallySchema = z.object({ added: z.int(), removed: z.int(), changed: z.int() });

/** `GET /api/standard/versions/{a}/diff/{b}`: what reads otherwise in b than in a. */
export const standardDiffSchema = z.object({
  from: z.string(),
  to: z.string(),
  groups: z.array(fieldSchema),
  touchpoints: z.array(
    z.object({
      id: z.string(),
      what: whatSchema,
      name: textSchema,
      changes: z.array(fieldSchema),
      items: z.array(
        z.object({
          id: z.string(),
          what: whatSchema,
          name: textSchema,
          changes: z.array(fieldSchema),
          rules: z.array(
            z.object({
              id: z.string(),
              what: whatSchema,
              title: textSchema,
              /** The whole rule in one sentence, as it is after the change. */
              sentence: textSchema,
              changes: z.array(fieldSchema),
            }),
          ),
        }),
      ),
    }),
  ),
  counts: z.object({ items: tallySchema, rules: tallySchema }),
});
export type StandardDiff = z.infer<typeof standardDiffSchema>;

/** `POST /api/standard/reload`. */
export const reloadSchema = z.object({
  note: z.string().max(500).default(''),
  /** Readings measured from here on are judged by it; now when left out, never in the past. */
  effective: instantSchema.optional(),
});
export const reloadedSchema = z.object({
  version: versionSchema,
  /** Null when the standard found is in force then anyway. */
  diff: standardDiffSchema.nullable(),
});

const reason = z.string().trim().min(1).max(500);

/** `POST /api/standard/restatements`: a standard counts from a time that has passed. */
export const restateSchema = z.object({
  reason,
  /** What was judged since then is judged anew. */
  from: instantSchema,
  /** Number or name of a version that is kept; the standard is read again when left out. */
  version: z
    .string()
    .regex(/^([0-9]{1,9}|[0-9a-f]{12})$/, 'a number, or the name of a version')
    .optional(),
});

/** One time that something was made to count for a time that had passed. */
export const restatementSchema = z.object({
  id: z.int(),
  kind: z.enum(['standard', 'limits']),
  /** Null for a standard. */
  estate: idSchema.nullable(),
  /** From then on it counts. */
  from: instantSchema,
  by: z.string(),
  reason: z.string(),
  recorded: instantSchema,
  /** The number of the version that counts since then. */
  version: z.int().nullable(),
  /** Rules that read otherwise by it. */
  rules: z.array(z.string()),
});
export type Restatement = z.infer<typeof restatementSchema>;

const place = {
  estate: idSchema,
  /** `gate`: its id within the estate. One of `asset` and `point`. */
  asset: idSchema.optional(),
  /** `estate/asset/metric`. */
  point: z.string().max(200).optional(),
  rule: z.string().min(1).max(100),
  reason,
  /** Readings measured from here on; now when left out, never in the past. */
  from: instantSchema.optional(),
};

/** `PUT /api/standard/overrides`: numbers by name, `limit`, `clear`, `for_s`…; others stay as they are. */
export const overrideSchema = z.object({
  ...place,
  numbers: z
    .record(z.string().max(40), z.number())
    .refine((numbers) => Object.keys(numbers).length > 0, 'give at least one number'),
});
/** `DELETE /api/standard/overrides`: the rule's own numbers again. */
export const overrideEndSchema = z.object({
  ...place,
  numbers: z.array(z.string().max(40)).min(1),
});

/** `POST /api/standard/overrides/restatements`: numbers count from a time that has passed. */
export const restateLimitsSchema = z.object({
  ...place,
  /** What was judged since then is judged anew. */
  from: instantSchema,
  /** By name; null for the rule's own number again. */
  numbers: z
    .record(z.string().max(40), z.number().nullable())
    .refine((numbers) => Object.keys(numbers).length > 0, 'give at least one number'),
});

/** One number that an estate has of its own, or had, or will have. */
export const ownLimitSchema = z.object({
  estate: idSchema,
  point: z.string(),
  rule: z.string(),
  name: z.string(),
  /** Null: the rule's own number again. */
  value: z.number().nullable(),
  /** Null for what came with the estate's file. */
  from: instantSchema.nullable(),
  until: instantSchema.nullable(),
  by: z.string(),
  reason: z.string(),
  recorded: instantSchema.nullable(),
  /** `replaced`: another number was restated into its place in time. */
  state: z.enum(['past', 'in-force', 'to-come', 'replaced']),
  /** It was made to count for a time that had passed when that was said. */
  restated: z.boolean(),
  /** False when no rule of the standard in force reads it. */
  read: z.boolean(),
});
export type OwnLimit = z.infer<typeof ownLimitSchema>;
