import type { Ticket, TicketCommand } from '@caretaker/cloud/contract';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../api/problem.ts';
import { Acts, type Wish, withActs } from './acts.ts';
import { byUrgency } from './order.ts';
import { fresh } from './testing.ts';

const conflict = () =>
  new ProblemError({ type: '', title: '', status: 409, detail: '', code: 'CLOUD_TICKET_CHANGED' });

function bench(rows: Ticket[], answer: (command: TicketCommand) => Ticket | Error) {
  const sent: { command: TicketCommand; key: string }[] = [];
  const timers: { ms: number; task: () => void; off: boolean }[] = [];
  let keys = 0;
  const acts = new Acts({
    send(_id, command, key) {
      sent.push({ command, key });
      const result = answer(command);
      return result instanceof Error ? Promise.reject(result) : Promise.resolve(result);
    },
    read: () => Promise.resolve(rows.at(-1) ?? fresh),
    onTicket: (ticket) => rows.push(ticket),
    after(ms, task) {
      const timer = { ms, task, off: false };
      timers.push(timer);
      return () => {
        timer.off = true;
      };
    },
    newKey: () => `key-${++keys}`,
    who: () => 'Li',
  });
  const pass = () => {
    for (const timer of timers.splice(0)) if (!timer.off) timer.task();
  };
  return { acts, sent, pass, phases: () => acts.list().map((act) => act.phase) };
}
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('acts on tickets', () => {
  it('show at once and send nothing before the time for undo is over', async () => {
    const { acts, sent, pass } = bench([fresh], () => ({
      ...fresh,
      state: 'acknowledged',
      revision: 4,
    }));
    acts.later(fresh, { type: 'acknowledge' });
    expect(withActs(fresh, acts.list())).toMatchObject({ state: 'acknowledged', owner: 'Li' });
    expect(sent).toEqual([]);
    pass();
    await settle();
    expect(sent).toEqual([{ command: { type: 'acknowledge', revision: 3 }, key: 'key-1-3' }]);
  });

  it('send nothing when taken back', async () => {
    const { acts, sent, pass } = bench([fresh], () => fresh);
    acts.later(fresh, { type: 'acknowledge' });
    acts.undo();
    pass();
    await settle();
    expect(sent).toEqual([]);
    expect(withActs(fresh, acts.list())).toBe(fresh);
  });

  it('name the revision that was seen, whatever came since', async () => {
    const { acts, sent, pass } = bench([fresh], () => ({ ...fresh, revision: 9 }));
    acts.later(fresh, { type: 'acknowledge' });
    pass();
    await settle();
    expect(sent).toEqual([{ command: { type: 'acknowledge', revision: 3 }, key: 'key-1-3' }]);
  });

  it('never take a ticket that somebody else took, and ask again of the ticket as it is now', async () => {
    const theirs = { ...fresh, revision: 4, state: 'acknowledged', owner: 'Chen' } as const;
    const rows: Ticket[] = [fresh];
    const { acts, sent } = bench(rows, ({ revision }) => {
      if (revision === 4) return { ...theirs, state: 'waiting', revision: 5 };
      rows.push(theirs);
      return conflict();
    });
    const wait: Wish = { type: 'wait', reason: 'parts', evidence: 'ordered', files: [], until: 9 };
    expect(await acts.now(fresh, wait)).toBe('conflict');
    expect(sent).toHaveLength(1);
    expect(acts.list()[0]?.current?.owner).toBe('Chen');
    acts.again('key-1');
    await settle();
    expect(sent.map(({ command, key }) => [command.revision, key])).toEqual([
      [3, 'key-1-3'],
      [4, 'key-1-4'],
    ]);
    expect(acts.list()[0]?.phase).toBe('done');
  });

  it('keep a note that could not be sent, with its text', async () => {
    let reachable = false;
    const { acts, phases } = bench([fresh], () =>
      reachable ? { ...fresh, revision: 4 } : new TypeError('no network'),
    );
    expect(await acts.now(fresh, { type: 'note', note: 'hinge oiled' })).toBe('failed');
    expect(acts.list()[0]?.wish).toMatchObject({ note: 'hinge oiled' });
    reachable = true;
    acts.retry('key-1');
    await settle();
    expect(phases()).toEqual(['done']);
  });

  it('are all sent when the page closes', async () => {
    const { acts, sent } = bench([fresh], () => ({ ...fresh, revision: 4 }));
    acts.later(fresh, { type: 'note', note: 'one' });
    acts.later(fresh, { type: 'note', note: 'two' });
    await acts.flush();
    await settle();
    expect(sent).toHaveLength(2);
  });
});

describe('what is on its way', () => {
  it('shows where every move leads, and leaves out what the state forbids', async () => {
    const { acts } = bench([fresh], () => fresh);
    acts.later(fresh, { type: 'acknowledge' });
    acts.later(fresh, { type: 'set-out' });
    acts.later(fresh, { type: 'sign-off', by: 'Li' });
    acts.later(fresh, { type: 'note', note: 'soon there' });
    expect(withActs(fresh, acts.list())).toMatchObject({ state: 'en-route', owner: 'Li' });
  });
});

describe('the order of tickets', () => {
  it('is worst first, then untaken, then longest waiting', () => {
    const rows = [
      { ...fresh, id: 1, severity: 'low', onset: 1 },
      { ...fresh, id: 2, severity: 'high', state: 'acknowledged', onset: 1 },
      { ...fresh, id: 3, severity: 'high', onset: 9 },
      { ...fresh, id: 4, severity: 'high', onset: 5 },
      { ...fresh, id: 5, severity: 'emergency', onset: 99 },
    ] as Ticket[];
    expect(rows.toSorted(byUrgency).map(({ id }) => id)).toEqual([5, 4, 3, 2, 1]);
  });
});
