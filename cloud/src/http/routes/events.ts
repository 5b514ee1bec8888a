import { z } from 'zod';
import { idSchema } from '../../contract/index.ts';
import { audienceOf } from '../access/audience.ts';
import { type Api, type App, requireEstate } from '../api.ts';

/** Server-sent events. */
export function eventRoutes(app: App, api: Api): void {
  app.get(
    '/api/events',
    {
      schema: {
        tags: ['live'],
        summary: 'Changes as they happen: state, episode, ticket, gateway; reset: fetch anew',
        querystring: z.object({ estate: idSchema.optional() }),
        headers: z.object({ 'last-event-id': z.string().max(100).optional() }),
        produces: ['text/event-stream'],
      },
    },
    (request, reply) => {
      const { estate = null } = request.query;
      if (estate !== null) requireEstate(api, request.access, estate);
      const lastEventId = request.headers['last-event-id'] ?? null;
      const given = Object.entries(reply.getHeaders()).filter(([, value]) => value !== undefined);
      reply.hijack();
      reply.raw.writeHead(200, {
        ...(Object.fromEntries(given) as Record<string, string>),
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        connection: 'keep-alive',
        'x-accel-buffering': 'no',
      });
      const close = api.streams.open(reply.raw, audienceOf(api, request, estate), lastEventId);
      reply.raw.on('close', close);
    },
  );
}
