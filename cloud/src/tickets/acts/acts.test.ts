import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../db/database.ts';
import { ticketDesk } from '../../testing/ticket-desk.ts';
import { fileHash as hash, type Wish } from '../../testing/ticket-wishes.ts';
import { workOf } from './bill.ts';
import { makePlaceCode, revokePlaceCode } from './place-codes.ts';
import { issueSignOffCode } from './sign-off-codes.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const t0 = Date.UTC(2026, 8, 1, 2);
const resident = { kind: 'resident', name: 'Zhou', contact: '1', channel: 'phone' } as const;

let database: Database;
const desk = ticketDesk(() => database);
beforeAll(async () => {
  database = await openDatabase({ engine: 'sqlite', file: ':memory:' });
  await desk.hire();
});
afterAll(() => database.close());

/** The code of the refusal, or `done`. */
async function outcome(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'done';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

describe('whose a matter is', () => {
  it('is the first one asked until somebody by name accepts it', async () => {
    const told = await desk.report({ reporter: resident }, 'mei', t0);
    expect(told).toMatchObject({
      owner: 'Mei',
      ownerPerson: 'mei',
      firstAsked: { person: 'mei', name: 'Mei' },
      title: { en: 'Broken', zh: 'Broken' },
      state: 'new',
    });
    const handed = await desk.act(told.id, { type: 'hand-over', to: 'lin', note: 'his' }, 'mei');
    expect(handed).toMatchObject({ owner: 'Mei', handover: { to: { person: 'lin' } } });
    expect(await outcome(desk.act(told.id, { type: 'accept' }, 'dong'))).toBe(
      'CLOUD_TICKET_NOT_YOURS',
    );
    const taken = await desk.act(told.id, { type: 'accept' }, 'lin', { at: t0 + 5 });
    expect(taken).toMatchObject({ owner: 'Lin', handover: null, acknowledged: t0 + 5 });
    expect(taken.firstAsked).toEqual({ person: 'mei', name: 'Mei' });
  });

  it('is handed over to a team as one pool, and to nobody who may not act there', async () => {
    const { id } = await desk.report({});
    const to = (more: object) => desk.act(id, { type: 'hand-over', note: 'x', ...more } as Wish);
    expect(await outcome(to({}))).toBe('CLOUD_TICKET_INCOMPLETE');
    expect(await outcome(to({ to: 'bo' }))).toBe('CLOUD_TICKET_PERSON');
    expect(await outcome(to({ to: 'nobody' }))).toBe('CLOUD_TICKET_PERSON');
    expect(await to({ team: 'security' })).toMatchObject({ handover: { team: 'security' } });
    expect(await desk.act(id, { type: 'accept' }, 'dong')).toMatchObject({ owner: 'Dong' });
  });

  it('is whoever comes, when nobody accepted it before', async () => {
    const { id } = await desk.report({});
    expect(await desk.act(id, { type: 'arrive', reason: 'no code' })).toMatchObject({
      owner: 'Lin',
      acknowledged: 2000,
    });
    expect(await desk.act(id, { type: 'start' }, 'dong')).toMatchObject({ owner: 'Lin' });
  });
});

describe('dispatch', () => {
  it('is for who directs others; everybody may go by themselves', async () => {
    const { id } = await desk.report({});
    const send = (to: string, who: 'lin' | 'dong') => desk.act(id, { type: 'dispatch', to }, who);
    expect(await outcome(send('mei', 'lin'))).toBe('CLOUD_FORBIDDEN');
    expect(await outcome(send('bo', 'dong'))).toBe('CLOUD_TICKET_PERSON');
    expect(await send('lin', 'lin')).toMatchObject({ assigned: { person: 'lin', name: 'Lin' } });
    await desk.act(id, { type: 'acknowledge' });
    expect(await send('mei', 'dong')).toMatchObject({ state: 'dispatched', owner: 'Lin' });
    expect(await desk.act(id, { type: 'acknowledge' }, 'mei')).toMatchObject({ owner: 'Mei' });
  });

  it('lets everybody make it more urgent, and only who directs less', async () => {
    const { id } = await desk.report({});
    const rank = (severity: 'high' | 'low', who: 'lin' | 'dong') =>
      desk.act(id, { type: 'prioritise', severity, note: 'x' }, who);
    expect(await rank('high', 'lin')).toMatchObject({ severity: 'high' });
    expect(await outcome(rank('low', 'lin'))).toBe('CLOUD_FORBIDDEN');
    expect(await rank('low', 'dong')).toMatchObject({ severity: 'low' });
    const low = { type: 'triage', severity: 'low', team: 'security', class: 'same-day' } as const;
    expect(await desk.act(id, low)).toMatchObject({ team: 'security', class: 'same-day' });
  });

  it.each(['reject', 'cancel', 'refer-out'] as const)('lets only who directs %s', async (type) => {
    const { id } = await desk.report({});
    const wish = { type, note: 'x', ...(type === 'refer-out' ? { to: 'City' } : {}) } as Wish;
    expect(await outcome(desk.act(id, wish, 'lin'))).toBe('CLOUD_FORBIDDEN');
    const ended = await desk.act(id, wish, 'dong', { at: t0 });
    expect(ended).toMatchObject({ closed: t0, owner: 'Mei' });
    expect((await desk.read(id)).log.at(-1)).toMatchObject({ standing: true });
  });
});

describe('being there', () => {
  it('is proven by the code of the subject or its place, and by no other', async () => {
    const parts = { ...desk.parts(), address: 'https://care.example' };
    const make = (subject: string) => makePlaceCode(parts, 'court', subject, desk.by('dong', 1));
    const [own, other, plaza, building] = [
      await make('court/bin-1'),
      await make('court/bin-2'),
      await make('court/place:广场'),
      await make('court/place:Building 1'),
    ];
    expect(own.text).toBe(`https://care.example/c/${own.code}`);
    const { id } = await desk.report({ subject: 'court/bin-1' });
    const scan = (code: string) => desk.act(id, { type: 'arrive', code });
    expect(await outcome(desk.act(id, { type: 'arrive' }))).toBe('CLOUD_TICKET_INCOMPLETE');
    await expect(scan(other.text)).rejects.toThrow('This is Bin 2 (2 号桶)');
    await expect(scan(building.code)).rejects.toThrow('This is Building 1');
    expect(await outcome(scan('GUESS'))).toBe('CLOUD_TICKET_PLACE');
    expect(await scan(own.text)).toMatchObject({ state: 'on-site' });
    expect((await desk.read(id)).log.at(-1)?.data).toMatchObject({ proven: true });

    const second = await desk.report({ subject: 'court/bin-1' });
    await desk.act(second.id, { type: 'arrive', code: plaza.code.toLowerCase() });
    await revokePlaceCode(parts, 'court', own.code, desk.by('dong', 2));
    const third = await desk.report({ subject: 'court/bin-1' });
    const late = desk.act(third.id, { type: 'arrive', code: own.code });
    expect(await outcome(late)).toBe('CLOUD_TICKET_PLACE');
    await desk.act(third.id, { type: 'arrive', reason: 'The sign is gone' });
    expect((await desk.read(third.id)).log.at(-1)?.data).toMatchObject({ proven: false });
  });
});

describe('work', () => {
  const quote = { type: 'quote', labour: 5000, parts: 1000, currency: 'CNY' } as const;
  const consent = { type: 'consent', by: 'Zhou' } as const;
  const mend: Wish = { type: 'fix', what: 'Hinge', files: [] };

  async function begun() {
    const { id } = await desk.report({}, 'mei', t0);
    await desk.act(id, { type: 'arrive', reason: 'x' }, 'lin', { at: t0 });
    await desk.act(id, { type: 'start' }, 'lin', { at: t0 });
    return id;
  }
  const at = (minutes: number) => ({ at: t0 + minutes * minute });

  it('of ten minutes costs no labour, and longer what was agreed to', async () => {
    const quick = await begun();
    await desk.act(quick, quote, 'lin', at(1));
    expect(await desk.act(quick, mend, 'lin', at(10))).toMatchObject({ state: 'fixed' });
    expect(workOf((await desk.read(quick)).events, t0 + day).bill).toMatchObject({
      ...{ free: true, total: 0 },
    });

    const slow = await begun();
    await desk.act(slow, quote, 'lin', at(1));
    const early = desk.act(slow, mend, 'lin', { at: t0 + 10 * minute + 1 });
    expect(await outcome(early)).toBe('CLOUD_TICKET_CONSENT');
    await desk.act(slow, consent, 'lin', at(11));
    await desk.act(slow, { type: 'part', name: 'Hinge', quantity: 2, price: 600 }, 'lin', at(12));
    // Parts for 1,200, labour for 5,000, agreed to 6,000.
    expect(await outcome(desk.act(slow, mend, 'lin', at(13)))).toBe('CLOUD_TICKET_CONSENT');
    await desk.act(slow, { ...quote, parts: 1200 }, 'lin', at(14));
    expect(await outcome(desk.act(slow, mend, 'lin', at(15)))).toBe('CLOUD_TICKET_CONSENT');
    await desk.act(slow, consent, 'lin', at(16));
    await desk.act(slow, mend, 'lin', at(17));
    const { bill, worked } = workOf((await desk.read(slow)).events, t0 + day);
    expect({ ...bill, worked }).toEqual({
      ...{ free: false, labour: 5000, parts: 1200, total: 6200, currency: 'CNY' },
      worked: 17 * minute,
    });
  });

  it('does not count while it waits, nor asks for consent to nothing', async () => {
    const id = await begun();
    expect(await outcome(desk.act(id, consent))).toBe('CLOUD_TICKET_CONSENT');
    const wait = { type: 'wait', reason: 'parts', evidence: 'order' } as const;
    await desk.act(id, { ...wait, files: [], until: t0 + day }, 'lin', at(4));
    const resumed = await desk.act(id, { type: 'resume' }, 'lin', at(500));
    expect(resumed).toMatchObject({ state: 'working', waiting: null });
    await desk.act(id, mend, 'lin', at(505));
    expect(workOf((await desk.read(id)).events, t0 + day)).toMatchObject({
      worked: 9 * minute,
      bill: { free: true },
    });
  });

  it('has its steps ticked with the time, the later tick of each', async () => {
    const id = await begun();
    await desk.act(id, { type: 'tick', step: 'knock', done: true }, 'lin', at(1));
    await desk.act(id, { type: 'tick', step: 'tools', done: true }, 'mei', at(2));
    await desk.act(id, { type: 'tick', step: 'knock', done: false }, 'mei', at(3));
    expect(workOf((await desk.read(id)).events, t0).checklist).toEqual([
      { step: 'knock', done: false, at: t0 + 3 * minute, by: 'Mei' },
      { step: 'tools', done: true, at: t0 + 2 * minute, by: 'Mei' },
    ]);
  });

  it.each([
    ['parts', 14],
    ['no-access', 3],
    ['third-party', 7],
  ] as const)('waits for %s at most %i days', async (reason, days) => {
    const id = await begun();
    const wait = (until: number) =>
      desk.act(id, { type: 'wait', reason, evidence: 'x', files: [], until }, 'lin', { at: t0 });
    expect(await outcome(wait(t0))).toBe('CLOUD_TICKET_TIME');
    expect(await outcome(wait(t0 + days * day + 1))).toBe('CLOUD_TICKET_TIME');
    expect(await wait(t0 + days * day)).toMatchObject({ waiting: { reason } });
  });

  it('stops at a temporary measure with a photo of it and a day for the rest', async () => {
    const id = await begun();
    const measure = (finalBy: number) => {
      const said = { what: 'Tape', risk: 'Drips', files: [hash], parts: [], finalBy };
      return desk.act(id, { type: 'temporary-measure', ...said }, 'lin', { at: t0 });
    };
    expect(await outcome(measure(t0 + day))).toBe('CLOUD_FILE_UNKNOWN');
    await desk.upload(id);
    expect(await outcome(measure(t0))).toBe('CLOUD_TICKET_TIME');
    expect(await measure(t0 + day)).toMatchObject({
      state: 'temporary-measure',
      finalBy: t0 + day,
    });
    await desk.act(id, { type: 'attach', file: hash, kind: 'before' });
  });
});

describe('the end', () => {
  const note = 'x';
  const fix: Wish = { type: 'fix', what: 'x', files: [] };
  async function fixed(told: object = {}) {
    const { id } = await desk.report(told);
    await desk.act(id, { type: 'acknowledge' });
    await desk.act(id, fix);
    return id;
  }

  it('is seen by a second person where no sensor can', async () => {
    const id = await fixed();
    const look = (who: 'lin' | 'mei') => desk.act(id, { type: 'verify', note }, who, { at: t0 });
    expect(await outcome(look('lin'))).toBe('CLOUD_TICKET_SECOND_PERSON');
    expect(await look('mei')).toMatchObject({ verified: t0, conditionClear: true });
  });

  /** A ticket that a rule found, be it true or not. */
  async function found(id: number): Promise<number> {
    const times = { onset: id, detected: id, ended: null, worst: null, worst_at: null, learnt: 0 };
    const told = {
      severity: 'high',
      effect: 'down',
      standard_version: 'v1',
      why: '{}',
      state: 'standing',
    } as const;
    const flags = { latched: 0, history: 0, reason: null, ticket: id } as const;
    const about = { estate: 'court', subject: `court/bin-${id}`, rule: 'fire', item: 'TP23-01' };
    await database.write((tx) =>
      tx
        .insertInto('episodes')
        .values({ ...about, ...times, ...told, ...flags })
        .execute(),
    );
    return id;
  }

  it('is for the sensor to say where one found it and is heard of', async () => {
    const id = await found(await fixed());
    const look = () => desk.act(id, { type: 'verify', note }, 'mei');
    desk.watchedBy({ rule: 'fire', verdict: 'ok' }, { rule: 'other', verdict: 'unknown' });
    expect(await outcome(look())).toBe('CLOUD_TICKET_SENSOR_DECIDES');
    const told = await fixed({ subject: 'court/bin-1', item: 'TP23-01' });
    // Of this one no sensor ever said that anything was wrong.
    await desk.act(told, { type: 'verify', note }, 'mei');
    desk.watchedBy({ rule: 'fire', verdict: 'unknown' }, { rule: 'other', verdict: 'ok' });
    expect(await look()).toMatchObject({ state: 'verified', conditionClear: false });
    desk.watchedBy();
  });

  it('of what latches needs a clear condition and a second person', async () => {
    const id = await fixed();
    await desk.put(id, 'fixed', { latched: 1, condition_clear: 0 });
    const look = (who: 'lin' | 'mei') => desk.act(id, { type: 'verify', note }, who);
    expect(await outcome(look('mei'))).toBe('CLOUD_TICKET_STANDS');
    await desk.put(id, 'fixed', { condition_clear: 1 });
    expect(await outcome(look('lin'))).toBe('CLOUD_TICKET_SECOND_PERSON');
    expect(await look('mei')).toMatchObject({ state: 'verified' });
  });

  it('is signed by the customer, or by a second employee for what is nobody’s', async () => {
    const [theirs, ours] = [await fixed({ reporter: resident }), await fixed()];
    for (const id of [theirs, ours]) await desk.act(id, { type: 'verify', note }, 'mei');
    const sign = (id: number, more: object = {}, who: 'lin' | 'mei' = 'lin') =>
      desk.act(id, { type: 'sign-off', by: 'Zhou', ...more } as Wish, who);
    expect(await outcome(sign(ours))).toBe('CLOUD_TICKET_SECOND_PERSON');
    expect(await sign(ours, {}, 'mei')).toMatchObject({ state: 'signed-off', followUp: 'none' });
    expect(await desk.act(ours, { type: 'close', note })).toMatchObject({ state: 'closed' });

    expect(await outcome(sign(theirs))).toBe('CLOUD_TICKET_INCOMPLETE');
    expect(await outcome(sign(theirs, { file: hash }))).toBe('CLOUD_FILE_UNKNOWN');
    expect(await outcome(desk.act(theirs, { type: 'close', note }))).toBe(
      'CLOUD_TICKET_FOLLOW_UP_OWED',
    );
    await desk.upload(theirs);
    expect(await sign(theirs, { file: hash })).toMatchObject({ followUp: 'owed' });
  });

  it('is signed by a code that counts once, and for five wrong attempts', async () => {
    const id = await fixed({ reporter: resident });
    await desk.act(id, { type: 'verify', note }, 'mei');
    const issue = (at: number) => issueSignOffCode(desk.parts(), id, desk.by('mei', at));
    const say = (code: string, at = 2000) =>
      desk.act(id, { type: 'sign-off', by: 'Zhou', code }, 'lin', { at });
    const first = await issue(0);
    expect(first.code).toMatch(/^\d{6}$/);
    const wrong = first.code === '000000' ? '000001' : '000000';
    for (let i = 0; i < 5; i += 1)
      expect(await outcome(say(wrong))).toBe('CLOUD_TICKET_CODE_REFUSED');
    expect(await outcome(say(first.code))).toBe('CLOUD_TICKET_CODE_REFUSED');
    const second = await issue(0);
    expect(await outcome(say(second.code, second.expires))).toBe('CLOUD_TICKET_CODE_REFUSED');
    expect(await say(second.code)).toMatchObject({ state: 'signed-off', followUp: 'owed' });
    const kept = await database.read.selectFrom('ticket_codes').selectAll().execute();
    expect(kept).toEqual([]);
  });

  it('asks the customer: yes closes, no reopens, and three times nobody closes with a reason', async () => {
    const asked = async () => {
      const id = await fixed({ reporter: resident });
      await desk.act(id, { type: 'verify', note }, 'mei');
      return id;
    };
    const ask = (id: number, satisfied: 'yes' | 'no' | 'unreached') =>
      desk.act(id, { type: 'follow-up', contact: '1', satisfied }, 'mei', { at: t0 });
    expect(await ask(await asked(), 'yes')).toMatchObject({ state: 'closed', followUp: 'done' });

    const bad = await asked();
    const again = { state: 'reopened', followUp: 'none', fixed: null, verified: null };
    expect(await ask(bad, 'no')).toMatchObject(again);

    const away = await asked();
    expect(await ask(away, 'unreached')).toMatchObject({ state: 'follow-up', followUp: 'owed' });
    expect(await ask(away, 'unreached')).toMatchObject({ state: 'follow-up' });
    expect(await ask(away, 'unreached')).toMatchObject({ state: 'closed', closed: t0 });
    expect((await desk.read(away)).log.at(-1)?.data).toMatchObject({
      attempt: 3,
      reason: 'unreached',
    });
  });

  it('clears itself with one tap only when it is clear, and nothing that latches', async () => {
    const { id } = await desk.report({});
    const tap = () => desk.act(id, { type: 'self-clear' });
    expect(await outcome(tap())).toBe('CLOUD_TICKET_STANDS');
    await desk.put(id, 'new', { condition_clear: 1, latched: 1 });
    expect(await outcome(tap())).toBe('CLOUD_TICKET_STANDS');
    await desk.put(id, 'new', { latched: 0 });
    expect(await outcome(tap())).toBe('CLOUD_TICKET_UNPROVEN');
    await desk.put(id, 'new', { asks: 'self-clear' });
    expect(await tap()).toMatchObject({ state: 'self-cleared' });
  });

  it('is undone unless the same matter is open elsewhere', async () => {
    const told = { subject: 'court/bin-2', item: 'TP23-03' };
    const { id } = await desk.report(told);
    await desk.act(id, { type: 'cancel', note }, 'dong');
    const next = await desk.report(told);
    const undo = () => desk.act(id, { type: 'reopen', note }, 'dong');
    expect(await outcome(undo())).toBe('CLOUD_TICKET_OTHER_OPEN');
    await desk.act(next.id, { type: 'cancel', note }, 'dong');
    expect(await undo()).toMatchObject({ state: 'reopened', closed: null });
  });
});

describe('a report', () => {
  it('of what is open already says so there', async () => {
    const told = { subject: 'court/bin-1', item: 'TP23-07', reporter: resident };
    const first = await desk.report({ ...told, reporter: null }, 'mei');
    const second = await desk.report({ ...told, title: 'Still broken' }, 'lin');
    expect(second).toMatchObject({ id: first.id, owner: 'Mei', reporter: resident });
    expect((await desk.read(first.id)).log.map(({ type }) => type)).toEqual([
      'reported',
      'reported-again',
    ]);
  });

  it('names what there is, and may promise', async () => {
    const promise = { kind: 'today' } as const;
    const made = await desk.report({ place: 'Flat 301', promise, kind: 'complaint' }, 'mei', t0);
    expect(made).toMatchObject({ subject: 'court/place:Flat 301', source: 'complaint' });
    expect((await desk.read(made.id)).log.at(-1)).toMatchObject({
      type: 'promised',
      // Midnight in Shanghai.
      data: { kind: 'today', at: Date.UTC(2026, 8, 1, 16) },
    });
    expect(await outcome(desk.report({ subject: 'court/none' }))).toBe('CLOUD_ASSET_UNKNOWN');
    expect(await outcome(desk.report({ item: 'none' }))).toBe('CLOUD_TICKET_ITEM');
    const past = desk.report({ promise: { kind: 'at', at: t0 } }, 'mei', t0);
    expect(await outcome(past)).toBe('CLOUD_TICKET_TIME');
    const vague = desk.report({ promise: { kind: 'at' } });
    expect(await outcome(vague)).toBe('CLOUD_TICKET_INCOMPLETE');
  });
});
