import { z } from 'zod';
import { idSchema, kpiSchema, kpiStretchesSchema } from '../../contract/index.ts';
import { loadKpi, loadStretches } from '../../kpi/load.ts';
import { type Api, type App, requireAsset, requireEstate } from '../api.ts';

const longest = 366 * 24 * 3_600_000;
const window = { from: z.coerce.number().int(), to: z.coerce.number().int() };
const sound = ({ from, to }: { from: number; to: number }) => from < to && to - from <= longest;
const unsound = { error: '`to` must be later than `from`, by a year at most', path: ['to'] };

/** Uptime; every figure opens to what it is made of. */
export function kpiRoutes(app: App, api: Api): void {
  app.get(
    '/api/kpi',
    {
      schema: {
        tags: ['uptime'],
        summary: 'Uptime of an estate by group and asset, worst first',
        querystring: z.object({ estate: idSchema, ...window }).refine(sound, unsound),
        response: { 200: kpiSchema },
      },
    },
    async ({ query: { estate, from, to }, access }) => {
      requireEstate(api, access, estate);
      return loadKpi(api, estate, { from, to });
    },
  );
  app.get(
    '/api/kpi/stretches',
    {
      schema: {
        tags: ['uptime'],
        summary: "What one asset's uptime is made of, oldest first",
        querystring: z.object({ asset: z.string().max(200), ...window }).refine(sound, unsound),
        response: { 200: kpiStretchesSchema },
      },
    },
    async ({ query: { asset, from, to }, access }) =>
      loadStretches(api, requireAsset(api, access, asset), { from, to }),
  );
}
