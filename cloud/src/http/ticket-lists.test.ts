import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type BulkResult,
  bulkResultSchema,
  type LedgerRow,
  ledgerRowSchema,
  pageSchema,
  type Ticket,
  ticketCountsSchema,
} from '../contract/index.ts';
import { configFor, type RunningCloud, runCloud, temporaryFolder } from '../testing/cloud.ts';
import { GatewayPlayer, reading } from '../testing/gateway.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let run: RunningCloud;
let gateway: GatewayPlayer;
let tickets: Ticket[];

beforeAll(async () => {
  folder = await temporaryFolder();
  run = await runCloud(configFor(folder.path));
  gateway = await GatewayPlayer.connect(run);
  await gateway.hello();
  const at = Date.now() - 60_000;
  await gateway.send(1, [reading('bin-1/temp_c', at, 71), reading('bin-2/temp_c', at, 72)]);
  await gateway.untilAccepted(2);
  tickets = await run.tickets('open');
});
afterAll(async () => {
  await gateway.leave();
  await run.cloud.stop();
  await folder.remove();
});

function bulk(body: object, key: string): Promise<Response> {
  return run.ask('/api/tickets/bulk', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(body),
  });
}

it('does the same to many tickets, and says of each what became of it', async () => {
  const [a, b] = tickets;
  if (a === undefined || b === undefined) throw new Error('two tickets are missing');
  const all = [
    { id: a.id, revision: a.revision },
    { id: b.id, revision: b.revision },
    { id: 9999, revision: 1 },
  ];
  const take = { command: { type: 'acknowledge' }, tickets: all };
  await run.command(b.id, { type: 'acknowledge', revision: b.revision });
  const answer = await bulk(take, 'take');
  const told: BulkResult = bulkResultSchema.parse(await answer.json());
  expect(told.results.map(({ id, outcome }) => [id, outcome])).toEqual([
    [a.id, 'done'],
    [b.id, 'changed'],
    [9999, 'refused'],
  ]);
  expect(told.results[0]?.ticket).toMatchObject({ state: 'acknowledged' });
  expect(told.results[1]).toMatchObject({
    ticket: { state: 'acknowledged' },
    problem: { code: 'CLOUD_TICKET_CHANGED' },
  });
  expect(told.results[2]?.problem?.code).toBe('CLOUD_TICKET_UNKNOWN');
  expect(await (await bulk(take, 'take')).json()).toEqual(told);

  const twice = { ...take, tickets: [all[0], all[0]] };
  expect((await bulk(twice, 'twice')).status).toBe(400);
  const bare = await run.ask('/api/tickets/bulk', {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
    body: JSON.stringify(take),
  });
  expect(await bare.json()).toMatchObject({ code: 'CLOUD_KEY_MISSING' });
});

it('finds tickets by words, counts them, and refuses what it cannot read', async () => {
  const [a] = tickets;
  const byRef = await run.list<Ticket>(`/api/tickets?text=${a?.ref}`);
  expect(byRef.map(({ id }) => id)).toEqual([a?.id]);
  const counts = ticketCountsSchema.parse(await run.get('/api/tickets/counts?estate=court'));
  expect(counts).toMatchObject({ open: tickets.length, more: false });
  expect(await run.list('/api/tickets?state=mine')).toEqual([]);
  const several = await run.list<Ticket>('/api/tickets?source=episode&source=report&sort=due');
  expect(several).toHaveLength(tickets.length);
  for (const wrong of ['state=none', 'severity=worst', 'touchpoint=7', 'sort=x', 'what=x']) {
    expect((await run.ask(`/api/tickets?${wrong}`)).status).toBe(400);
  }
  const { next } = await run.get<{ next: string }>('/api/tickets?limit=1');
  const other = await run.ask(`/api/tickets?limit=1&sort=due&cursor=${next}`);
  expect(await other.json()).toMatchObject({ code: 'CLOUD_CURSOR_INVALID' });
});

it('keeps the ledger, and hands it out as a table that no program takes for formulas', async () => {
  const [a] = tickets;
  const note = { type: 'note', revision: 1, note: 'looked at' };
  await run.command(a?.id ?? 0, note);
  const page = pageSchema(ledgerRowSchema).parse(await run.get('/api/tickets/ledger?estate=court'));
  const rows: LedgerRow[] = page.items;
  expect(rows.map(({ id }) => id)).toEqual(tickets.map(({ id }) => id).sort((x, y) => x - y));
  expect(rows[0]).toMatchObject({ channel: 'sensor', reporter: null, fee: null, satisfied: null });

  const made = await run.ask('/api/tickets', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': 'formula' },
    body: JSON.stringify({
      ...{ kind: 'report', estate: 'court', title: '=1+1', place: 'B2 garage' },
      reporter: { kind: 'resident', name: '@chen', channel: 'phone' },
    }),
  });
  const answer = await run.ask('/api/tickets/ledger/export?estate=court&language=zh');
  expect(made.status).toBe(201);
  const bytes = Buffer.from(await answer.arrayBuffer());
  const text = bytes.toString('utf8');
  expect(answer.headers.get('content-type')).toContain('text/csv');
  expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  expect(text).toContain("'=1+1");
  const lines = text.split('\r\n').filter((line) => line !== '');
  expect(lines[0]).toContain('工单号');
  expect(lines.length).toBe(1 + (await run.tickets('all')).length);
  for (const cell of text.split(/[,\r\n]/)) expect(cell).not.toMatch(/^[=+@-]/);
  const log = await run.list<{ action: string }>('/api/audit?action=ticket.export');
  expect(log).toHaveLength(1);
});
