import { z } from 'zod';
import { idSchema, instantSchema, textSchema } from './common.ts';

/** Milliseconds of the window; up + down + planned + unknown = required, always. Open outages count. */
export const bucketsOfTimeSchema = z.object({
  required: z.int(),
  up: z.int(),
  /** Part of `up`: works, but worse than the standard asks. */
  degraded: z.int(),
  down: z.int(),
  planned: z.int(),
  unknown: z.int(),
});
export type BucketsOfTime = z.infer<typeof bucketsOfTimeSchema>;

/** One stretch behind a figure; opening a figure shows these. */
export const stretchSchema = z.object({
  bucket: z.enum(['up', 'degraded', 'down', 'planned', 'unknown']),
  from: instantSchema,
  to: instantSchema,
  /** Episodes that made it so; empty for up, for before the first reading and for after the last frame. */
  episodes: z.array(z.int()),
  reason: textSchema,
});
export type Stretch = z.infer<typeof stretchSchema>;

export const assetUptimeSchema = z.object({
  asset: z.string(),
  name: textSchema,
  touchpoint: z.string(),
  group: idSchema,
  time: bucketsOfTimeSchema,
  failures: z.int(),
});
export type AssetUptime = z.infer<typeof assetUptimeSchema>;

/** `GET /api/kpi?estate=&from=&to=`: worst first. */
export const kpiSchema = z.object({
  estate: idSchema,
  from: instantSchema,
  to: instantSchema,
  all: bucketsOfTimeSchema,
  groups: z.array(
    z.object({
      group: idSchema,
      name: textSchema,
      assets: z.int(),
      time: bucketsOfTimeSchema,
      failures: z.int(),
    }),
  ),
  assets: z.array(assetUptimeSchema),
});
export type Kpi = z.infer<typeof kpiSchema>;

/** `GET /api/kpi/stretches?asset=estate/asset&from=&to=`: what an asset's figure is made of, oldest first. */
export const kpiStretchesSchema = z.object({
  asset: z.string(),
  from: instantSchema,
  to: instantSchema,
  time: bucketsOfTimeSchema,
  stretches: z.array(stretchSchema),
});
export type KpiStretches = z.infer<typeof kpiStretchesSchema>;
