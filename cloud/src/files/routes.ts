import type { IncomingMessage } from 'node:http';
import { create as disposition } from 'content-disposition';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  fileHashSchema,
  fileKindSchema,
  type TicketFile,
  ticketFileSchema,
} from '../contract/index.ts';
import type { Api, App } from '../http/api.ts';
import { refusedWith, shown } from '../http/documented.ts';
import type { Access } from '../policy/access.ts';
import { unknownTicket } from '../tickets/commands.ts';

const ticketParams = z.object({ id: z.coerce.number().int().positive() });
const fileParams = ticketParams.extend({ hash: fileHashSchema });
const uploadQuery = z.object({
  kind: fileKindSchema.describe('What it shows of the matter'),
  name: z.string().max(300).default('').describe('What people call it; it holds no slashes'),
  location: z
    .enum(['strip', 'keep'])
    .default('strip')
    .describe('Whether where a photo was taken stays in it'),
});
const example: TicketFile = {
  hash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  ...{ kind: 'before', name: 'gate.jpg', type: 'image/jpeg', bytes: 2_481_034 },
  ...{ width: 4032, height: 3024, by: 'Lin', person: 'lin', at: 1_795_942_800_000 },
};
const binary = z.any().meta({ type: 'string', format: 'binary' });
/** After a refusal so much more is read and thrown away: browsers send to the end before they read an answer. */
const mostThrownAway = 40_000_000;
/** Opened by itself, it runs nothing, loads nothing and is nobody's page. */
const alone = "sandbox; default-src 'none'; frame-ancestors 'none'";

/** Photos and files of tickets. */
export function fileRoutes(app: App, api: Api): void {
  app.register((scope: App, _options, done) => {
    // What arrives is looked at as it comes, never collected: no parser of ours takes it whole.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, take) => take(null, payload));
    addUpload(scope, api);
    done();
  });
  app.get(
    '/api/tickets/:id/files/:hash',
    {
      schema: {
        tags: ['work'],
        summary: 'A photo or file of a ticket',
        description:
          'Photos are shown, documents are saved. The content of an address never changes, so it may be kept for ever.',
        params: fileParams,
        response: {
          200: { description: 'Its content', content: { 'image/*': { schema: binary } } },
          304: z.null().describe('As it was kept'),
          ...refusedWith(
            'CLOUD_TICKET_UNKNOWN',
            'CLOUD_FILE_UNKNOWN',
            'CLOUD_FILE_LOST',
            'CLOUD_FILE_STORE_UNAVAILABLE',
          ),
        },
      },
    },
    async ({ params: { id, hash }, headers, access }, reply) => {
      await checkTicket(api, access, id);
      const tag = `"${hash}"`;
      reply.headers({ etag: tag, 'cache-control': 'private, max-age=31536000, immutable' });
      if (headers['if-none-match'] === tag) {
        await api.files.find(id, hash);
        return reply.code(304).send(null);
      }
      const { file, stream } = await api.files.open(id, hash);
      const type = file.type === 'application/pdf' ? 'attachment' : 'inline';
      reply.headers({
        'content-type': file.type,
        'content-length': file.bytes,
        'content-disposition': disposition(file.name, { type }),
        'content-security-policy': alone,
      });
      return reply.send(stream);
    },
  );
}

function addUpload(app: App, api: Api): void {
  app.post(
    '/api/tickets/:id/files',
    {
      config: { takes: 'file' },
      schema: {
        tags: ['work'],
        summary: 'Hang a photo or file on a ticket, once for each content',
        description:
          'The body is the file itself, as application/octet-stream. JPEG, PNG and WebP up to 15 MB, PDF up to 25 MB, told by their content. What a camera writes into a photo is removed, but for how it is turned.',
        consumes: ['application/octet-stream'],
        params: ticketParams,
        body: binary,
        querystring: uploadQuery,
        response: {
          200: shown(ticketFileSchema, example).describe('The ticket has this content already'),
          201: shown(ticketFileSchema, example).describe('It hangs on the ticket now'),
          ...refusedWith(
            'CLOUD_TICKET_UNKNOWN',
            'CLOUD_FILE_TYPE',
            'CLOUD_FILE_TOO_LARGE',
            'CLOUD_FILE_CONTRADICTS',
            'CLOUD_FILE_POLYGLOT',
            'CLOUD_FILE_EXPANDS',
            'CLOUD_FILE_ACTIVE',
            'CLOUD_FILE_BROKEN',
            'CLOUD_FILE_EMPTY',
            'CLOUD_FILE_NAME',
            'CLOUD_FILE_TOO_MANY',
            'CLOUD_FILE_BUSY',
            'CLOUD_FILE_STORE_UNAVAILABLE',
          ),
        },
      },
    },
    async (request, reply) => {
      const { params, query, access } = request;
      try {
        await checkTicket(api, access, params.id);
        const { kind, name, location } = query;
        const file = {
          ...{ ticket: params.id, kind, name, keepLocation: location === 'keep' },
          ...incomingOf(request),
        };
        const { file: added, row } = await api.files.add(file, {
          ...{ actor: access.by(0).actor, name: access.name },
        });
        if (row !== null) api.board.ticket(row);
        return reply.code(row === null ? 200 : 201).send(added);
      } catch (error) {
        throwAway(request.raw);
        throw error;
      }
    },
  );
}

async function checkTicket({ database }: Api, access: Access, id: number): Promise<void> {
  const row = await database.read
    .selectFrom('tickets')
    .select('estate')
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined || !access.sees(row.estate)) throw unknownTicket(id);
  access.require(row.estate);
}

function incomingOf({ raw, headers }: FastifyRequest) {
  const length = headers['content-length'];
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  const isOpen = type === undefined || type === 'application/octet-stream';
  return {
    source: raw,
    length: length === undefined ? null : Number(length),
    declared: isOpen ? null : type,
  };
}

function throwAway(source: IncomingMessage): void {
  let left = mostThrownAway;
  source.on('error', () => {});
  source.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) source.destroy();
  });
  source.resume();
}
