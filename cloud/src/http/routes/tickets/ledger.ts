import { Readable } from 'node:stream';
import { z } from 'zod';
import { auditInto } from '../../../audit/chain.ts';
import { type LedgerRow, ledgerRowSchema, pageSchema } from '../../../contract/index.ts';
import { ledgerKey, ledgerPage } from '../../../tickets/ledger.ts';
import { exportLedger } from '../../../tickets/ledger-export.ts';
import type { Api, App } from '../../api.ts';
import { refusedWith, shown } from '../../documented.ts';
import { decodeCursor, listQuery, pageOf } from '../../paging.ts';
import { filterQuery, viewerOf } from './list.ts';

const narrowing = filterQuery.omit({ sort: true, text: true });
const ledgerQuery = narrowing.extend(listQuery.omit({ estate: true }).shape);
const exportQuery = narrowing.extend({ language: z.enum(['en', 'zh']).default('en') });

const example: LedgerRow = {
  ...{ id: 42, ref: 'CT-1042', estate: 'court', received: 1_796_000_000_000 },
  ...{ onset: 1_796_000_000_000, source: 'report', channel: 'phone', place: 'B2 garage' },
  reporter: { kind: 'resident', name: 'Ms Chen', contact: null, channel: 'phone' },
  ...{ subject: 'court', subjectName: { en: 'Court', zh: '庭院' }, item: '' },
  matter: { en: 'The barrier stays down', zh: '道闸不抬杆' },
  ...{ severity: 'medium', class: 'same-day', team: 'engineering', state: 'closed' },
  ...{ firstAsked: 'Wu', owner: 'Lin', assigned: 'Lin', dispatched: 1_796_000_300_000 },
  ...{ arrived: 1_796_001_200_000, fixed: 1_796_002_000_000, verified: 1_796_002_300_000 },
  ...{ signed: 1_796_002_400_000, signedBy: 'Ms Chen', followedUp: 1_796_090_000_000 },
  ...{ satisfied: 'yes', closed: 1_796_090_000_000, clocksMet: ['arrive'], clocksMissed: [] },
  parts: [{ name: 'Fuse', quantity: 1, price: 500 }],
  fee: { free: true, labour: 0, parts: 500, total: 500, currency: 'CNY', agreed: null },
};

/** The work ledger of the desk: every matter, open and closed. */
export function ticketLedgerRoutes(app: App, api: Api): void {
  const audit = auditInto(api.chain);
  app.get(
    '/api/tickets/ledger',
    {
      schema: {
        tags: ['work'],
        summary: 'The ledger: one row for each matter, in the order received between from and to',
        querystring: ledgerQuery,
        response: {
          200: shown(pageSchema(ledgerRowSchema), { items: [example], next: null }),
          ...refusedWith('CLOUD_ESTATE_UNKNOWN', 'CLOUD_CURSOR_INVALID'),
        },
      },
    },
    async ({ query: { cursor, limit, ...filter }, access }) => {
      const rows = await ledgerPage(api.database, {
        filter,
        viewer: viewerOf(api, access, filter.estate),
        limit: limit + 1,
        after: decodeCursor(cursor, ledgerKey),
      });
      return pageOf(rows, limit, (row) => [row.received, row.id]);
    },
  );
  app.get(
    '/api/tickets/ledger/export',
    {
      schema: {
        tags: ['work'],
        summary: 'The ledger as CSV for spreadsheets, with times of the estate; audited',
        querystring: exportQuery,
        response: {
          200: {
            description: 'UTF-8 with a byte order mark; no cell is taken for a formula.',
            content: { 'text/csv': { schema: z.string() } },
          },
          ...refusedWith('CLOUD_ESTATE_UNKNOWN'),
        },
      },
    },
    async ({ query: { language, ...filter }, access }, reply) => {
      const viewer = viewerOf(api, access, filter.estate);
      const by = access.by(viewer.now);
      const detail = { filter: JSON.stringify(filter), language };
      await api.database.write((tx) =>
        audit(tx, { ...by, action: 'ticket.export', object: 'tickets:ledger', detail }),
      );
      const zoneOf = (estate: string) => api.directory.estates.get(estate)?.zone ?? 'UTC';
      const parts = exportLedger(api.database, { filter, viewer, language, zoneOf });
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="ledger.csv"')
        .send(Readable.from(parts) as never);
    },
  );
}
