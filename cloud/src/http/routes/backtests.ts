import { z } from 'zod';
import {
  backtestDetailSchema,
  backtestJobSchema,
  backtestRequestSchema,
  pageSchema,
} from '../../contract/index.ts';
import type { Api, App } from '../api.ts';

const params = z.object({ id: z.string().max(100) });
/** A whole standard is some 200 kB. */
const bodyLimit = 4 * 1024 * 1024;

/** What a draft of the standard would have made of the readings that are stored. */
export function backtestRoutes(app: App, api: Api): void {
  app.post(
    '/api/backtests',
    {
      bodyLimit,
      schema: {
        tags: ['standard'],
        summary: 'Judge stored readings by a draft; one runs at a time, a few wait',
        body: backtestRequestSchema,
        response: { 202: backtestDetailSchema },
      },
    },
    async ({ body }, reply) => {
      const job = await api.backtests.add(body);
      return reply.code(202).header('location', `/api/backtests/${job.id}`).send(job);
    },
  );
  app.get(
    '/api/backtests',
    {
      schema: {
        tags: ['standard'],
        summary: 'Backtests that wait, run or ended lately, newest first, without their results',
        response: { 200: pageSchema(backtestJobSchema) },
      },
    },
    async () => ({ items: api.backtests.list(), next: null }),
  );
  app.get(
    '/api/backtests/:id',
    {
      schema: {
        tags: ['standard'],
        summary: 'How far one is, and its result when it is done',
        params,
        response: { 200: backtestDetailSchema },
      },
    },
    async ({ params: { id } }) => api.backtests.get(id),
  );
  app.delete(
    '/api/backtests/:id',
    {
      schema: {
        tags: ['standard'],
        summary: 'Cancel one that waits or runs, or forget one that has ended',
        params,
        response: { 200: backtestDetailSchema },
      },
    },
    async ({ params: { id } }) => api.backtests.cancel(id),
  );
}
