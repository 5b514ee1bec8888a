import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  firstAskedSchema,
  isAllowed,
  isOpen,
  type PlaceCode,
  type Ticket,
  type TicketCommandType,
  type TicketDetail,
  ticketDetailSchema,
  ticketMoves,
  ticketSchema,
} from '../contract/index.ts';
import { configFor, type RunningCloud, runCloud, temporaryFolder } from '../testing/cloud.ts';
import { wishesAt } from '../testing/ticket-wishes.ts';
import { type Answer, letIn, visit } from '../testing/visitor.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let run: RunningCloud;
const people: Record<string, { id: string; headers: Record<string, string> }> = {};

beforeAll(async () => {
  folder = await temporaryFolder();
  const config = configFor(folder.path, { CARETAKER_PUBLIC_URL: 'https://care.example' });
  run = await runCloud({ ...config, localAccess: true });
  for (const [who, role] of [
    ['lin', 'technician'],
    ['mei', 'technician'],
    ['dong', 'manager'],
  ] as const) {
    const { id, headers } = await letIn(run, who, [{ role, estates: ['court'] }]);
    people[who] = { id, headers: { ...headers, origin: 'https://care.example' } };
  }
});
afterAll(async () => {
  await run.cloud.stop();
  await folder.remove();
});

type Who = 'lin' | 'mei' | 'dong';

function ask(
  who: Who,
  method: string,
  path: string,
  body?: unknown,
  key: string = crypto.randomUUID(),
): Promise<Answer> {
  const headers = { ...people[who]?.headers, 'idempotency-key': key };
  return visit(run.url + path, method, { headers, body });
}

/** Somebody tells Mei of something. */
async function told(more: object = {}): Promise<Ticket> {
  const body = { estate: 'court', subject: 'court/bin-1', title: '桶盖坏了', ...more };
  const answer = await ask('mei', 'POST', '/api/tickets', body);
  expect(answer.status).toBe(201);
  return ticketSchema.parse(answer.body);
}

async function act(who: Who, ticket: number, wish: object): Promise<Answer> {
  const { revision } = await detail(ticket);
  return ask(who, 'POST', `/api/tickets/${ticket}/events`, { revision, ...wish });
}

async function detail(ticket: number): Promise<TicketDetail> {
  return ticketDetailSchema.parse((await ask('lin', 'GET', `/api/tickets/${ticket}`)).body);
}

describe('what people tell', () => {
  it('is taken down once for each key, and is whose who was asked', async () => {
    const body = { estate: 'court', place: 'Flat 301', title: 'Tap drips', inHome: true };
    const post = () => ask('mei', 'POST', '/api/tickets', body, 'one');
    const [first, again] = [await post(), await post()];
    expect(again.body).toEqual(first.body);
    expect(first.body).toMatchObject({
      ...{ owner: 'Name of mei', place: 'Flat 301', inHome: true, source: 'report' },
      firstAsked: { person: people.mei?.id, name: 'Name of mei' },
    });
    const { body: said } = await ask('dong', 'GET', '/api/tickets/first-asked?estate=court');
    const [mei] = firstAskedSchema.parse(said).items;
    expect(mei).toMatchObject({ name: 'Name of mei', unaccepted: 1 });
    await act('lin', first.body.id, { type: 'acknowledge' });
    const { body: then } = await ask('dong', 'GET', '/api/tickets/first-asked');
    expect(firstAskedSchema.parse(then).items[0]).toMatchObject({ open: 1, unaccepted: 0 });
  });

  it('of an item with an open ticket is told there, with the answer 200', async () => {
    const { items } = await run.get<{ items: { id: string }[] }>('/api/standard');
    const item = items[0]?.id;
    const first = await told({ item });
    const body = { estate: 'court', subject: 'court/bin-1', item, title: 'Again' };
    const second = await ask('lin', 'POST', '/api/tickets', body);
    expect([second.status, second.body.id]).toEqual([200, first.id]);
    const nothing = await ask('lin', 'POST', '/api/tickets', { ...body, item: 'none' });
    expect([nothing.status, nothing.body.code]).toEqual([422, 'CLOUD_TICKET_ITEM']);
  });
});

describe('the code of a place', () => {
  it('is made, printed, scanned and revoked', async () => {
    const codes = '/api/estates/court/place-codes';
    const make = async (body: object) => (await ask('dong', 'POST', codes, body)).body as PlaceCode;
    const [own, other] = [
      await make({ subject: 'court/bin-1' }),
      await make({ place: 'Building 1' }),
    ];
    expect(own.text).toBe(`https://care.example/c/${own.code}`);
    const { id } = await told();
    const wrong = await act('lin', id, { type: 'arrive', code: other.text });
    expect([wrong.status, wrong.body.code]).toEqual([422, 'CLOUD_TICKET_PLACE']);
    expect(wrong.body.detail).toContain('This is Building 1 (1 幢)');
    expect((await act('lin', id, { type: 'arrive', code: own.text })).body.state).toBe('on-site');
    expect((await ask('dong', 'DELETE', `${codes}/${own.code}`)).status).toBe(204);
    const left = await ask('lin', 'GET', codes);
    expect(left.body.items).toMatchObject([
      { code: other.code, subject: 'court/place:Building 1' },
    ]);
    expect((await ask('dong', 'DELETE', `${codes}/${own.code}`)).status).toBe(404);
  });
});

describe('a ticket', () => {
  it('goes its whole way, with what it costs and the word of the customer', async () => {
    const reporter = { kind: 'resident', name: 'Zhou', contact: '1', channel: 'phone' };
    const { id } = await told({ reporter });
    const go = async (who: Who, wish: object) => {
      const answer = await act(who, id, wish);
      expect([(wish as { type: string }).type, answer.status]).toEqual([expect.any(String), 200]);
      return answer.body as Ticket;
    };
    await go('dong', { type: 'dispatch', to: people.lin?.id });
    await go('lin', { type: 'acknowledge' });
    await go('lin', { type: 'arrive', reason: 'The sign is gone' });
    await go('lin', { type: 'start' });
    await go('lin', { type: 'part', name: 'Lid', quantity: 1, price: 900 });
    const early = await act('lin', id, { type: 'fix', what: 'New lid' });
    expect(early.body.code).toBe('CLOUD_TICKET_CONSENT');
    await go('lin', { type: 'quote', labour: 0, parts: 900, currency: 'CNY' });
    await go('lin', { type: 'consent', by: 'Zhou' });
    await go('lin', { type: 'fix', what: 'New lid' });
    const alone = await act('lin', id, { type: 'verify', note: 'x' });
    expect(alone.body.code).toBe('CLOUD_TICKET_SECOND_PERSON');
    await go('mei', { type: 'verify', note: 'Shuts' });
    const { body: given } = await ask('mei', 'POST', `/api/tickets/${id}/sign-off-code`, {});
    const signed = await go('lin', { type: 'sign-off', by: 'Zhou', code: given.code });
    expect(signed).toMatchObject({ state: 'signed-off', followUp: 'owed' });
    const hasty = await act('dong', id, { type: 'close', note: 'x' });
    expect(hasty.body.code).toBe('CLOUD_TICKET_FOLLOW_UP_OWED');
    await go('mei', { type: 'follow-up', contact: '1', satisfied: 'no', words: 'Loose' });
    const { state, work } = await detail(id);
    expect([state, work.bill]).toMatchObject(['reopened', { free: true, total: 900 }]);
  });

  const types = Object.keys(ticketMoves) as TicketCommandType[];
  const wishes = wishesAt(Date.now());

  it('makes no move that the table does not allow', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...types), { minLength: 8, maxLength: 14 }),
        async (order) => {
          let ticket = await told();
          for (const type of order) {
            const wish = type === 'dispatch' ? { type, to: people.lin?.id } : wishes[type];
            const answer = await act('dong', ticket.id, wish);
            const allowed = isAllowed(type, ticket.state);
            if (!allowed) expect([type, answer.body.code]).toEqual([type, 'CLOUD_TICKET_MOVE']);
            else expect([type, answer.status]).not.toEqual([type, 500]);
            const after = await detail(ticket.id);
            if (answer.status !== 200) expect(after.revision).toBe(ticket.revision);
            expect(after.events).toHaveLength(after.revision);
            expect(after.closed === null).toBe(isOpen(after.state));
            ticket = after;
          }
        },
      ),
      { numRuns: 4 },
    );
  });

  it('is left to those who direct others where it ends without work', async () => {
    const { id, revision } = await told();
    const path = `/api/tickets/${id}/events`;
    const refused = await ask('lin', 'POST', path, { type: 'cancel', revision, note: 'x' });
    expect([refused.status, refused.body.code]).toEqual([403, 'CLOUD_FORBIDDEN']);
    expect(refused.body.needs).toMatchObject({ action: 'ticket.direct' });
    const ahead = await ask('lin', 'POST', path, { type: 'note', revision: 99, note: 'x' });
    expect([ahead.status, ahead.body.code]).toEqual([422, 'CLOUD_TICKET_REVISION']);
    await ask('mei', 'POST', path, { type: 'triage', revision, severity: 'high' });
    const late = await ask('lin', 'POST', path, { type: 'acknowledge', revision });
    expect([late.status, late.body.current.state]).toEqual([409, 'triaged']);
    const added = await ask('lin', 'POST', path, { type: 'note', revision, note: 'x' });
    expect(added.status).toBe(200);
  });
});

it('shows each route of tickets with what it takes and gives, how it refuses, and an example', async () => {
  const { paths } = await run.get<{ paths: Record<string, Record<string, Operation>> }>(
    '/docs/json',
  );
  interface Operation {
    readonly requestBody?: { readonly content: object };
    readonly responses: Readonly<Record<string, { readonly content?: object }>>;
  }
  const bare: string[] = [];
  for (const [path, by] of Object.entries(paths)) {
    if (!/^\/api\/(tickets|estates\/\{estate\}\/place-codes)/.test(path)) continue;
    for (const [method, { requestBody, responses }] of Object.entries(by)) {
      const answers = Object.entries(responses).filter(([status]) => status.startsWith('2'));
      const given = JSON.stringify([requestBody, answers]);
      const refuses = Object.keys(responses).some((status) => status.startsWith('4'));
      if (!refuses) bare.push(`${method} ${path} refusal`);
      // What only deletes, and files, have nothing to show.
      const shows = given.includes('application/json') && !('204' in responses);
      if (shows && !/"examples?":/.test(given)) bare.push(`${method} ${path} example`);
    }
  }
  expect(bare).toEqual([]);
});
