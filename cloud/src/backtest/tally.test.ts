import { expect, it } from 'vitest';
import { type Breach, figuresOf, ticketsOf, without } from './tally.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** Midnight in Shanghai. */
const from = Date.UTC(2026, 2, 1, 16);
const to = from + 14 * day;
const period = { from, to, since: from };
const zone = () => 'Asia/Shanghai';

function breach(onset: number, end: number | null, given: Partial<Breach> = {}): Breach {
  const [subject, rule, item, severity] = ['e/pump', 'high', 'TP03-01', 'medium'] as const;
  return { subject, rule, item, severity, latched: false, onset, detected: onset, end, ...given };
}

const figures = (breaches: readonly Breach[]) =>
  figuresOf(breaches, ticketsOf(breaches), period, zone);

it('opens one ticket for breaches of an item that overlap or come back soon, by one rule or several', () => {
  const breaches = [
    breach(from + hour, from + 3 * hour),
    breach(from + 2 * hour, from + 4 * hour, { rule: 'low' }),
    breach(from + 4 * hour, from + 5 * hour),
    breach(from + 8 * hour, from + 9 * hour),
    breach(from + 14 * hour, from + 15 * hour),
    breach(from + 2 * hour, from + 4 * hour, { subject: 'e/other' }),
    breach(from + 2 * hour, from + 4 * hour, { item: 'TP03-02' }),
    breach(from + 2 * hour, from + 4 * hour, { item: 'TP03-03', severity: 'advice' }),
  ];
  const own = (subject: string, item: string) =>
    ticketsOf(breaches)
      .filter((ticket) => ticket.subject === subject && ticket.item === item)
      .map(({ opened, until }) => [(opened - from) / hour, ((until ?? 0) - from) / hour]);
  expect(own('e/pump', 'TP03-01')).toEqual([
    [1, 9],
    [14, 15],
  ]);
  expect(own('e/other', 'TP03-01')).toEqual([[2, 4]]);
  expect(ticketsOf(breaches)).toHaveLength(4);
  expect(figures(breaches)).toMatchObject({ tickets: 4, episodes: 8 });
});

it('counts a ticket when it was opened, and a breach by when it began', () => {
  const breaches = [
    breach(from - hour, from + hour),
    breach(from - hour, from + hour, { subject: 'e/late', detected: from + minute }),
    breach(to - minute, null, { subject: 'e/end', detected: to }),
    breach(to - minute, null, { subject: 'e/standing' }),
  ];
  expect(figures(breaches)).toMatchObject({ tickets: 2, episodes: 2, weeks: [1, 1] });
  expect(figures(breaches).ticketsPerWeek).toBe(1);
  // Readings of the second week only.
  const late = { ...period, since: from + 7 * day };
  expect(figuresOf(breaches, ticketsOf(breaches), late, zone).ticketsPerWeek).toBe(2);
});

it('counts the hours of a subject in breach of an item once, and only those of the period', () => {
  const breaches = [
    breach(from - hour, from + 2 * hour),
    breach(from + hour, from + 3 * hour, { rule: 'low' }),
    breach(from + 10 * hour, from + 11 * hour),
    breach(from + 10 * hour, from + 11 * hour, { subject: 'e/other', severity: 'advice' }),
    breach(to - hour, null),
  ];
  expect(figures(breaches).breachHours).toBe(3 + 1 + 1 + 1);
});

it('tells what cleared by itself, what was brief, and what came at night', () => {
  const breaches = [
    // 22:00 to 22:15, 05:59 to 06:15, and by day.
    breach(from + 22 * hour, from + 22 * hour + 15 * minute),
    breach(from + 30 * hour - minute, from + 30 * hour + 15 * minute),
    breach(from + 36 * hour, from + 37 * hour),
    breach(from + 46 * hour - minute, null),
  ];
  expect(figures(breaches)).toMatchObject({
    selfClearedShare: 3 / 4,
    briefShare: 1 / 4,
    nightShare: 2 / 4,
  });
  const latched = [breach(from + hour, from + 2 * hour, { latched: true })];
  expect(figures(latched).selfClearedShare).toBe(0);
  expect(figures([])).toMatchObject({ tickets: 0, selfClearedShare: null, nightShare: null });
});

it('takes a latching ticket to be closed by a person when its breach is over', () => {
  const latched = { latched: true };
  const breaches = [
    breach(from, from + hour, latched),
    breach(from + 2 * day, from + 2 * day + hour, latched),
  ];
  expect(figures(breaches).tickets).toBe(2);
});

it('finds tickets that only one side has', () => {
  const draft = ticketsOf([breach(from, from + 4 * hour), breach(from + 20 * hour, null)]);
  const inForce = ticketsOf([
    breach(from + hour, from + 2 * hour),
    breach(from + 3 * hour, from + 5 * hour),
    breach(from + 10 * hour, from + 12 * hour),
  ]);
  expect(without(draft, inForce, period)).toBe(1);
  expect(without(inForce, draft, period)).toBe(1);
});

it('opens no ticket for what another breach hides, and one when it opens by itself', () => {
  const alone = breach(from + hour, from + 3 * hour);
  const later = breach(from + 2 * hour, from + 4 * hour, { rule: 'low' });
  expect(ticketsOf([alone], new Set([alone]))).toEqual([]);
  expect(ticketsOf([alone, later], new Set([alone]))).toMatchObject([
    { opened: from + 2 * hour, onset: from + hour, until: from + 4 * hour },
  ]);
});
