import { describe, expect, it } from 'vitest';
import type { TicketState } from '../../contract/index.ts';
import { type Breach, type ProvenTicket, proofOf, type Watched } from './proof.ts';

const minute = 60_000;
/** Minutes from an instant of event time on. */
const at = (minutes: number) => 1_700_000_000_000 + minutes * minute;
const claim = at(100);

const ticket = (state: TicketState, more: Partial<ProvenTicket> = {}): ProvenTicket => ({
  ...{ state, latched: false, touched: true, reopened: null },
  fixed: ['fixed', 'verified', 'signed-off', 'follow-up'].includes(state) ? claim : null,
  ...more,
});
const breach = (onset: number, end: number | null, more: Partial<Breach> = {}): Breach => {
  const times = { onset: at(onset), end: end === null ? null : at(end) };
  return { id: onset, rule: 'slam', hidden: false, ...times, ...more };
};

type Phase = NonNullable<Watched['condition']>['phase'];

/** A rule that wants five minutes, its gateway having told all up to some minute. */
function rule(phase: Phase, since: number, to: number, more: Partial<Watched> = {}): Watched {
  const verdict =
    phase === 'unknown' ? 'unknown' : phase === 'ok' || phase === 'pending' ? 'ok' : 'breach';
  return {
    ...{ rule: 'slam', time: 5 * minute, grace: 15 * minute, cadence: 0 },
    condition: { verdict, phase, since: at(since), value: 1, points: ['court/gate/slam_db'] },
    ...{ completeTo: at(to), heard: at(to), silent: false, counted: null, ...more },
  };
}

const found = (t: ProvenTicket, breaches: Breach[], watched: Watched[]) => {
  const { proof, finding } = proofOf(t, breaches, watched);
  return [proof?.phase ?? null, finding?.type ?? null];
};

describe('the proof by the sensor', () => {
  it('is nothing where no rule watches', () => {
    expect(proofOf(ticket('fixed'), [], [])).toEqual({ proof: null, finding: null });
  });

  it.each<[string, Breach[], Watched, [string, string | null]]>([
    ['not before the proving time', [breach(0, 98)], rule('ok', 98, 102.9), ['clearing', null]],
    ['then at once', [breach(0, 98)], rule('ok', 98, 103), ['proven', 'verified']],
    ['time before the claim counts', [breach(0, 50)], rule('ok', 50, 100), ['proven', 'verified']],
    [
      'not by what was told before the claim',
      [breach(0, 50)],
      rule('ok', 50, 99),
      ['clearing', null],
    ],
    ['anew after a time that is unknown', [breach(0, 50)], rule('ok', 99, 103), ['clearing', null]],
    [
      'not while the gateway is away',
      [breach(0, 50)],
      rule('ok', 50, 130, { silent: true }),
      ['silent', null],
    ],
    [
      'not while the sensor is silent',
      [breach(0, 50)],
      rule('unknown', 120, 130),
      ['silent', null],
    ],
    ['not while it looms again', [breach(0, 50)], rule('pending', 129, 130), ['denied', null]],
    [
      'not while the end must still last',
      [breach(0, null)],
      rule('clearing', 104, 130),
      ['clearing', null],
    ],
  ])('verifies a fix: %s', (_, breaches, watched, said) => {
    expect(found(ticket('fixed'), breaches, [watched])).toEqual(said);
  });

  it('wants every rule of the ticket to be clear', () => {
    const other = rule('breach', 90, 104, { rule: 'held' });
    const both = [breach(0, 50), breach(90, null, { rule: 'held' })];
    expect(found(ticket('fixed'), both, [rule('ok', 50, 104), other])).toEqual(['breach', null]);
  });

  it.each<[string, Breach[], Watched, string | null]>([
    ['what stood has some time to go', [breach(90, null)], rule('breach', 90, 114), null],
    ['and no more', [breach(90, null)], rule('breach', 90, 115), 'stands'],
    ['it went in time', [breach(90, 114)], rule('ok', 114, 116), null],
    [
      'it went too late, and that is learnt at once',
      [breach(90, 116)],
      rule('ok', 116, 117),
      'stands',
    ],
    [
      'a new breach after the claim',
      [breach(90, 95), breach(101, null)],
      rule('breach', 101, 102),
      'again',
    ],
    [
      'also when it is over by now',
      [breach(90, 95), breach(101, 102)],
      rule('ok', 102, 103),
      'again',
    ],
    [
      'one that something else explains',
      [breach(101, null, { hidden: true })],
      rule('breach', 101, 140),
      null,
    ],
    ['a sensor that is silent denies nothing', [breach(90, null)], rule('unknown', 110, 140), null],
    [
      'one that has not spoken since the claim',
      [breach(90, null)],
      rule('breach', 90, 140, { heard: at(99), cadence: 60 * minute }),
      null,
    ],
    [
      'until it should have',
      [breach(90, null)],
      rule('breach', 90, 160, { heard: at(99), cadence: 60 * minute }),
      'stands',
    ],
    [
      'a slow sensor that finds it clear when it speaks',
      [breach(90, 150)],
      rule('ok', 150, 151, { cadence: 60 * minute }),
      null,
    ],
  ])('denies a fix: %s', (_, breaches, watched, why) => {
    const { finding } = proofOf(ticket('fixed'), breaches, [watched]);
    expect(finding?.type === 'denied' ? finding.why : null).toBe(why);
  });

  it.each(['verified', 'signed-off', 'follow-up'] as const)(
    'denies what is %s when late data shows a breach',
    (state) => {
      expect(found(ticket(state), [breach(0, 50)], [rule('ok', 50, 200)])).toEqual([
        'proven',
        null,
      ]);
      expect(found(ticket(state), [breach(0, 130)], [rule('ok', 130, 200)])[1]).toBe('denied');
      expect(found(ticket(state), [breach(101, 103)], [rule('ok', 103, 200)])[1]).toBe('denied');
    },
  );

  it('counts quiet events where only they clear the rule, and denies by bad ones', () => {
    const counted = { quiet: 6, needed: 19, bad: 3, least: 4, lastBad: at(103) };
    const standing = [breach(0, null)];
    const counting = rule('breach', 0, 300, { grace: Infinity, counted });
    const { proof, finding } = proofOf(ticket('fixed'), standing, [counting]);
    expect([proof?.phase, proof?.events, proof?.since, finding]).toEqual([
      ...['counting', { quiet: 6, needed: 19 }, claim, null],
    ]);
    const more = rule('breach', 0, 300, { grace: Infinity, counted: { ...counted, bad: 4 } });
    const denied = proofOf(ticket('fixed'), standing, [more]).finding;
    expect(denied).toMatchObject({ type: 'denied', why: 'events', at: at(103), count: 4 });
  });

  it('asks for a tap where the fault went by itself, and only there', () => {
    const clear = [breach(0, 50)];
    const proven = [rule('ok', 50, 55)];
    expect(found(ticket('acknowledged'), clear, proven)).toEqual(['proven', 'asked']);
    expect(found(ticket('acknowledged'), clear, [rule('ok', 50, 54)])).toEqual(['clearing', null]);
    expect(found(ticket('new', { touched: false }), clear, proven)[1]).toBeNull();
    expect(found(ticket('working', { latched: true }), clear, proven)).toEqual(['latched', null]);
    expect(found(ticket('closed'), clear, proven)[1]).toBeNull();
    // What a person opened again is not taken for gone because the sensor sees nothing.
    expect(found(ticket('reopened', { reopened: at(52) }), clear, proven)[1]).toBeNull();
    expect(found(ticket('reopened', { reopened: at(40) }), clear, proven)[1]).toBe('asked');
  });

  it('takes time after the claim alone for proof of what turned out not to have been so', () => {
    expect(found(ticket('fixed'), [], [rule('ok', 0, 104)])).toEqual(['clearing', null]);
    expect(found(ticket('fixed'), [], [rule('ok', 0, 105)])).toEqual(['proven', 'verified']);
  });

  it('never verifies what latches', () => {
    const latched = ticket('fixed', { latched: true });
    expect(found(latched, [breach(0, 50)], [rule('ok', 50, 300)])).toEqual(['latched', null]);
  });
});
