import { z } from 'zod';
import { pageSchema, quarantineSchema } from '../../contract/index.ts';
import { listQuarantine } from '../../quarantine/quarantine.ts';
import { type Api, type App, estatesOf } from '../api.ts';
import { decodeCursor, listQuery, pageOf } from '../paging.ts';

const quarantineKey = z.tuple([z.number(), z.string()]);

/** For those who run the cloud. */
export function operationRoutes(app: App, api: Api): void {
  app.get(
    '/healthz',
    { schema: { tags: ['operations'], summary: 'The process is alive', response: { 200: alive } } },
    async () => ({ status: 'ok' as const }),
  );
  app.get(
    '/readyz',
    {
      schema: {
        tags: ['operations'],
        summary: 'The cloud can do its work; 503 with the reasons when it cannot',
        response: { 200: readiness, 503: readiness },
      },
    },
    async ({ access }, reply) => {
      const found = await api.troubles();
      const ready = found.length === 0;
      // What is wrong is nobody's business who may not look.
      const knows = access.principal.kind !== 'nobody';
      const troubles = knows ? [...found] : [];
      const notices = knows ? noticesOf(api) : [];
      return reply
        .code(ready ? 200 : 503)
        .send({ status: ready ? 'ready' : 'not ready', troubles, notices });
    },
  );
  app.get(
    '/metrics',
    { schema: { tags: ['operations'], summary: 'Prometheus text', response: { 200: z.string() } } },
    async (_request, reply) => {
      reply.type('text/plain; version=0.0.4; charset=utf-8');
      reply.serializer((text: unknown) => String(text));
      return api.metrics();
    },
  );
  app.get(
    '/api/quarantine',
    {
      schema: {
        tags: ['operations'],
        summary: 'Bad messages by kind, newest first',
        querystring: listQuery,
        response: { 200: pageSchema(quarantineSchema) },
      },
    },
    async ({ query: { estate, cursor, limit }, access }) => {
      const estates = estatesOf(api, access, estate);
      const after = decodeCursor(cursor, quarantineKey);
      const rows = await listQuarantine(api.database, {
        gateways: estates?.flatMap((id) => api.directory.gatewaysOf(id)) ?? null,
        limit: limit + 1,
        after: after === null ? null : { last: after[0], id: after[1] },
      });
      return pageOf(rows, limit, (row) => [row.last, row.id]);
    },
  );
}

const alive = z.object({ status: z.literal('ok') });
const readiness = z.object({
  status: z.enum(['ready', 'not ready']),
  troubles: z.array(z.string()),
  /** What somebody must mend although the cloud does its work. */
  notices: z.array(z.string()),
});

function noticesOf({ inForce }: Api): string[] {
  const { refused, standard } = inForce;
  if (refused === null) return [];
  const { source, faults } = refused;
  return [
    `The standard of ${source} has ${faults.length} fault(s) and is not used; ${standard.version} stays in force. See /api/standard.`,
  ];
}
