import type { Ticket } from '@caretaker/cloud/contract';
import { describe, expect, it } from 'vitest';
import { fresh } from '../testing.ts';
import { fits, mergeLive, shareNow } from './merge.ts';
import { countFilters, filterOf, searchOf, ticketsSearch } from './search.ts';

const looker = { person: 'p-wu', now: 10_000 };
const clock = (due: number, share: number | null = 0.5): Ticket['clock'] => ({
  name: 'arrive',
  due,
  share,
});
const ticket = (id: number, over: Partial<Ticket> = {}): Ticket => ({ ...fresh, id, ...over });
const ids = (list: readonly Ticket[]) => list.map(({ id }) => id);

describe('the address of the list', () => {
  it('keeps what the service knows, and drops what anybody else wrote', () => {
    const search = ticketsSearch({
      tab: 'late',
      severity: 'medium,high,odd',
      team: ['engineering'],
      touchpoint: 'TP1; drop',
      text: 1042,
      sort: 'odd',
      from: '12',
    });
    expect(search).toMatchObject({
      tab: 'late',
      severity: 'high,medium',
      team: 'engineering',
      touchpoint: undefined,
      text: '1042',
      sort: undefined,
      from: 12,
    });
    expect(countFilters(search)).toBe(4);
  });

  it('is asked for with lists as lists, by the worst clock unless words say what comes first', () => {
    expect(filterOf(ticketsSearch({ severity: 'high,low' }))).toMatchObject({
      state: 'open',
      severity: ['high', 'low'],
      sort: 'due',
    });
    expect(filterOf(ticketsSearch({ text: '水泵' })).sort).toBeUndefined();
    expect(filterOf(ticketsSearch({ tab: 'all' }))).toMatchObject({ state: 'all', sort: 'newest' });
  });

  it('comes back from a kept filter as it was', () => {
    const search = ticketsSearch({ tab: 'mine', team: 'security', owner: 'me', sort: 'age' });
    expect(searchOf(filterOf(search))).toEqual(search);
  });
});

describe('a ticket fits a list', () => {
  it('by the tab', () => {
    const mine = ticket(1, { assigned: { person: 'p-wu', name: 'Wu' } });
    const other = ticket(2, { ownerPerson: 'p-li' });
    const late = ticket(3, { clock: clock(9_000) });
    const ended = ticket(4, { state: 'closed', ownerPerson: 'p-wu', clock: clock(9_000) });
    const fixed = ticket(5, { state: 'fixed' });
    const all = [mine, other, late, ended, fixed];
    const of = (tab: string) => ids(all.filter((one) => fits(one, ticketsSearch({ tab }), looker)));
    expect(of('open')).toEqual([1, 2, 3, 5]);
    expect(of('mine')).toEqual([1]);
    expect(of('late')).toEqual([3]);
    expect(of('proving')).toEqual([5]);
    expect(of('waiting')).toEqual([]);
    expect(of('all')).toEqual([1, 2, 3, 4, 5]);
  });

  it('by every filter of the address', () => {
    const one = ticket(1, { item: 'TP01-S1', team: 'security', severity: 'high', onset: 50 });
    const does = (search: object) => fits(one, ticketsSearch({ ...search }), looker);
    expect(does({ touchpoint: 'TP01', team: 'security', severity: 'low,high' })).toBe(true);
    expect(does({ touchpoint: 'TP10' })).toBe(false);
    expect(does({ team: 'engineering' })).toBe(false);
    expect(does({ source: 'complaint' })).toBe(false);
    expect(does({ owner: 'nobody' })).toBe(true);
    expect(does({ owner: 'me' })).toBe(false);
    expect(does({ from: 51 })).toBe(false);
    expect(does({ to: 50 })).toBe(false);
  });
});

describe('what streams', () => {
  const search = ticketsSearch({});

  it('takes the place of older rows, joins in order, and leaves when it no longer fits', () => {
    const rows = [ticket(1, { clock: clock(20) }), ticket(2, { clock: clock(30) }), ticket(3)];
    const live = [
      ticket(2, { revision: 9, clock: clock(10, null) }),
      ticket(3, { revision: 9, state: 'closed' }),
      ticket(4, { clock: clock(15, null) }),
    ];
    expect(ids(mergeLive({ rows, live, more: false }, search, looker))).toEqual([2, 4, 1]);
  });

  it('never puts an older row in the place of a newer one', () => {
    const rows = [ticket(1, { revision: 5, state: 'working' })];
    const live = [ticket(1, { revision: 4, state: 'new' })];
    expect(mergeLive({ rows, live, more: false }, search, looker)[0]?.state).toBe('working');
  });

  it('keeps the share of a clock that is still the same', () => {
    const rows = [ticket(1, { clock: clock(20_000, 0.4) })];
    const live = [ticket(1, { revision: 9, clock: clock(20_000, null) })];
    expect(mergeLive({ rows, live, more: false }, search, looker)[0]?.clock?.share).toBe(0.4);
  });

  it('adds nothing beyond the last row that is loaded while there are more', () => {
    const rows = [ticket(1, { clock: clock(20) })];
    const live = [ticket(2, { clock: clock(10) }), ticket(3, { clock: clock(30) })];
    expect(ids(mergeLive({ rows, live, more: true }, search, looker))).toEqual([2, 1]);
  });

  it('adds nothing to what words found, as only the service finds words', () => {
    const lists = { rows: [ticket(7)], live: [ticket(8)], more: false };
    expect(ids(mergeLive(lists, ticketsSearch({ text: 'pump' }), looker))).toEqual([7]);
  });
});

it('a clock runs on in a straight line to its due time, and then is over', () => {
  expect(shareNow(clock(2000, 0.5), 1000, 1500)).toBe(0.75);
  expect(shareNow(clock(2000, 0.5), 1000, 2500)).toBe(1);
  expect(shareNow(clock(2000, null), 1000, 1500)).toBeNull();
  expect(shareNow(null, 0, 0)).toBeNull();
});
