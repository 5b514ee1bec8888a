import { kinds } from '@caretaker/devices/kinds';
import { z } from 'zod';
import { type Readings, readingsSchema } from '../../contract/index.ts';
import { type Api, type App, requirePoint } from '../api.ts';

const mostBuckets = 2000;

const query = z
  .object({
    point: z.string().max(200),
    from: z.coerce.number().int(),
    to: z.coerce.number().int(),
    buckets: z.coerce.number().int().min(1).max(mostBuckets).default(500),
  })
  .refine(({ from, to }) => from < to, { error: '`to` must be later than `from`', path: ['to'] });

/** Readings of one point, in equal stretches of time. */
export function readingRoutes(app: App, api: Api): void {
  app.get(
    '/api/readings',
    {
      schema: {
        tags: ['readings'],
        summary:
          'A point over time: n, min, max, mean and last of each bucket, or shares of states',
        querystring: query,
        response: { 200: readingsSchema },
      },
    },
    async ({ query: { point, from, to, buckets }, access }): Promise<Readings> => {
      const { point: declared, asset } = requirePoint(api, access, point);
      const found = await api.store.buckets(point, from, to, buckets);
      const unit = kinds[asset.kind]?.metrics[declared.metric]?.unit ?? '';
      // Stores give read-only rows; the contract's type is what JSON makes of them.
      const series = found as unknown as Readings['series'];
      return { point, unit, from, to, series };
    },
  );
}
