import { type FedTicket, ticketsDigest } from '@caretaker/readings/uplink';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ticket } from './testing.ts';
import { assetOf, TicketBook, ticketEvent } from './tickets.ts';

const delta = (...tickets: FedTicket[]) => ({ type: 'tickets', all: false, tickets }) as const;
const whole = (...tickets: FedTicket[]) => ({ type: 'tickets', all: true, tickets }) as const;

describe('the tickets that a gateway knows', () => {
  it('are opened, changed and closed by what changed', () => {
    const book = new TicketBook();
    expect(book.take(delta(ticket(1), ticket(2)))).toHaveLength(2);
    expect(book.take(delta(ticket(1, 1)))).toMatchObject([{ ticket: { id: 1, revision: 1 } }]);
    expect(book.take(delta(ticket(1, 1), ticket(1, 0)))).toEqual([]);
    expect(book.take(delta(ticket(1, 2, false)))).toMatchObject([{ open: false }]);
    expect(book.take(delta(ticket(9, 3, false)))).toEqual([]);
    expect(book.open.map(({ id }) => id)).toEqual([2]);
  });

  it('are exactly those of the whole set, which tells what was closed meanwhile', () => {
    const book = new TicketBook([ticket(1), ticket(2)]);
    expect(book.take(whole(ticket(2), ticket(3)))).toMatchObject([
      { ticket: { id: 3 }, open: true },
      { ticket: { id: 1, state: 'closed' }, open: false },
    ]);
    expect(book.take(whole(ticket(2), ticket(3)))).toEqual([]);
    expect(book.take(whole())).toHaveLength(2);
    expect(book.digest()).toBe(new TicketBook().digest());
  });

  it('are told apart by their digest exactly when they differ, in any order', () => {
    const some = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.nat(2)), {
      selector: ([id]) => id,
    });
    fc.assert(
      fc.property(some, some, (a, b) => {
        const digest = (all: [number, number][]) =>
          ticketsDigest(all.map(([id, revision]) => ({ id, revision })));
        expect(digest(a)).toBe(digest(a.toReversed()));
        const same = a.toSorted().join(';') === b.toSorted().join(';');
        expect(digest(a) === digest(b)).toBe(same);
      }),
    );
  });
});

it('names the asset of a ticket, where it is about one', () => {
  expect(assetOf('yard/gate', 'yard')).toBe('gate');
  for (const subject of ['yard', 'yard/', 'yard/gate/1', 'park/gate', 'gateway:yard-1']) {
    expect(assetOf(subject, 'yard'), subject).toBeNull();
  }
  expect(ticketEvent(ticket(7), 'yard', 5)).toMatchObject({
    ...{ id: 7, at: 5, asset: 'hall', priority: 'P2', open: true },
  });
});
