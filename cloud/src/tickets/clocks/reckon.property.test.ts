import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dueAfter, merged, partsOf } from './counting.ts';
import { progressAt, reachedAt } from './progress.ts';
import { type LogEvent, movesClocks } from './story.ts';
import { clocksIn, hour, instant, Log, minute, ticketIn } from './testing.ts';
import { calendarOf, type EstateTime } from './time.ts';

const onset = instant('2026-03-26T15:00:00Z');
const estates: readonly EstateTime[] = [
  { zone: 'Asia/Shanghai', holidays: ['2026-03-27'] },
  { zone: 'Europe/London', holidays: [] },
  { zone: 'America/New_York', holidays: ['2026-03-30'], clocks: { hours: ['07:00-15:30'] } },
];
const kinds = [
  { source: 'episode', inHome: false },
  { source: 'report', inHome: false },
  { source: 'report', inHome: true },
  { source: 'complaint', inHome: false },
] as const;
const ticketArb = fc
  .tuple(fc.constantFrom(...estates), fc.constantFrom(...kinds))
  .map(([time, kind]) => ticketIn(time, kind));

const states = [
  'acknowledged',
  'en-route',
  'on-site',
  'working',
  'temporary-measure',
  'fixed',
  'verified',
  'reopened',
  'signed-off',
  'closed',
  'cancelled',
] as const;
const severities = ['emergency', 'high', 'medium', 'low'] as const;
const severityArb = fc.constantFrom(...severities);
const lengthArb = fc.integer({ min: 0, max: 90 * 60 }).map((minutes) => minutes * minute);

/** Entries of a log without their instants. */
const stepArb: fc.Arbitrary<Omit<LogEvent, 'at'> & { readonly lasts?: number }> = fc.oneof(
  fc.constantFrom(...states).map((state) => ({ type: state, patch: { state }, data: null })),
  fc
    .tuple(fc.constantFrom('parts', 'no-access', 'third-party'), lengthArb)
    .map(([reason, lasts]) => ({
      type: 'waiting',
      patch: { state: 'waiting', waiting_reason: reason },
      data: { evidence: 'order' },
      lasts,
    })),
  fc.constant({ type: 'answered', patch: {}, data: {} }),
  fc
    .constantFrom('half-hour', 'hour', 'today')
    .map((kind) => ({ type: 'promised', patch: {}, data: { kind } })),
  fc.constantFrom('same-day', 'three-days', 'one-week').map((name) => ({
    type: 'triaged',
    patch: { class: name },
    data: null,
  })),
  fc.constant({ type: 'note', patch: {}, data: {} }),
);

/** A log in which the severity stays as it was. */
const logArb = fc
  .tuple(severityArb, fc.array(fc.tuple(lengthArb, stepArb), { maxLength: 12 }))
  .map(([severity, steps]) => {
    const log = new Log().opened(onset + 3 * minute, severity, onset, onset + minute);
    let at = onset + 3 * minute;
    for (const [after, { lasts, ...step }] of steps) {
      at += after;
      const patch = lasts === undefined ? step.patch : { ...step.patch, waiting_until: at + lasts };
      log.add(at, step.type, patch, step.data);
    }
    return log;
  });

const withEvents = (events: readonly LogEvent[]) => {
  const log = new Log();
  log.events.push(...events);
  return log;
};
/** After which entry of a log, and when, between it and the next. */
function placed(log: Log, share: number, within: number): { index: number; at: number } {
  const index = Math.min(log.events.length - 1, Math.floor(share * log.events.length));
  const from = log.events[index]?.at ?? onset;
  const to = log.events[index + 1]?.at ?? from + hour;
  return { index, at: Math.floor(from + (to - from) * within) };
}
const inserted = (log: Log, index: number, ...events: LogEvent[]) =>
  withEvents([...log.events.slice(0, index + 1), ...events, ...log.events.slice(index + 1)]);
const share = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const runs = { numRuns: 150 };

describe('clocks', () => {
  it('are not changed by a pause that ends at the instant at which it began', () => {
    fc.assert(
      fc.property(ticketArb, logArb, share, share, (ticket, log, where, when) => {
        const { index, at } = placed(log, where, when);
        const working: LogEvent = { type: 'started', at, patch: { state: 'working' }, data: null };
        const pause: LogEvent = {
          type: 'waiting',
          at,
          patch: { state: 'waiting', waiting_reason: 'parts', waiting_until: at + 5 * hour },
          data: { evidence: 'order' },
        };
        const plain = inserted(log, index, working);
        const paused = inserted(log, index, working, pause, { ...working, type: 'resumed' });
        expect(clocksIn(paused, ticket)).toEqual(clocksIn(plain, ticket));
      }),
      runs,
    );
  });

  it('are the same when a severity was changed and changed back as when it never was', () => {
    const moments = fc.tuple(fc.tuple(share, share), fc.tuple(share, share));
    fc.assert(
      fc.property(ticketArb, logArb, severityArb, moments, (ticket, log, other, [a, b]) => {
        // The two may lie in different visits, in a pause, or after the end.
        const [x, y] = [placed(log, ...a), placed(log, ...b)];
        const [one, two] = x.at < y.at || (x.at === y.at && x.index <= y.index) ? [x, y] : [y, x];
        const severity = log.events[0]?.patch.severity as string;
        const back: LogEvent = { type: 'prioritised', at: two.at, patch: { severity }, data: null };
        const there: LogEvent = { ...back, at: one.at, patch: { severity: other } };
        const changed = inserted(inserted(log, two.index, back), one.index, there);
        expect(clocksIn(changed, ticket)).toEqual(clocksIn(log, ticket));
      }),
      runs,
    );
  });

  it('do not depend on the order of what several people did to different things at once', () => {
    const deeds: LogEvent[] = [
      { type: 'prioritised', at: 0, patch: { severity: 'high' }, data: null },
      { type: 'triaged', at: 0, patch: { class: 'three-days' }, data: null },
      { type: 'answered', at: 0, patch: {}, data: {} },
      { type: 'promised', at: 0, patch: {}, data: { kind: 'hour' } },
      { type: 'accepted', at: 0, patch: {}, data: {} },
      { type: 'ticked', at: 0, patch: {}, data: {} },
      { type: 'fixed', at: 0, patch: { state: 'fixed' }, data: {} },
    ];
    fc.assert(
      fc.property(
        ticketArb,
        logArb,
        share,
        fc.shuffledSubarray(deeds, { minLength: 2 }),
        (ticket, log, where, order) => {
          const { index, at } = placed(log, where, 0.5);
          const timed = order.map((event) => ({ ...event, at }));
          const sorted = timed.toSorted((a, b) => (a.type < b.type ? -1 : 1));
          expect(clocksIn(inserted(log, index, ...timed), ticket)).toEqual(
            clocksIn(inserted(log, index, ...sorted), ticket),
          );
        },
      ),
      runs,
    );
  });

  it('follow from nothing but what is said to move them', () => {
    fc.assert(
      fc.property(ticketArb, logArb, (ticket, log) => {
        const moving = withEvents(log.events.filter(movesClocks));
        expect(clocksIn(moving, ticket)).toEqual(clocksIn(log, ticket));
      }),
      runs,
    );
  });

  it('count until they stop, and are due when all that may be counted is', () => {
    fc.assert(
      fc.property(ticketArb, logArb, lengthArb, (ticket, log, later) => {
        const end = log.events.at(-1)?.at ?? onset;
        for (const clock of clocksIn(log, ticket)) {
          const now = Math.max(end, clock.started) + later;
          const { counted, paused, off, over } = progressAt(clock, ticket.time, now);
          expect(counted + paused + off).toBe(Math.max(0, (clock.stopped ?? now) - clock.started));
          expect(over).toBe(Math.max(0, counted - clock.budget));
          if (clock.outcome !== 'open') continue;
          expect(progressAt(clock, ticket.time, clock.due).counted).toBe(clock.budget);
          if (clock.budget > 0) {
            expect(progressAt(clock, ticket.time, clock.due - 1).counted).toBeLessThan(
              clock.budget,
            );
          }
          const half = reachedAt(clock, ticket.time, 50);
          expect(progressAt(clock, ticket.time, half).counted).toBe(Math.round(clock.budget / 2));
        }
      }),
      runs,
    );
  });

  it('of working hours are clocks on the wall where it is always worked', () => {
    const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
    fc.assert(
      fc.property(fc.constantFrom(...estates), logArb, ({ zone }, log) => {
        const open = { hours: ['00:00-24:00'], days: [...days] };
        const targets = (working: string) => ({ arrive: `9h${working}`, restore: `90h${working}` });
        const time = (working: string) => ({
          zone,
          holidays: [],
          clocks: {
            ...open,
            severities: Object.fromEntries(severities.map((s) => [s, targets(working)])),
          },
        });
        const strip = (working: string) =>
          clocksIn(log, ticketIn(time(working)))
            .filter(({ clock }) => clock === 'arrive' || clock === 'restore')
            .map(({ working: _, target: __, ...rest }) => rest);
        expect(strip(' working')).toEqual(strip(''));
      }),
      runs,
    );
  });
});

it('what is counted of a time is the sum of what is counted of its parts', () => {
  const span = fc
    .tuple(lengthArb, lengthArb)
    .map(([a, b]) => ({ from: onset + a, to: onset + a + b }));
  fc.assert(
    fc.property(
      fc.constantFrom(...estates),
      fc.array(span),
      lengthArb,
      lengthArb,
      (time, spans, a, b) => {
        const calendar = calendarOf(time, true);
        const pauses = merged(spans);
        const [first, second] = [onset + a, onset + a + b];
        const parts = [
          partsOf(calendar, { from: onset, to: first }, pauses),
          partsOf(calendar, { from: first, to: second }, pauses),
        ];
        const whole = partsOf(calendar, { from: onset, to: second }, pauses);
        for (const name of ['counted', 'paused', 'off'] as const) {
          expect(parts.reduce((sum, part) => sum + part[name], 0)).toBe(whole[name]);
        }
        const due = dueAfter(calendar, onset, whole.counted, pauses);
        expect(due).toBeLessThanOrEqual(second);
        expect(partsOf(calendar, { from: onset, to: due }, pauses).counted).toBe(whole.counted);
      },
    ),
    runs,
  );
});
