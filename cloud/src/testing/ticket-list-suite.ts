import { silentLog } from '@caretaker/readings/base';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import type { TicketFilter } from '../contract/index.ts';
import type { Database } from '../db/database.ts';
import { append } from '../tickets/append.ts';
import { countTickets, listTickets, type TicketKey } from '../tickets/list.ts';
import { removeFilter, savedFilters, saveFilter } from '../tickets/saved-filters.ts';
import { takeInOlder } from '../tickets/taking-in.ts';
import { burst, fillTickets, timeOf } from './ticket-load.ts';

const everybody = { person: 'person-1', estates: null, now: Date.UTC(2026, 5, 1) };

/** All pages of a list; `between` happens after the first one. */
async function paged(
  database: Database,
  filter: TicketFilter,
  between: () => Promise<unknown> = async () => {},
): Promise<number[]> {
  const ids: number[] = [];
  let after: TicketKey | null = null;
  for (;;) {
    const query = { filter, viewer: everybody, limit: 7, after };
    const listed = await listTickets(database, query);
    if (listed === null) throw new Error('the cursor of another list');
    ids.push(...listed.map(({ row }) => row.id));
    const last = listed.at(-1);
    if (last === undefined || listed.length < 7) return ids;
    if (after === null) await between();
    after = last.key;
  }
}

async function found(database: Database, text: string, more: TicketFilter = {}) {
  const query = { filter: { text, ...more }, viewer: everybody, limit: 1000, after: null };
  return ((await listTickets(database, query)) ?? []).map(({ row }) => row);
}

const texts = (row: object) => JSON.stringify(row).toLowerCase();

/** Lists, counts and search on either database. */
export function ticketListCases(open: () => Database): void {
  narrowingCase(open);
  sortingCase(open);
  searchCase(open);
  harmCase(open);
  keepingCase(open);
}

function narrowingCase(open: () => Database): void {
  it('lists tickets by everything they can be narrowed by, and counts them', async () => {
    const database = open();
    await fillTickets(database, 120, 40);
    const all = (await found(database, '', {})).toSorted((a, b) => a.id - b.id);
    expect(all).toHaveLength(120);
    const by = async (filter: TicketFilter) =>
      (await paged(database, filter)).sort((a, b) => a - b);
    const ids = (is: (row: (typeof all)[number]) => boolean) => all.filter(is).map(({ id }) => id);
    const isOpen = ({ closed }: (typeof all)[number]) => closed === null;
    expect(await by({ state: 'open' })).toEqual(ids(isOpen));
    expect(await by({ severity: ['high', 'low'], team: ['security'] })).toEqual(
      ids((r) => r.team === 'security' && (r.severity === 'high' || r.severity === 'low')),
    );
    expect(await by({ touchpoint: 'TP07' })).toEqual(ids((r) => r.item.startsWith('TP07-')));
    expect(await by({ owner: 'me' })).toEqual(ids((r) => r.owner_person === 'person-1'));
    expect(await by({ owner: 'nobody' })).toEqual(ids((r) => r.owner_person === null));
    expect(await by({ state: 'mine' })).toEqual(
      ids((r) => isOpen(r) && r.owner_person === 'person-1'),
    );
    const late = (r: (typeof all)[number]) => (r.next_due ?? Infinity) <= everybody.now;
    expect(await by({ state: 'late' })).toEqual(ids((r) => isOpen(r) && late(r)));
    const [from = 0, to = 0] = [all[20]?.onset, all[90]?.onset];
    expect(await by({ from, to })).toEqual(ids((r) => r.onset >= from && r.onset < to));
    expect(await countTickets(database, everybody)).toEqual({
      open: ids(isOpen).length,
      mine: ids((r) => isOpen(r) && r.owner_person === 'person-1').length,
      late: ids((r) => isOpen(r) && late(r)).length,
      waiting: ids((r) => r.state === 'waiting').length,
      proving: ids((r) => r.state === 'fixed').length,
      more: false,
    });
    const park = { ...everybody, estates: ['estate-3'] };
    const theirs = await listTickets(database, {
      ...{ filter: {}, viewer: park, limit: 1000, after: null },
    });
    expect(theirs?.map(({ row }) => row.id).sort()).toEqual(
      ids((r) => r.estate === 'estate-3').sort(),
    );
  });
}

function sortingCase(open: () => Database): void {
  it('sorts tickets page by page, whatever comes in meanwhile', async () => {
    const database = open();
    await fillTickets(database, 60, 20);
    const all = await found(database, '');
    const row = (id: number) => all.find((one) => one.id === id);
    const rank = (id: number) =>
      ['emergency', 'high', 'medium', 'low'].indexOf(row(id)?.severity ?? '');
    const worst = await paged(database, { sort: 'severity' });
    expect(worst.map(rank)).toEqual(worst.map(rank).toSorted());
    const due = (await paged(database, { sort: 'due' })).map((id) => row(id)?.next_due ?? Infinity);
    expect(due).toEqual(due.toSorted((a, b) => a - b));
    expect(await paged(database, { sort: 'age' })).toEqual(
      (await paged(database, { sort: 'newest' })).reverse(),
    );
    // What comes in meanwhile neither repeats nor hides anything.
    const newest = await paged(database, {});
    expect(await paged(database, {}, () => burst(database, 3, 'meanwhile'))).toEqual(newest);
  });
}

function searchCase(open: () => Database): void {
  it('finds tickets in Chinese and English, at once and after an upgrade', async () => {
    const database = open();
    await fillTickets(database, 60, 30);
    const [ticket] = (await burst(database, 1, 'garage')).rows;
    if (ticket === undefined) throw new Error('no ticket');
    const told = {
      type: 'note',
      by: '赵工',
      note: '已更换Ｂ９泵房 relay K7',
      reason: null,
    } as const;
    const said = { ...told, episode: null, actor: 'person:z', patch: { touched: 1 } };
    await database.write((tx) => append(tx, ticket, [said], 5, timeOf));
    const mine = async (text: string, more: TicketFilter = {}) =>
      (await found(database, text, more)).map(({ id }) => id);
    for (const text of [
      ...['b9泵', '泵房 relay', 'RELAY k7', '赵工', '更换 路灯', `ct-${1000 + ticket.id}`],
    ]) {
      const hits = await mine(text);
      expect({ text, hits }).toMatchObject({ hits: [ticket.id] });
    }
    expect(await mine('更换')).toEqual([ticket.id]);
    expect(await mine('换更')).toEqual([]);
    expect((await mine(`${1000 + ticket.id}`))[0]).toBe(ticket.id);
    expect(await mine('relay', { state: 'closed' })).toEqual([]);
    const gates = await found(database, '关门声');
    expect(gates.length).toBeGreaterThan(0);
    expect(gates.map(({ id }) => id)).toEqual(gates.map(({ id }) => id).sort((a, b) => b - a));
    expect(gates.every((row) => texts(row).includes('关门声'))).toBe(true);
    const closed = await found(database, '关门声', { state: 'closed', sort: 'age' });
    expect(closed.every(({ state }) => state === 'closed')).toBe(true);

    await sql`delete from ticket_words`.execute(database.read);
    expect(await mine('relay')).toEqual([]);
    await takeInOlder(database, silentLog).done;
    expect(await mine('relay 赵工')).toEqual([ticket.id]);
    expect((await found(database, '关门声')).length).toBe(gates.length);
  });
}

function harmCase(open: () => Database): void {
  it('takes no harm from what is looked for', async () => {
    const database = open();
    await burst(database, 2, 'harm');
    const odd = [
      ...['"', "'", "' or 1=1 --", '* OR *', 'a" OR words:"b', "x':*|'y", '%', '_', '\\', '😀'],
      ...[
        '\0',
        'harm\0',
        'NOT harm',
        'NEAR(harm)',
        '门'.repeat(1000),
        'harm '.repeat(200),
        '_open',
      ],
      ...['\ud800', '()', 'CT-', '99999999999', 'ct-9999999'],
    ];
    for (const text of odd) {
      const hits = await found(database, text);
      expect(hits.length).toBeLessThanOrEqual(2);
    }
    expect(await found(database, 'harm')).toHaveLength(2);
    expect(await found(database, "harm'")).toHaveLength(2);
  });
}

function keepingCase(open: () => Database): void {
  it('keeps the filters of each person, and no more than fifty', async () => {
    const database = open();
    const query = { state: 'late', team: ['security'] } as const;
    const kept = await saveFilter(
      database,
      'wu',
      { name: 'Late', query: { ...query, team: ['security'] } },
      1,
    );
    await saveFilter(database, 'lin', { name: 'Late', query: {} }, 2);
    expect(await savedFilters(database, 'wu')).toEqual([kept]);
    expect(kept).toMatchObject({ name: 'Late', query, created: 1 });
    const anew = await saveFilter(database, 'wu', { name: 'Late', query: { state: 'mine' } }, 3);
    expect(await savedFilters(database, 'wu')).toEqual([anew]);
    await expect(removeFilter(database, 'lin', anew.id)).rejects.toMatchObject({
      code: 'CLOUD_TICKET_FILTER_UNKNOWN',
    });
    await removeFilter(database, 'wu', anew.id);
    expect(await savedFilters(database, 'wu')).toEqual([]);
    for (let n = 0; n < 50; n += 1) {
      await saveFilter(database, 'wu', { name: `n${n}`, query: {} }, n);
    }
    await expect(
      saveFilter(database, 'wu', { name: 'one more', query: {} }, 51),
    ).rejects.toMatchObject({ code: 'CLOUD_TICKET_FILTERS_FULL' });
    await saveFilter(database, 'wu', { name: 'n7', query: { text: '门' } }, 52);
  });
}
