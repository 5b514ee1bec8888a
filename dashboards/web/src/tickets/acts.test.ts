import type { Ticket, TicketCommand } from '@caretaker/cloud/contract';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../api/problem.ts';
import { Acts, stillMeant, withActs } from './acts.ts';
import { byUrgency } from './order.ts';

const fresh: Ticket = {
  id: 42,
  ref: 'CT-42',
  estate: 'lakeside',
  subject: 'lakeside/north-gate',
  subjectName: { en: 'North gate', zh: '北门' },
  item: 'TP01-S1',
  itemName: { en: 'Item', zh: '条目' },
  title: { en: 'Slam', zh: '撞击' },
  why: { en: '', zh: '' },
  severity: 'high',
  state: 'new',
  conditionClear: false,
  latched: false,
  clearSince: null,
  team: null,
  class: null,
  place: null,
  inHome: false,
  reporter: null,
  ownerPerson: null,
  firstAsked: null,
  handover: null,
  assigned: null,
  waiting: null,
  finalBy: null,
  fixed: null,
  verified: null,
  asks: null,
  followUp: 'none',
  clock: null,
  previous: null,
  owner: null,
  onset: 1000,
  opened: 2000,
  acknowledged: null,
  closed: null,
  repeat: 1,
  standardVersion: '1',
  source: 'episode',
  revision: 3,
  demo: true,
};
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
    newest: () => rows.at(-1),
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

  it('try again on a newer row that only the engine changed', async () => {
    const newer = { ...fresh, revision: 5, severity: 'emergency' } as const;
    const rows: Ticket[] = [fresh];
    const { acts, sent } = bench(rows, (command) => {
      if (command.revision === 5) return { ...newer, state: 'acknowledged', revision: 6 };
      rows.push(newer);
      return conflict();
    });
    expect(await acts.now(fresh, { type: 'acknowledge' })).toBe('done');
    expect(sent.map(({ command }) => command.revision)).toEqual([3, 5]);
    expect(new Set(sent.map(({ key }) => key)).size).toBe(2);
  });

  it('never take a ticket that somebody else took', async () => {
    const theirs = { ...fresh, revision: 4, state: 'acknowledged', owner: 'Chen' } as const;
    const rows: Ticket[] = [fresh];
    const { acts, sent } = bench(rows, () => {
      rows.push(theirs);
      return conflict();
    });
    expect(await acts.now(fresh, { type: 'acknowledge' })).toBe('conflict');
    expect(sent).toHaveLength(1);
    expect(acts.list()[0]?.current?.owner).toBe('Chen');
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

describe('whether a wish is still meant', () => {
  const close = { type: 'cancel', note: 'done' } as const;
  it('closes on the row of the same owner only', () => {
    const mine = { ...fresh, state: 'acknowledged', owner: 'Li' } as const;
    expect(stillMeant(mine, { ...mine, revision: 9, conditionClear: true }, close)).toBe(true);
    expect(stillMeant(mine, { ...mine, owner: 'Chen' }, close)).toBe(false);
    expect(stillMeant(mine, { ...mine, state: 'closed' }, close)).toBe(false);
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
