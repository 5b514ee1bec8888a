import { describe, expect, it } from 'vitest';
import type { TicketState } from '../contract/index.ts';
import type { EpisodeFacts, EpisodeNews, TicketFacts } from './model.ts';
import { reconcile } from './reconcile.ts';

const hour = 3_600_000;
/** Somebody says at three that what began at one is mended; whatever is over by then ended at two. */
const claimed = 3 * hour;

function episode(more: Partial<EpisodeFacts> = {}): EpisodeFacts {
  return {
    ...{
      id: 1,
      rule: 'held',
      onset: hour,
      detected: hour,
      end: 2 * hour,
      severity: 'medium',
      latched: false,
    },
    ...{ history: false, title: 't', why: 'w', standardVersion: 'v1', reported: false },
    ...{ alarmed: false, hidden: null, ticket: 7, ...more },
  } as EpisodeFacts;
}

function ticket(state: TicketState, more: Partial<TicketFacts> = {}): TicketFacts {
  const claims = ['fixed', 'verified', 'signed-off', 'follow-up', 'closed'].includes(state);
  const ended = ['closed', 'rejected', 'referred-out', 'cancelled', 'self-cleared'].includes(state);
  return {
    ...{ id: 7, touched: true, state, severity: 'medium', judged: 'medium', repeat: 1 },
    ...{ conditionClear: true, clearSince: 2 * hour, latched: false, onset: hour, detected: hour },
    ...{ until: 2 * hour, title: 't', why: 'w', standardVersion: 'v1', reported: false },
    ...{ fixed: claims ? claimed : null, closed: ended ? 4 * hour : null, ...more },
  } as TicketFacts;
}

const before: readonly TicketState[] = [
  ...(['new', 'triaged', 'dispatched', 'acknowledged', 'en-route', 'on-site'] as const),
  ...(['working', 'temporary-measure', 'waiting', 'reopened'] as const),
];
const mended: readonly TicketState[] = ['fixed', 'verified', 'signed-off', 'follow-up'];
const done: readonly TicketState[] = ['closed', 'self-cleared'];
const dropped: readonly TicketState[] = ['rejected', 'referred-out', 'cancelled'];
const all = [...before, ...mended, ...done, ...dropped];

/** What becomes of the ticket: its state, what is written last, and other tickets beside it. */
function learn(held: TicketFacts, episodes: EpisodeFacts[], what?: EpisodeNews['what']) {
  const reason = { en: 'late', zh: '迟' };
  const news = what === undefined ? [] : [{ id: 1, ticket: 7, what, reason }];
  const planned = reconcile([held], episodes, news, 0);
  const own = planned.find(({ id }) => id === 7);
  return {
    state: own?.fields.state ?? held.state,
    said: own?.events.map(({ type }) => type) ?? [],
    fields: own?.fields,
    others: planned.filter(({ id }) => id !== 7).map(({ fields }) => fields.state),
  };
}

describe('late data at each stage of a ticket that is in the hands of people', () => {
  it.each(all)('leaves one that is %s as it is when its episode ends', (state) => {
    const standing = ticket(state, { conditionClear: false, clearSince: null, until: null });
    const { said, fields, others, ...is } = learn(standing, [episode()], 'ended');
    expect([is.state, said, others]).toEqual([state, ['episode-ended'], []]);
    expect(fields).toMatchObject({ conditionClear: true, clearSince: 2 * hour, until: 2 * hour });
  });

  it.each(all)('leaves one that is %s as it is when the onset moves', (state) => {
    const moved = learn(ticket(state), [episode({ onset: hour / 2 })], 'amended');
    expect([moved.state, moved.said, moved.others]).toEqual([state, ['episode-amended'], []]);
    expect(moved.fields?.onset).toBe(hour / 2);
  });

  it.each(all)('leaves one that is %s as it is when its episode is unmade', (state) => {
    const unmade = learn(ticket(state), [], 'withdrawn');
    expect([unmade.state, unmade.said, unmade.others]).toEqual([state, ['episode-withdrawn'], []]);
  });

  it.each(all)('raises one that is %s when its episode gets worse', (state) => {
    const worse = learn(ticket(state), [episode({ severity: 'emergency' })], 'amended');
    expect([worse.state, worse.said.at(-1)]).toEqual([state, 'severity-raised']);
    expect(worse.fields).toMatchObject({ severity: 'emergency', judged: 'emergency' });
  });

  it.each<[TicketState, TicketState]>([
    ...before.map((state): [TicketState, TicketState] => [state, state]),
    // Whether it stood too long for what was claimed, time tells.
    ...mended.map((state): [TicketState, TicketState] => [state, state]),
    ...done.map((state): [TicketState, TicketState] => [state, 'reopened']),
    ...dropped.map((state): [TicketState, TicketState] => [state, state]),
  ])('makes of one that is %s one that is %s when its episode was not over', (state, after) => {
    const stands = learn(ticket(state), [episode({ end: null })], 'amended');
    expect([stands.state, stands.others]).toEqual([after, []]);
    expect(stands.fields).toMatchObject({ conditionClear: false, clearSince: null });
    expect(stands.said.at(-1)).toBe(after === state ? 'episode-amended' : 'reopened');
  });

  it.each<[TicketState, TicketState, string]>([
    ...before.map((state): [TicketState, TicketState, string] => [state, state, 'episode-joined']),
    ...mended.map((state): [TicketState, TicketState, string] => [state, 'reopened', 'denied']),
    ...done.map((state): [TicketState, TicketState, string] => [state, 'reopened', 'reopened']),
  ])('makes of one that is %s one that is %s when the fault comes back', (state, after, last) => {
    const again = episode({ id: 2, onset: 5 * hour, end: null, ticket: null });
    const { said, others, ...is } = learn(ticket(state), [episode(), again]);
    expect([is.state, said.at(-1), others]).toEqual([after, last, []]);
  });

  it.each(dropped)('opens another beside one that is %s when the fault comes back', (state) => {
    const again = episode({ id: 2, onset: 5 * hour, end: null, ticket: null });
    expect(learn(ticket(state), [episode(), again])).toMatchObject({ state, others: ['new'] });
  });
});

describe('a fault that comes back', () => {
  const later = (onset: number, more: Partial<EpisodeFacts> = {}) =>
    episode({ id: 2, onset, end: null, ticket: null, ...more });

  it('is another one after the reopen window, by event time', () => {
    expect(learn(ticket('closed'), [episode(), later(6 * hour)]).state).toBe('reopened');
    const apart = learn(ticket('closed'), [episode(), later(6 * hour + 1)]);
    expect([apart.state, apart.others]).toEqual(['closed', ['new']]);
  });

  it('is the same ticket while nobody has touched it, and another after the window', () => {
    const cleared = ticket('self-cleared', { touched: false });
    const soon = learn(cleared, [episode(), later(6 * hour)]);
    expect([soon.state, soon.said, soon.others]).toEqual(['new', ['episode-joined'], []]);
    expect(learn(cleared, [episode(), later(6 * hour + 1)]).others).toEqual(['new']);
  });

  it('opens no closed ticket when it is over by the time it is learnt of', () => {
    const over = learn(ticket('closed'), [episode(), later(5 * hour, { end: 5.5 * hour })]);
    expect([over.state, over.others]).toEqual(['closed', ['self-cleared']]);
  });

  it('leaves closed what a person closed while it stood', () => {
    const knew = ticket('closed', { conditionClear: false, clearSince: null, until: null });
    expect(learn(knew, [episode({ end: null })], 'amended').state).toBe('closed');
  });

  it('denies nothing when something else explains it', () => {
    const hidden = later(5 * hour, { hidden: { en: 'feeder', zh: '馈线' } });
    expect(learn(ticket('fixed'), [episode(), hidden]).state).toBe('fixed');
  });

  it('opens the closed ticket that ended last', () => {
    const over = { onset: 0, until: hour / 2, clearSince: hour / 2 };
    const older = ticket('closed', { id: 3, ...over });
    const first = episode({ id: 9, onset: 0, end: hour / 2, ticket: 3 });
    const planned = reconcile(
      [older, ticket('closed')],
      [first, episode(), later(4 * hour)],
      [],
      0,
    );
    expect(planned.map(({ id, fields }) => [id, fields.state])).toEqual([[7, 'reopened']]);
  });
});

describe('what people set beside the judged severity', () => {
  it('counts until the breach gets worse', () => {
    const lowered = ticket('working', { severity: 'low' });
    expect(learn(lowered, [episode({ end: 2.5 * hour })], 'amended').fields?.severity).toBe('low');
    const worse = learn(lowered, [episode({ severity: 'high' })], 'amended');
    expect([worse.fields?.severity, worse.said.at(-1)]).toEqual(['high', 'severity-raised']);
    const raised = ticket('working', { severity: 'emergency' });
    const still = learn(raised, [episode({ severity: 'high' })], 'amended');
    expect([still.fields?.severity, still.said]).toEqual(['emergency', ['episode-amended']]);
  });

  it('keeps the words of a report, and raises it where the sensor finds worse', () => {
    const report = { reported: true, onset: 1.5 * hour, title: 'bangs', judged: 'medium' } as const;
    const mild = learn(ticket('new', report), [episode({ ticket: null, severity: 'low' })]);
    expect(mild.fields).toMatchObject({ title: 'bangs', onset: 1.5 * hour, severity: 'medium' });
    const grave = learn(ticket('new', report), [episode({ ticket: null, severity: 'high' })]);
    expect(grave.fields?.severity).toBe('high');
  });
});
