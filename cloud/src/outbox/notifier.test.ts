import type { Log } from '@caretaker/readings/base';
import { expect, it } from 'vitest';
import type { Ticket } from '../contract/index.ts';
import { logNotifier } from './outbox.ts';

function lineOf(title: string): Promise<string> {
  const lines: string[] = [];
  const write: Log['warn'] = (_context: object, message: string) => void lines.push(message);
  const log: Log = { debug: write, info: write, warn: write, error: write, child: () => log };
  const ticket = {
    ref: 'CT-1121',
    severity: 'emergency',
    subject: 'lakeside/lift-1a',
    subjectName: { en: 'Block 1 lift A', zh: '1 栋 A 梯' },
    title: { en: title, zh: '电梯困人' },
    why: { en: 'A person is trapped.', zh: '轿厢困人。' },
  } as Ticket;
  return logNotifier(log)
    .page({ key: 'ticket-121-emergency', ticket })
    .then(() => lines.join('\n'));
}

it('says in one line which ticket, how bad, where, what is wrong, and why', async () => {
  expect(await lineOf('Person trapped in lift')).toBe(
    'CT-1121 emergency: Block 1 lift A: person trapped in lift. A person is trapped.',
  );
});

it('leaves the capitals of an abbreviation', async () => {
  expect(await lineOf('ORP low')).toContain(': ORP low. ');
});
