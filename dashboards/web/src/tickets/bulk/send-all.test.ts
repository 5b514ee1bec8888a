import type { BulkRequest } from '@caretaker/cloud/contract';
import { expect, it } from 'vitest';
import { fresh } from '../testing.ts';
import { sendAll } from './send-all.ts';

const many = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ ...fresh, id: at + 1, revision: at + 10 }));

it('says of each ticket what became of it, with the ticket as it is now where that is known', async () => {
  const problem = { type: '', title: '', status: 403, detail: 'No.', code: 'CLOUD_FORBIDDEN' };
  const results = await sendAll(many(2), { type: 'acknowledge' }, 'key', async () => ({
    results: [
      { id: 1, outcome: 'changed', ticket: { ...fresh, id: 1, state: 'working' }, problem: null },
      { id: 2, outcome: 'refused', ticket: null, problem },
    ],
  }));
  expect(results.map(({ ticket, outcome }) => [ticket.id, ticket.state, outcome])).toEqual([
    [1, 'working', 'changed'],
    [2, 'new', 'refused'],
  ]);
  expect(results[1]?.problem?.code).toBe('CLOUD_FORBIDDEN');
});

it('asks for no more at once than the service takes, each part with a key of its own', async () => {
  const asked: [number, string, number | undefined][] = [];
  const send = async ({ tickets }: BulkRequest, key: string) => {
    asked.push([tickets.length, key, tickets[0]?.revision]);
    return { results: tickets.map(({ id }) => done(id)) };
  };
  const done = (id: number) => ({
    id,
    outcome: 'done' as const,
    ticket: { ...fresh, id },
    problem: null,
  });
  const results = await sendAll(many(250), { type: 'acknowledge' }, 'key', send);
  expect(asked).toEqual([
    [200, 'key-0', 10],
    [50, 'key-200', 210],
  ]);
  expect(results).toHaveLength(250);
});
