import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOpen } from '../contract/index.ts';
import type { EpisodeFacts, PlannedTicket, TicketFacts } from './model.ts';
import { reconcile } from './reconcile.ts';

const hour = 3_600_000;
const late = { en: 'late reading', zh: '迟到读数' };

function episode(id: number, onset: number, end: number | null, more: Partial<EpisodeFacts> = {}) {
  return {
    id,
    rule: 'gate-held-open',
    onset,
    detected: onset,
    end,
    severity: 'medium',
    latched: false,
    history: false,
    title: 'held open',
    why: `why ${id}`,
    standardVersion: 'v1',
    reported: false,
    alarmed: false,
    hidden: null,
    ticket: null,
    ...more,
  } satisfies EpisodeFacts;
}

function ticket(id: number, onset: number, more: Partial<TicketFacts> = {}): TicketFacts {
  return {
    id,
    touched: false,
    closed: null,
    repeat: 1,
    state: 'new',
    severity: 'medium',
    judged: 'medium',
    conditionClear: false,
    clearSince: null,
    fixed: null,
    reported: false,
    latched: false,
    onset,
    detected: onset,
    until: null,
    title: 'held open',
    why: 'why',
    standardVersion: 'v1',
    ...more,
  };
}

const say = (planned: readonly PlannedTicket[]) =>
  planned.map((t) => ({
    id: t.id,
    state: t.fields.state,
    episodes: t.episodes.map((e) => e.id),
    events: t.events.map((e) => e.type),
  }));

describe('one item of one subject', () => {
  it('opens one ticket for episodes that overlap, with the worst severity', () => {
    const [planned, ...more] = reconcile(
      [],
      [episode(1, 0, 2 * hour), episode(2, hour, null, { rule: 'b', severity: 'emergency' })],
      [],
      0,
    );
    expect(more).toEqual([]);
    expect(planned?.fields).toMatchObject({ state: 'new', severity: 'emergency', onset: 0 });
    expect(planned?.events.map((e) => e.type)).toEqual(['opened', 'episode-joined']);
  });

  it('is headed by its worst episode that lasts, of equals by the first, and by another when that is gone', () => {
    const slight = episode(1, 0, null, { title: 'bang' });
    const grave = episode(2, hour, null, { rule: 'b', severity: 'high', title: 'fault' });
    const equal = episode(3, 2 * hour, null, { rule: 'c', severity: 'high', title: 'later' });
    const headed = (...episodes: EpisodeFacts[]) => reconcile([], episodes, [], 0)[0]?.fields;
    const [all, over] = [{ severity: 'high', title: 'fault', why: 'why 2' }, { end: 3 * hour }];
    expect(headed(slight, grave, equal)).toMatchObject(all);
    expect(headed(slight, { ...grave, ...over }, equal)).toMatchObject({ title: 'later' });
    expect(headed(slight, { ...grave, ...over }, { ...equal, ...over })).toMatchObject({
      severity: 'high',
      title: 'bang',
    });
    const ended = [slight, grave, equal].map((one) => ({ ...one, ...over }));
    expect(headed(...ended)).toMatchObject(all);
    const open = ticket(7, 0, { severity: 'high', title: 'fault', why: 'why 2' });
    const [after] = reconcile([open], [{ ...slight, ticket: 7 }], [], 0);
    expect(after?.fields).toMatchObject({ severity: 'medium', title: 'bang', why: 'why 1' });
  });

  it('makes a ticket born self-cleared of an episode learnt of after its end', () => {
    expect(say(reconcile([], [episode(1, 0, hour)], [], 0))).toEqual([
      { id: null, state: 'self-cleared', episodes: [1], events: ['opened', 'self-cleared'] },
    ]);
  });

  it('leaves a latched ticket open after its end, and lets later episodes join it', () => {
    const planned = reconcile(
      [],
      [episode(1, 0, hour, { latched: true }), episode(2, 5 * hour, 6 * hour, { latched: true })],
      [],
      0,
    );
    expect(say(planned)).toEqual([
      { id: null, state: 'new', episodes: [1, 2], events: ['opened', 'episode-joined'] },
    ]);
  });

  it('self-clears an untouched ticket and leaves an acknowledged one to its owner', () => {
    const ended = episode(1, 0, hour, { ticket: 7 });
    const news = [{ id: 1, ticket: 7, what: 'ended' as const, reason: null }];
    expect(say(reconcile([ticket(7, 0)], [ended], news, 0))).toEqual([
      { id: 7, state: 'self-cleared', episodes: [1], events: ['episode-ended', 'self-cleared'] },
    ]);
    const theirs = ticket(7, 0, { touched: true, state: 'acknowledged' });
    expect(say(reconcile([theirs], [ended], news, 0))).toEqual([
      { id: 7, state: 'acknowledged', episodes: [1], events: ['episode-ended'] },
    ]);
  });

  it('joins new episodes to an acknowledged ticket while it is open', () => {
    const theirs = ticket(7, 0, { touched: true, state: 'acknowledged', conditionClear: true });
    const episodes = [episode(1, 0, hour, { ticket: 7 }), episode(2, 9 * hour, null)];
    expect(say(reconcile([theirs], episodes, [], 0))).toEqual([
      { id: 7, state: 'acknowledged', episodes: [1, 2], events: ['episode-joined'] },
    ]);
  });

  it('does not reopen what a person closed while it stood, but opens another for the next episode', () => {
    const closed = ticket(7, 0, { touched: true, state: 'closed', closed: 2 * hour });
    const standing = episode(1, 0, null, { ticket: 7 });
    expect(say(reconcile([closed], [standing], [], 0))).toEqual([]);
    expect(say(reconcile([closed], [standing, episode(2, 3 * hour, null)], [], 0))).toEqual([
      { id: null, state: 'new', episodes: [2], events: ['opened'] },
    ]);
  });

  it('gives a late episode that was over before the closing to the closed ticket', () => {
    const closed = ticket(7, 0, { touched: true, state: 'closed', closed: 5 * hour });
    const planned = reconcile([closed], [episode(1, hour, 2 * hour)], [], 0);
    expect(say(planned)).toEqual([
      { id: 7, state: 'closed', episodes: [1], events: ['episode-joined'] },
    ]);
  });

  it('withdraws an untouched ticket with the reason, and tells the owner of a touched one', () => {
    const news = [{ id: 1, ticket: 7, what: 'withdrawn' as const, reason: late }];
    const [gone] = reconcile([ticket(7, 0)], [], news, 0);
    expect(gone?.fields.state).toBe('withdrawn');
    expect(gone?.events.at(-1)).toEqual({ type: 'withdrawn', episode: null, reason: late });
    const theirs = ticket(7, 0, { touched: true, state: 'acknowledged' });
    expect(say(reconcile([theirs], [], news, 0))).toEqual([
      { id: 7, state: 'acknowledged', episodes: [], events: ['episode-withdrawn'] },
    ]);
  });

  it('goes on with a self-cleared ticket when late data shows that its episode was not over', () => {
    const cleared = ticket(7, 0, { state: 'self-cleared', conditionClear: true, closed: 9 * hour });
    const news = [{ id: 1, ticket: 7, what: 'amended' as const, reason: null }];
    expect(say(reconcile([cleared], [episode(1, 0, null, { ticket: 7 })], news, 0))).toEqual([
      { id: 7, state: 'new', episodes: [1], events: ['episode-amended'] },
    ]);
  });

  it('numbers repeats within 30 days in the order of event time', () => {
    const day = 24 * hour;
    const episodes = [
      episode(3, 45 * day, 46 * day),
      episode(2, 20 * day, 21 * day),
      episode(1, 0, day),
    ];
    const planned = reconcile([], episodes, [], 0);
    expect(planned.map((t) => [t.episodes[0]?.id, t.repeat])).toEqual([
      [1, 1],
      [2, 2],
      [3, 2],
    ]);
  });
});

interface Told {
  readonly onset: number;
  readonly length: number | null;
  readonly latched: boolean;
  readonly severity: EpisodeFacts['severity'];
}

const told: fc.Arbitrary<Told[]> = fc.uniqueArray(
  fc.record({
    onset: fc.integer({ min: 0, max: 40 }),
    length: fc.option(fc.integer({ min: 0, max: 6 })),
    latched: fc.constant(false),
    severity: fc.constantFrom('emergency', 'high', 'medium', 'low'),
  }),
  { selector: (e) => e.onset, minLength: 1, maxLength: 9 },
);

/** A host in memory: applies plans as the database does, and checks that at most one ticket is open. */
function host() {
  const tickets = new Map<number, TicketFacts>();
  const episodes = new Map<number, EpisodeFacts>();
  return {
    tickets,
    episodes,
    set(facts: EpisodeFacts) {
      const before = episodes.get(facts.id);
      const held = before?.ticket ?? null;
      episodes.set(facts.id, { ...facts, ticket: held });
      const ended = before !== undefined && before.end === null && facts.end !== null;
      const what = ended ? 'ended' : 'amended';
      this.settle(before === undefined ? [] : [{ id: facts.id, ticket: held, what, reason: null }]);
    },
    drop(id: number) {
      const held = episodes.get(id)?.ticket ?? null;
      episodes.delete(id);
      this.settle([{ id, ticket: held, what: 'withdrawn', reason: late }]);
    },
    settle(news: Parameters<typeof reconcile>[2]) {
      const live = [...tickets.values()].filter((t) => t.state !== 'withdrawn');
      for (const planned of reconcile(live, [...episodes.values()], news, -Infinity)) {
        const id = planned.id ?? tickets.size + 1;
        const held = tickets.get(id);
        tickets.set(id, { ...ticket(id, 0), ...held, ...planned.fields, repeat: planned.repeat });
        for (const e of planned.episodes) episodes.set(e.id, { ...e, ticket: id });
      }
      expect([...tickets.values()].filter((t) => isOpen(t.state)).length).toBeLessThanOrEqual(1);
    },
    /** What invariant 2 compares: the episodes of each ticket and its repeat number. */
    result() {
      return [...tickets.values()]
        .filter((t) => t.state !== 'withdrawn')
        .sort((a, b) => a.onset - b.onset)
        .map((t) => ({
          episodes: [...episodes.values()]
            .filter((e) => e.ticket === t.id)
            .map((e) => e.onset)
            .sort((a, b) => a - b),
          repeat: t.repeat,
          state: t.state,
          severity: t.severity,
        }));
    },
  };
}

const facts = (e: Told, id: number) =>
  episode(id, e.onset * hour, e.length === null ? null : (e.onset + e.length) * hour, e);

/** Learns of each episode by a detour: as open, with another onset, or beside one that never was. */
function detour(into: ReturnType<typeof host>, e: Told, id: number, roll: number): void {
  if (roll === 1) into.set({ ...facts(e, id), end: null });
  if (roll === 2) into.set({ ...facts(e, id), onset: (e.onset - 3) * hour });
  if (roll === 3) into.set(facts({ ...e, length: null, severity: 'low' }, id + 100));
}

/** What people do to the open ticket: take it, say that it is mended, end it in one way or another, or write a note. */
function act(into: ReturnType<typeof host>, e: Told, die: number): void {
  const open = [...into.tickets.values()].find((t) => isOpen(t.state));
  if (open === undefined || die === 0) return;
  const acts = [
    'acknowledged',
    'closed',
    open.state,
    'fixed',
    'self-cleared',
    'cancelled',
  ] as const;
  const state = acts[die - 1] ?? open.state;
  // Only what is over may be cleared by hand.
  if (state === 'self-cleared' && !open.conditionClear) return;
  const now = (e.onset + 1) * hour;
  const closed = isOpen(state) ? null : now;
  const fixed = state === 'fixed' ? now : open.fixed;
  into.tickets.set(open.id, { ...open, state, touched: true, closed, fixed });
}

describe('any order', () => {
  it('of openings, endings and detours gives the same tickets', () => {
    const dice = fc.array(fc.nat(), { minLength: 20, maxLength: 20 });
    const compare = (list: Told[], rolls: number[]) => {
      const straight = host();
      for (const [id, e] of list.entries()) straight.set(facts(e, id));
      const winding = host();
      const order = [...list.entries()].sort((a, b) => rolls[a[0]]! - rolls[b[0]]!);
      const rollOf = (id: number) => rolls[10 + id]! % 4;
      for (const [id, e] of order) detour(winding, e, id, rollOf(id));
      for (const [id, e] of order.toReversed()) winding.set(facts(e, id));
      for (const [id] of order.filter(([i]) => rollOf(i) === 3)) winding.drop(id + 100);
      expect(winding.result()).toEqual(straight.result());
    };
    fc.assert(fc.property(told, dice, compare), { numRuns: 500 });
  });

  it('keeps at most one ticket open and every episode on a ticket, whatever people do', () => {
    const dice = fc.array(fc.nat(7), { minLength: 9, maxLength: 9 });
    const live = (list: Told[], rolls: number[]) => {
      const people = host();
      for (const [id, e] of list.entries()) {
        people.set({ ...facts(e, id), latched: rolls[id] === 7 });
        act(people, e, rolls[id]!);
      }
      expect([...people.episodes.values()].map((e) => e.ticket)).not.toContain(null);
    };
    fc.assert(fc.property(told, dice, live), { numRuns: 500 });
  });
});
