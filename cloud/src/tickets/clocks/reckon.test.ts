import { describe, expect, it } from 'vitest';
import { capsOf } from './pauses.ts';
import { clocksIn, day, hour, instant, Log, look, minute, shanghai, ticketIn } from './testing.ts';

/** A Wednesday. */
const onset = instant('2026-07-01T02:10:00+08:00');
const at = (minutes: number) => onset + minutes * minute;
const ticket = ticketIn(shanghai);
const emergency = () => new Log().opened(at(1), 'emergency', onset, at(0.5));

describe('the clocks of a breach', () => {
  it('count what people owe from when the rule could say it, and the harm from its onset', () => {
    const clocks = clocksIn(emergency(), ticket);
    const started = clocks.map(({ clock, started, due }) => [clock, started - onset, due - onset]);
    expect(started).toEqual([
      ['acknowledge', 0.5 * minute, 5.5 * minute],
      ['arrive', 0.5 * minute, 20.5 * minute],
      ['make-safe', 0, 2 * hour],
      ['restore', 0, 24 * hour],
    ]);
  });

  it('do not depend on when the cloud learnt of it', () => {
    const late = new Log().opened(at(300), 'emergency', onset, at(0.5));
    const [acknowledge] = clocksIn(late, ticket);
    expect(acknowledge).toMatchObject({ started: at(0.5), due: at(5.5), outcome: 'open' });
    expect(look(late, ticket, 'acknowledge', at(300))?.state).toBe('missed');
  });

  it('follow an onset that late data moves', () => {
    const moved = emergency().add(at(9), 'episode-amended', { onset: at(-30), detected: at(-29) });
    expect(look(moved, ticket, 'restore', at(10))?.started).toBe(at(-30));
    expect(look(moved, ticket, 'arrive', at(10))?.due).toBe(at(-9));
  });

  it('have the targets of their severity', () => {
    const due = (severity: string) =>
      clocksIn(new Log().opened(onset, severity), ticket).map(({ clock, due, target }) => {
        return `${clock} ${new Date(due + 8 * hour).toISOString().slice(0, 16)} ${target.source}`;
      });
    expect(due('high')).toEqual([
      'acknowledge 2026-07-01T02:25 ours',
      'arrive 2026-07-01T06:10 ours',
      'restore 2026-07-01T17:00 ours',
    ]);
    expect(due('medium')).toEqual([
      'acknowledge 2026-07-01T12:00 ours',
      'arrive 2026-07-02T17:00 ours',
      'restore 2026-07-08T02:10 ours',
    ]);
    expect(due('low')).toEqual(['arrive 2026-07-02T17:00 ours', 'restore 2026-07-08T02:10 ours']);
    expect(due('advice')).toEqual([]);
  });

  it('give whoever frees people from a lift 30 minutes, and whoever comes to a home 20', () => {
    const lift = ticketIn(shanghai, { item: 'TP27-S1' });
    expect(look(emergency(), lift, 'arrive', onset)?.due).toBe(at(30.5));
    const home = ticketIn(shanghai, { source: 'report', inHome: true });
    const report = new Log().add(onset, 'opened', { severity: 'medium', state: 'new' });
    expect(look(report, home, 'arrive', onset)?.due).toBe(at(20));
    expect(look(report, ticketIn(shanghai, { source: 'report' }), 'arrive', onset)?.due).toBe(
      instant('2026-07-02T17:00+08:00'),
    );
  });

  it('give way to what an estate has agreed on', () => {
    const time = {
      ...shanghai,
      clocks: {
        severities: { emergency: { arrive: '45m', 'make-safe': 'none' } },
        items: { 'TP27-S1': { arrive: '15m' } },
      },
    };
    expect(look(emergency(), ticketIn(time), 'arrive', onset)?.due).toBe(at(45.5));
    expect(look(emergency(), ticketIn(time), 'make-safe', onset)).toBeNull();
    const lift = ticketIn(time, { item: 'TP27-S1' });
    expect(look(emergency(), lift, 'arrive', onset)?.due).toBe(at(15.5));
    const [, arrive] = clocksIn(emergency(), lift);
    expect(arrive?.target).toMatchObject({ words: '15m', source: 'estate', confirmed: true });
  });
});

describe('the story of a gate', () => {
  const story = () =>
    emergency()
      .moved(at(3), 'acknowledged')
      .moved(at(6), 'en-route')
      .moved(at(18), 'on-site')
      .moved(at(50), 'temporary-measure')
      .waits(at(60), 'parts', at(60) + day)
      .moved(at(360), 'working')
      .moved(at(400), 'fixed');

  it('is met by each step in its time, and pauses only restoring', () => {
    const log = story();
    expect(look(log, ticket, 'acknowledge', at(500))).toMatchObject({
      state: 'met',
      counted: 2.5 * minute,
    });
    expect(look(log, ticket, 'arrive', at(500))).toMatchObject({ state: 'met', stopped: at(18) });
    expect(look(log, ticket, 'make-safe', at(500))).toMatchObject({
      state: 'met',
      stopped: at(50),
      paused: 0,
    });
    expect(look(log, ticket, 'restore', at(500))).toMatchObject({
      state: 'met',
      due: onset + 29 * hour,
      counted: 100 * minute,
      paused: 300 * minute,
      off: 0,
    });
  });

  it('runs on as if it had never stopped when the sensor denies that it is fixed', () => {
    const log = story().moved(at(460), 'reopened');
    expect(look(log, ticket, 'restore', at(470))).toMatchObject({
      state: 'running',
      counted: 170 * minute,
      claimed: 60 * minute,
      due: onset + 29 * hour,
    });
    expect(look(log, ticket, 'make-safe', at(470))?.state).toBe('met');
    expect(look(log, ticket, 'arrive', at(470), 1)).toMatchObject({
      state: 'met',
      stopped: at(18),
    });
    expect(look(log, ticket, 'arrive', at(470), 2)).toMatchObject({
      state: 'running',
      started: at(460),
      due: at(480),
    });
    log.moved(at(481), 'on-site').moved(at(490), 'fixed').moved(at(500), 'verified');
    expect(look(log, ticket, 'arrive', at(510), 2)).toMatchObject({
      state: 'missed',
      late: minute,
    });
    expect(look(log, ticket, 'acknowledge', at(510), 2)).toMatchObject({ state: 'missed' });
    expect(look(log, ticket, 'restore', at(510))).toMatchObject({ state: 'met', stopped: at(490) });
  });

  it('makes a claim that it is safe count only as long as it stands', () => {
    const log = emergency().moved(at(30), 'fixed');
    expect(look(log, ticket, 'make-safe', at(40))).toMatchObject({ state: 'met', stopped: at(30) });
    log.moved(at(45), 'reopened');
    expect(look(log, ticket, 'make-safe', at(60))).toMatchObject({
      state: 'running',
      claimed: 15 * minute,
    });
    log.moved(at(130), 'temporary-measure');
    expect(look(log, ticket, 'make-safe', at(140))).toMatchObject({
      state: 'missed',
      late: 10 * minute,
    });
  });

  it('needs nobody to come for what was done from afar, unless it was too late for that', () => {
    const soon = emergency().moved(at(4), 'acknowledged').moved(at(10), 'fixed');
    expect(look(soon, ticket, 'arrive', at(99))?.state).toBe('void');
    const late = emergency().moved(at(4), 'acknowledged').moved(at(30), 'fixed');
    expect(look(late, ticket, 'arrive', at(99))?.state).toBe('missed');
  });
});

describe('a pause', () => {
  const waiting = (reason: string, until: number) =>
    new Log().opened(onset, 'emergency').moved(at(10), 'working').waits(at(60), reason, until);

  it('ends at its cap by itself', () => {
    const log = waiting('parts', at(60) + 30 * day);
    expect(look(log, ticket, 'restore', at(60) + 13 * day)?.state).toBe('paused');
    expect(look(log, ticket, 'restore', at(60) + 14 * day)?.state).toBe('running');
    expect(look(log, ticket, 'restore', at(60))?.due).toBe(onset + 15 * day);
  });

  it('shares its cap with the pauses before it', () => {
    const log = waiting('no-access', at(60) + 2 * day)
      .moved(at(60) + 2 * day, 'working')
      .waits(at(60) + 3 * day, 'no-access', at(60) + 9 * day);
    expect(look(log, ticket, 'restore', at(60) + 10 * day)?.paused).toBe(3 * day);
  });

  it('needs a listed reason and evidence', () => {
    const never = [
      waiting('lunch', at(600)),
      new Log().opened(onset, 'emergency').waits(at(60), 'parts', at(600), ' '),
    ];
    for (const log of never) expect(look(log, ticket, 'restore', at(100))?.paused).toBe(0);
  });

  it('is none when nobody is at home', () => {
    const home = ticketIn(shanghai, { inHome: true });
    expect(look(waiting('no-access', at(600)), home, 'restore', at(100))?.paused).toBe(0);
    expect(look(waiting('no-access', at(600)), ticket, 'restore', at(100))?.paused).toBe(
      40 * minute,
    );
  });

  it('never stops what people owe at once', () => {
    const log = new Log().opened(onset, 'emergency').waits(at(1), 'third-party', at(900));
    for (const name of ['acknowledge', 'arrive', 'make-safe']) {
      expect(look(log, ticket, name, at(100))?.paused).toBe(0);
    }
  });

  it('may be followed by a later one while it lasts', () => {
    const log = waiting('parts', at(120)).waits(at(90), 'third-party', at(200));
    expect(look(log, ticket, 'restore', at(300))?.paused).toBe(140 * minute);
  });
});

describe('severity', () => {
  it('counts from when the ticket was that severe', () => {
    const log = new Log().opened(onset, 'medium').moved(at(10), 'acknowledged');
    log.raised(at(600), 'emergency');
    expect(look(log, ticket, 'arrive', at(600))).toMatchObject({ started: at(600), due: at(620) });
    expect(look(log, ticket, 'acknowledge', at(600))).toMatchObject({ state: 'met', counted: 0 });
    expect(look(log, ticket, 'restore', at(600))?.due).toBe(at(600) + day);
  });

  it('does not reach back into a visit that was over before it grew worse', () => {
    const log = new Log()
      .opened(onset, 'high')
      .moved(at(100), 'on-site')
      .moved(at(110), 'fixed')
      .moved(at(120), 'reopened')
      .raised(at(130), 'emergency');
    expect(look(log, ticket, 'arrive', at(140), 1)).toMatchObject({ state: 'met', due: at(240) });
    expect(look(log, ticket, 'arrive', at(140), 2)).toMatchObject({ due: at(150) });
  });

  it('that is lowered takes what was owed with it', () => {
    const log = new Log().opened(onset, 'emergency').raised(at(60), 'medium');
    expect(look(log, ticket, 'make-safe', at(60))).toBeNull();
    expect(look(log, ticket, 'arrive', at(60))?.state).toBe('running');
  });
});

describe('endings', () => {
  it.each(['rejected', 'referred-out', 'cancelled', 'self-cleared'])(
    '%s voids what still runs',
    (state) => {
      const log = emergency().moved(at(4), 'acknowledged').moved(at(30), state);
      expect(look(log, ticket, 'acknowledge', at(40))?.state).toBe('met');
      expect(look(log, ticket, 'arrive', at(40))).toMatchObject({
        state: 'void',
        late: 9.5 * minute,
      });
      expect(look(log, ticket, 'restore', at(40))).toMatchObject({
        state: 'void',
        stopped: at(30),
      });
      log.moved(at(60), 'reopened');
      expect(look(log, ticket, 'restore', at(70))).toMatchObject({
        state: 'running',
        counted: 70 * minute,
        claimed: 30 * minute,
      });
    },
  );

  it('that turn out too early start a visit anew, and count what went by', () => {
    const log = emergency().moved(at(4), 'self-cleared').moved(at(90), 'new');
    expect(look(log, ticket, 'acknowledge', at(91), 1)).toMatchObject({
      state: 'void',
      stopped: at(4),
      late: 0,
    });
    expect(look(log, ticket, 'acknowledge', at(91), 2)).toMatchObject({ due: at(95) });
    expect(look(log, ticket, 'arrive', at(91), 2)).toMatchObject({
      state: 'running',
      due: at(110),
    });
    expect(look(log, ticket, 'restore', at(91))).toMatchObject({
      counted: 91 * minute,
      claimed: 86 * minute,
    });
  });

  it('withdrawn voids all, as there never was a breach', () => {
    const log = emergency().moved(at(4), 'acknowledged').moved(at(30), 'withdrawn');
    expect(clocksIn(log, ticket).map(({ outcome }) => outcome)).toEqual(Array(4).fill('void'));
  });
});

describe('what people ask', () => {
  const report = ticketIn(shanghai, { source: 'report', item: '' });
  const complaint = ticketIn(shanghai, { source: 'complaint', item: '' });
  const asked = () => new Log().add(onset, 'opened', { state: 'new', severity: 'medium' });

  it('is answered within a day', () => {
    expect(look(asked(), report, 'answer', at(1))?.due).toBe(onset + day);
    const answered = asked().add(at(90), 'answered');
    expect(look(answered, report, 'answer', at(100))).toMatchObject({
      state: 'met',
      stopped: at(90),
    });
  });

  it('and a complaint is settled within two, without a visit', () => {
    const log = asked().add(at(90), 'answered');
    expect(clocksIn(log, complaint).map(({ clock }) => clock)).toEqual([
      'acknowledge',
      'answer',
      'complaint',
    ]);
    expect(look(log, complaint, 'complaint', at(100))).toMatchObject({
      state: 'running',
      due: onset + 2 * day,
    });
    log.moved(onset + 3 * day, 'fixed');
    expect(look(log, complaint, 'complaint', onset + 4 * day)).toMatchObject({
      state: 'missed',
      late: day,
    });
  });

  it('is done in the time of its class; a week asks for a reply only', () => {
    const inClass = (name: string) =>
      asked().add(at(5), 'triaged', { class: name, state: 'triaged' });
    const due = (name: string) => look(inClass(name), report, 'class', at(6))?.due;
    expect(due('same-day')).toBe(instant('2026-07-02T00:00+08:00'));
    expect(due('three-days')).toBe(onset + 3 * day);
    expect(due('one-week')).toBe(onset + 7 * day);
    const replied = (name: string) => inClass(name).add(at(600), 'answered');
    expect(look(replied('one-week'), report, 'class', at(601))?.state).toBe('met');
    expect(look(replied('three-days'), report, 'class', at(601))?.state).toBe('running');
  });

  it('keeps every promise that was made', () => {
    const log = asked()
      .add(at(10), 'promised', {}, { kind: 'half-hour' })
      .add(at(30), 'promised', {}, { kind: 'hour' })
      .add(at(45), 'answered');
    expect(look(log, report, 'promise', at(50), 1)).toMatchObject({
      state: 'missed',
      late: 5 * minute,
    });
    expect(look(log, report, 'promise', at(50), 2)).toMatchObject({ state: 'met' });
  });

  it('keeps no promise by work that was not done', () => {
    const log = asked().add(at(10), 'promised', {}, { kind: 'at', at: at(70) });
    log.moved(at(60), 'fixed');
    expect(look(log, report, 'promise', at(100))?.state).toBe('met');
    log.moved(at(80), 'reopened');
    expect(look(log, report, 'promise', at(100))?.state).toBe('missed');
  });

  it('is followed up by the end of a working day', () => {
    const log = asked()
      .moved(at(60), 'fixed')
      .add(at(100), 'signed-off', { state: 'signed-off', follow_up: 'owed' });
    expect(look(log, report, 'follow-up', at(101))).toMatchObject({
      state: 'running',
      due: instant('2026-07-01T17:00+08:00'),
    });
    log.add(at(600), 'followed-up', { state: 'closed', follow_up: 'done' });
    expect(look(log, report, 'follow-up', at(601))).toMatchObject({
      state: 'met',
      stopped: at(600),
    });
  });
});

it('nothing happens before what it follows, even on a clock that was set back', () => {
  const log = new Log().opened(at(5), 'emergency', onset).moved(at(2), 'acknowledged');
  expect(look(log, ticket, 'acknowledge', at(9))?.stopped).toBe(at(5));
});

it('pauses are as long as an estate has agreed on', () => {
  const time = { ...shanghai, clocks: { pauses: { parts: '2d' } } };
  expect(capsOf(time)).toEqual({ parts: 2 * day, 'no-access': 3 * day, 'third-party': 7 * day });
  const log = new Log().opened(onset, 'emergency').waits(at(60), 'parts', at(60) + 9 * day);
  expect(look(log, ticketIn(time), 'restore', at(61))?.due).toBe(onset + 3 * day);
});
