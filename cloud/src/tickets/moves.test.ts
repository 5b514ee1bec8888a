import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  isOpen,
  type Move,
  type TicketCommandType,
  type TicketState,
  ticketMoves,
  ticketStates,
} from '../contract/index.ts';
import { type Database, openDatabase } from '../db/database.ts';
import { ticketDesk } from '../testing/ticket-desk.ts';
import { wishesAt } from '../testing/ticket-wishes.ts';

const now = 2000;
const wishes = wishesAt(now);
const types = Object.keys(ticketMoves) as TicketCommandType[];
const moveOf = (type: TicketCommandType): Move => ticketMoves[type];

let database: Database;
const desk = ticketDesk(() => database);
beforeAll(async () => {
  database = await openDatabase({ engine: 'sqlite', file: ':memory:' });
  await desk.hire();
});
afterAll(() => database.close());

async function outcome(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'done';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

/** A ticket of which every command may be, as far as its own rules go. */
async function ready(): Promise<number> {
  const { id } = await desk.report({}, 'dong');
  await desk.upload(id);
  await desk.act(id, wishes.quote, 'dong');
  return id;
}

/** What rules of commands ask of a row, whatever its state. */
const easy = {
  condition_clear: 1,
  latched: 0,
  asks: 'self-clear',
  follow_up: 'none',
  owner_person: 'dong',
} as const;

describe('a command', () => {
  it.each(ticketStates)('from %s is carried out as the table says', async (state) => {
    const id = await ready();
    const told: Record<string, unknown> = {};
    const wanted: Record<string, unknown> = {};
    for (const type of types) {
      await desk.put(id, state, easy);
      const said = await outcome(desk.act(id, wishes[type], 'dong', { at: now }));
      const { row } = await desk.read(id);
      const { from, to } = moveOf(type);
      const allowed = from.includes(state);
      // Of a customer who is content.
      const ends = type === 'follow-up' ? 'closed' : (to ?? state);
      told[type] = [said, row.state];
      wanted[type] = allowed ? ['done', ends] : ['CLOUD_TICKET_MOVE', state];
    }
    expect(told).toEqual(wanted);
  });

  it('leads out of what is over only by reopening it', () => {
    const over = ticketStates.filter((state) => !isOpen(state));
    const reach = types.filter((type) => over.some((state) => moveOf(type).from.includes(state)));
    expect(reach.sort()).toEqual(['attach', 'note', 'reopen']);
    expect(moveOf('reopen').from).not.toContain('withdrawn');
  });
});

/** What the table alone would say of a command whose author saw a revision. */
class Model {
  state: TicketState = 'new';
  readonly entries: { readonly moves: boolean; readonly type: string }[] = [
    { moves: true, type: 'report' },
  ];

  expected(type: TicketCommandType, seen: number): string {
    const move = moveOf(type);
    const later = this.entries.slice(seen);
    const allowed = move.from.includes(this.state);
    const moved = later.some((entry) => entry.moves);
    const rests = later.some((entry) => restsOn(move, entry.type));
    if (rests || (moved && (move.meets === 'moves' || !allowed))) return 'CLOUD_TICKET_CHANGED';
    return allowed ? 'done' : 'CLOUD_TICKET_MOVE';
  }

  did(type: TicketCommandType): void {
    const { to } = moveOf(type);
    const led = type === 'follow-up' ? 'closed' : to;
    this.state = led ?? this.state;
    this.entries.push({ moves: led !== null, type });
  }
}

const restsOn = (move: Move, type: string) =>
  move.restsOn !== undefined && (type === 'quote' || type === 'part');

const step = fc.oneof(
  { weight: 9, arbitrary: fc.tuple(fc.constantFrom(...types), fc.nat(4)) },
  { weight: 1, arbitrary: fc.constant('denied' as const) },
);
/** Commands that their own rules may refuse in some order of things; then nothing may have changed. */
const ruled =
  /^CLOUD_TICKET_(CONSENT|SECOND_PERSON|STANDS|UNPROVEN|NOT_YOURS|FOLLOW_UP_OWED)$|FORBIDDEN$/;

describe('whatever people do in whatever order, having seen whatever', () => {
  it('moves only as the table says, loses nothing and folds to the row', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
        const { id } = await desk.report({}, 'dong');
        await desk.upload(id);
        const model = new Model();
        for (const one of steps) await follow(id, model, one);
        const { row, events, folded } = await desk.read(id);
        expect(row).toMatchObject(folded);
        expect(row).toMatchObject({ state: model.state, revision: model.entries.length });
        expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, i) => i + 1));
        expect(events).toHaveLength(model.entries.length);
      }),
      { numRuns: 60 },
    );
  });
});

/** Does one step to the ticket, and checks it by the model, which goes along. */
async function follow(
  id: number,
  model: Model,
  one: readonly [TicketCommandType, number] | 'denied',
): Promise<void> {
  if (one === 'denied') {
    if (model.state !== 'fixed') return;
    await desk.engine(id, 'denied', { state: 'reopened' });
    model.did('reopen');
    return;
  }
  const [type, behind] = one;
  const revision = model.entries.length;
  const seen = Math.max(1, revision - behind);
  const who = revision % 2 === 0 ? 'dong' : 'mei';
  const said = await outcome(desk.act(id, wishes[type], who, { at: now, seen }));
  const expected = model.expected(type, seen);
  if (expected !== 'done' || !ruled.test(said)) expect([type, said]).toEqual([type, expected]);
  if (said === 'done') model.did(type);
}
