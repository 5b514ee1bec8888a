import { expect, it } from 'vitest';
import { ProblemError } from '../../api/problem.ts';
import { fresh } from '../testing.ts';
import { type Result, sendEach } from './send-each.ts';

const refusal = (code: string) =>
  new ProblemError({ type: 'about:blank', title: '', status: 409, detail: code, code });

it('says of each ticket what became of it, and lets no refusal keep the others back', async () => {
  const sent: string[] = [];
  const results: Result[] = [];
  await sendEach(
    [1, 2, 3, 4].map((id) => ({ ...fresh, id, revision: id * 10 })),
    { type: 'acknowledge' },
    'key',
    {
      async send(id, command, key) {
        sent.push(`${id} ${command.revision} ${key}`);
        if (id === 2) throw refusal('CLOUD_TICKET_CHANGED');
        if (id === 3) throw refusal('CLOUD_FORBIDDEN');
        return { ...fresh, id, state: 'acknowledged' };
      },
      onTicket: () => {},
      onResult: (result) => results.push(result),
    },
  );
  expect(sent).toEqual(['1 10 key-1', '2 20 key-2', '3 30 key-3', '4 40 key-4']);
  expect(results.map(({ outcome }) => outcome)).toEqual(['done', 'changed', 'refused', 'done']);
  expect(results[2]?.problem?.code).toBe('CLOUD_FORBIDDEN');
  expect(results[0]?.ticket.state).toBe('acknowledged');
});
