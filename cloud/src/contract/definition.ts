import { z } from 'zod';
import { idSchema, instantSchema } from './common.ts';

/** An entry as an estate's file has it; what is wrong with it is told with the others. */
const entry = z.record(z.string(), z.unknown());

/** `GET /api/estates/{estate}/definition`: the estate as the cloud keeps it, which is the master. */
export const estateDefinitionSchema = z.object({
  estate: idSchema,
  /** Grows with every change. */
  revision: z.int().positive(),
  /** When that was; null while it is as it was taken in. */
  changed: instantSchema.nullable(),
  definition: z.record(z.string(), z.unknown()),
});
export type EstateDefinition = z.infer<typeof estateDefinitionSchema>;

/** `POST /api/estates/{estate}/changes`: what is to be otherwise, all of it or nothing. */
export const estateChangeSchema = z
  .strictObject({
    /** Of the definition that the change was made for. */
    revision: z.int().positive(),
    /** New assets, as in the file. */
    assets: z.array(entry).max(200).optional(),
    /** New points of assets that are there, by the asset's id: a metric, or as in the file. */
    points: z
      .record(
        idSchema,
        z
          .array(z.union([z.string(), entry]))
          .min(1)
          .max(100),
      )
      .optional(),
    /** New mappings, as in the file. */
    mappings: z.array(entry).max(500).optional(),
    /** Places in the definition's list of mappings of those that go, from 0. */
    dropMappings: z.array(z.int().nonnegative()).max(500).optional(),
  })
  .refine(
    ({ revision: _, ...edit }) => Object.keys(edit).length > 0,
    'a change names assets, points, mappings or dropMappings',
  );
export type EstateChange = z.infer<typeof estateChangeSchema>;

/** The estate has this revision by then. */
export const estateChangedSchema = z.object({ revision: z.int().positive() });
export type EstateChanged = z.infer<typeof estateChangedSchema>;
