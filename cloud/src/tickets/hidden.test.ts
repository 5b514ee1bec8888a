import { type Cover, type Hiding, hiddenAmong } from '@caretaker/standards/overlay';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOpen } from '../contract/index.ts';
import { letGo } from './claim.ts';
import type { EpisodeFacts, EpisodeNews, TicketFacts } from './model.ts';
import { reconcile } from './reconcile.ts';

const minute = 60_000;
const late = { en: 'late', zh: '迟' };
const why = { en: 'hidden', zh: '抑制' };

/** `dark` is hidden by `off`, which is another item; `flicker` is of the item of `dark` and hidden by nothing. */
const hiding: Hiding = {
  hidersOf: ({ subject, rule }) => (rule === 'dark' ? [{ subject, rule: 'off' }] : []),
  hiddenBy: ({ subject, rule }) => (rule === 'off' ? [{ subject, rule: 'dark' }] : []),
};

interface Told {
  readonly rule: string;
  readonly onset: number;
  readonly hold: number;
  readonly length: number | null;
  readonly severity: EpisodeFacts['severity'];
}
type Stored = Told & { readonly id: number; readonly end: number | null; ticket: number | null };

const itemOf = (rule: string) => (rule === 'off' ? 'feeder' : 'lamp');

/** The lamp and its feeder in memory, with the tickets of both. */
class Bench {
  readonly tickets = new Map<number, TicketFacts & { readonly item: string }>();
  readonly episodes = new Map<number, Stored>();
  /** Planned work on the lamp. */
  plans: Cover<string>[] = [];

  /** Work is announced, or its end has passed. */
  plan(...plans: Cover<string>[]): void {
    this.plans = plans;
    this.settle('lamp', []);
  }

  set(id: number, told: Told): void {
    const before = this.episodes.get(id);
    const end = told.length === null ? null : (told.onset + told.hold + told.length) * minute;
    this.episodes.set(id, { ...told, id, end, ticket: before?.ticket ?? null });
    const what = before?.end === null && end !== null ? 'ended' : 'amended';
    const news: EpisodeNews[] =
      before === undefined ? [] : [{ id, ticket: before.ticket, what, reason: null }];
    this.settle(itemOf(told.rule), news);
  }

  drop(id: number): void {
    const { rule = '', ticket = null } = this.episodes.get(id) ?? {};
    this.episodes.delete(id);
    this.settle(itemOf(rule), [{ id, ticket, what: 'withdrawn', reason: late }]);
  }

  /** What invariant 2 compares. */
  result() {
    return [...this.tickets.values()]
      .filter((t) => t.state !== 'withdrawn')
      .sort((a, b) => a.onset - b.onset || (a.item < b.item ? -1 : 1))
      .map(({ id, item, repeat, state, severity, onset, until }) => {
        const own = [...this.episodes.values()].filter((e) => e.ticket === id);
        const onsets = own.map((e) => `${e.rule} ${e.onset}`).sort();
        return { item, repeat, state, severity, onset: onset / minute, until, onsets };
      });
  }

  open(): (TicketFacts & { item: string }) | undefined {
    return [...this.tickets.values()].find((t) => t.item === 'lamp' && isOpen(t.state));
  }

  private settle(item: string, news: EpisodeNews[]): void {
    for (const one of ['lamp', 'feeder']) this.reconcile(one, one === item ? news : []);
  }

  private reconcile(item: string, news: EpisodeNews[]): void {
    const all = [...this.episodes.values()].map((e) => this.facts(e));
    const hidden = hiddenAmong(
      all.map((e) => ({ ...e, subject: 's' })),
      hiding,
      (e) => (itemOf(e.rule) === 'lamp' ? this.plans : []),
    );
    const whys = new Map([...hidden].map(([e, by]) => [e.id, by === null ? null : why]));
    const own = all
      .filter((e) => itemOf(e.rule) === item)
      .map((e) => ({ ...e, hidden: whys.get(e.id) ?? null }));
    const live = [...this.tickets.values()].filter(
      (t) => t.item === item && t.state !== 'withdrawn',
    );
    for (const { id } of letGo(live, own)) this.detach(id);
    for (const planned of reconcile(live, own, news, Number.NEGATIVE_INFINITY)) {
      const id = planned.id ?? this.tickets.size + 1;
      const { touched = false, closed = null } = this.tickets.get(id) ?? {};
      this.tickets.set(id, {
        ...planned.fields,
        id,
        item,
        touched,
        closed,
        fixed: null,
        reported: false,
        repeat: planned.repeat,
      });
      for (const { id: episode } of planned.episodes) this.attach(episode, id);
    }
    const open = [...this.tickets.values()].filter((t) => t.item === item && isOpen(t.state));
    expect(open.length).toBeLessThanOrEqual(1);
  }

  private attach(episode: number, ticket: number): void {
    const held = this.episodes.get(episode);
    if (held !== undefined) held.ticket = ticket;
  }

  private detach(episode: number): void {
    const held = this.episodes.get(episode);
    if (held !== undefined) held.ticket = null;
  }

  private facts({ id, rule, onset, hold, end, severity, ticket }: Stored) {
    const detected = (onset + hold) * minute;
    const more = { latched: false, history: false, title: '', why: '', standardVersion: '' };
    return {
      ...more,
      id,
      rule,
      onset: onset * minute,
      detected,
      end,
      severity,
      reported: false,
      alarmed: false,
      hidden: null,
      ticket,
    };
  }
}

const told: fc.Arbitrary<Told[]> = fc.uniqueArray(
  fc.record({
    rule: fc.constantFrom('dark', 'dark', 'off', 'flicker'),
    // Some come back within the reopen window, and some after it.
    onset: fc
      .tuple(fc.integer({ min: 0, max: 40 }), fc.constantFrom(0, 0, 200, 300))
      .map(([onset, later]) => onset + later),
    hold: fc.integer({ min: 0, max: 3 }),
    length: fc.option(fc.integer({ min: 1, max: 8 })),
    severity: fc.constantFrom('emergency', 'medium', 'low'),
  }),
  { selector: (e) => `${e.rule} ${e.onset}`, minLength: 1, maxLength: 10 },
);
const dark = (onset: number, length: number | null, more: Partial<Told> = {}): Told => ({
  rule: 'dark',
  onset,
  hold: 0,
  length,
  severity: 'medium',
  ...more,
});
const off = (onset: number, length: number | null) => dark(onset, length, { rule: 'off' });
const lamps = (bench: Bench) => bench.result().filter((t) => t.item === 'lamp');

describe('a breach that another one hides', () => {
  it('opens no ticket, and opens one when the other is over and it still stands', () => {
    const bench = new Bench();
    bench.set(1, off(0, null));
    bench.set(2, dark(5, null));
    expect(lamps(bench)).toEqual([]);
    bench.set(1, off(0, 20));
    expect(lamps(bench)).toMatchObject([{ state: 'new', onset: 5, repeat: 1 }]);
    bench.set(2, dark(5, 30));
    expect(lamps(bench)).toMatchObject([{ state: 'self-cleared' }]);
  });

  it('takes its untouched ticket back when the other is learnt of late, and says why', () => {
    const bench = new Bench();
    bench.set(2, dark(5, 4));
    expect(lamps(bench)).toHaveLength(1);
    bench.set(1, off(0, 20));
    expect(lamps(bench)).toEqual([]);
    bench.drop(1);
    expect(lamps(bench)).toMatchObject([{ state: 'self-cleared', onsets: ['dark 5'] }]);
  });

  it('leaves the ticket that somebody has acted on', () => {
    const bench = new Bench();
    bench.set(2, dark(5, null));
    const open = bench.open();
    if (open !== undefined) bench.tickets.set(open.id, { ...open, touched: true });
    bench.set(1, off(0, null));
    expect(lamps(bench)).toMatchObject([{ state: 'new', onsets: ['dark 5'] }]);
  });

  it('joins the ticket of a breach that nothing hides', () => {
    const bench = new Bench();
    bench.set(1, off(0, null));
    bench.set(2, dark(5, null));
    bench.set(3, dark(6, null, { rule: 'flicker' }));
    expect(lamps(bench)).toMatchObject([{ onset: 5, onsets: ['dark 5', 'flicker 6'] }]);
  });
});

/** Learns of each episode by a detour: as open, with another onset, milder, or beside one that never was. */
function detour(bench: Bench, e: Told, id: number, roll: number): void {
  if (roll === 1) bench.set(id, { ...e, length: null });
  if (roll === 2) bench.set(id, { ...e, onset: e.onset - 3 });
  if (roll === 3) bench.set(id + 100, off(e.onset - 1, null));
  if (roll === 4) bench.set(id, { ...e, severity: 'low' });
}

/** Work from one minute to another. */
const work = fc
  .tuple(fc.integer({ min: 0, max: 340 }), fc.integer({ min: 1, max: 60 }))
  .map(([from, length]) => ({ from: from * minute, to: (from + length) * minute, by: 'work' }));

describe('planned work', () => {
  it('gives the same tickets whether it was known first or last, and while its end was to come', () => {
    const compare = (list: Told[], plan: Cover<string>) => {
      const first = new Bench();
      first.plan({ ...plan, to: Number.POSITIVE_INFINITY });
      for (const [id, e] of list.entries()) first.set(id, e);
      first.plan(plan);
      const last = new Bench();
      for (const [id, e] of list.entries()) last.set(id, e);
      last.plan(plan);
      expect(first.result()).toEqual(last.result());
    };
    fc.assert(fc.property(told, work, compare), { numRuns: 1000 });
  });
});

describe('any order', () => {
  it('gives the same tickets where some breaches hide others', () => {
    const dice = fc.array(fc.nat(), { minLength: 20, maxLength: 20 });
    const compare = (list: Told[], rolls: number[]) => {
      const straight = new Bench();
      for (const [id, e] of list.entries()) straight.set(id, e);
      const winding = new Bench();
      const order = [...list.entries()].sort((a, b) => (rolls[a[0]] ?? 0) - (rolls[b[0]] ?? 0));
      const rollOf = (id: number) => (rolls[10 + id] ?? 0) % 5;
      for (const [id, e] of order) detour(winding, e, id, rollOf(id));
      for (const [id, e] of order.toReversed()) winding.set(id, e);
      for (const [id] of order.filter(([i]) => rollOf(i) === 3)) winding.drop(id + 100);
      expect(winding.result()).toEqual(straight.result());
    };
    fc.assert(fc.property(told, dice, compare), { numRuns: 1000 });
  });
});
