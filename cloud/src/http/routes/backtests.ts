import { z } from 'zod';
import { unknownBacktest } from '../../backtest/jobs.ts';
import {
  backtestDetailSchema,
  backtestJobSchema,
  backtestRequestSchema,
  pageSchema,
} from '../../contract/index.ts';
import type { Access } from '../../policy/access.ts';
import { type Api, type App, requireEstate } from '../api.ts';

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
    async ({ body, access }, reply) => {
      if (body.estate !== undefined) requireEstate(api, access, body.estate);
      const job = await api.backtests.add(body, access.estates);
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
    async ({ access }) => {
      const items = api.backtests.list().filter((job) => covers(access, job));
      return { items, next: null };
    },
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
    async ({ params: { id }, access }) => within(access, api.backtests.get(id)),
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
    async ({ params: { id }, access }) => {
      within(access, api.backtests.get(id));
      return api.backtests.cancel(id);
    },
  );
}

/** A result tells of every estate that was judged: it is for those who may judge all of them. */
function covers({ estates }: Access, job: { readonly estates: readonly string[] }): boolean {
  return estates === null || job.estates.every((estate) => estates.includes(estate));
}

function within<T extends { readonly id: string; readonly estates: readonly string[] }>(
  access: Access,
  job: T,
): T {
  if (covers(access, job)) return job;
  throw unknownBacktest(job.id);
}
