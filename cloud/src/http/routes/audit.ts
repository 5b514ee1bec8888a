import { z } from 'zod';
import { readHead } from '../../audit/chain.ts';
import { readHeads } from '../../audit/heads.ts';
import { auditKey, countAudit, listAudit } from '../../audit/list.ts';
import { auditRowSchema, auditStateSchema, pageSchema } from '../../contract/index.ts';
import type { Api, App } from '../api.ts';
import { decodeCursor, listQuery, pageOf } from '../paging.ts';

const tags = ['audit'];
const query = listQuery.omit({ estate: true }).extend({
  actor: z.string().max(300).optional(),
  /** `person.grant`, or `person` for all that is done to people. */
  action: z.string().max(100).optional(),
  object: z.string().max(300).optional(),
  from: z.coerce.number().int().optional(),
  to: z.coerce.number().int().optional(),
});

/** Who changed what. */
export function auditRoutes(app: App, api: Api): void {
  app.get(
    '/api/audit',
    {
      schema: {
        tags,
        summary: 'Rows of the audit log, the newest first',
        querystring: query,
        response: { 200: pageSchema(auditRowSchema) },
      },
    },
    async ({ query: { cursor, limit, ...filter } }) => {
      const after = decodeCursor(cursor, auditKey);
      const rows = await listAudit(api.database.read, { ...filter, limit: limit + 1, after });
      return pageOf(rows, limit, (row) => row.number);
    },
  );
  app.get(
    '/api/audit/state',
    {
      schema: {
        tags,
        summary: 'How long the audit log is, and which of its rows was noted outside the database',
        response: { 200: auditStateSchema },
      },
    },
    async () => {
      const head = await readHead(api.database.read);
      const noted = (await readHeads(api.headsFile))?.heads.at(-1);
      const [newest] = await listAudit(api.database.read, { limit: 1, after: null });
      return {
        rows: await countAudit(api.database.read),
        head: newest === undefined ? null : { ...head, at: newest.at },
        noted: noted === undefined ? null : { at: noted.at, number: noted.number },
      };
    },
  );
}
