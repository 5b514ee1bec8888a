import type { SessionInfo } from '@caretaker/cloud/contract';
import { describe, expect, it } from 'vitest';
import { ProblemError, unreachable } from '../api/problem.ts';
import { type News, SessionStore } from './session-store.ts';

const out: SessionInfo = {
  state: 'none',
  first: false,
  oidc: null,
  person: null,
  token: null,
  grants: [],
  may: {},
  roles: {},
  confirmed: null,
  secondFactor: false,
};
const half: SessionInfo = { ...out, state: 'half' };
const of = (id: string): SessionInfo => ({
  ...out,
  state: 'full',
  person: { id, login: id, name: id },
  grants: [{ role: 'engineer', estates: 'all' }],
  may: {},
});

function bench(...answers: (SessionInfo | Error)[]) {
  const did: string[] = [];
  const told: News[] = [];
  let asked = 0;
  const store = new SessionStore({
    read() {
      const answer = answers[Math.min(asked, answers.length - 1)] ?? out;
      asked += 1;
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    answered: () => Promise.resolve(),
    tell: (news) => told.push(news),
    reload: () => did.push('reload'),
    leave: (where) => did.push(`leave ${where}`),
    refresh: () => did.push('refresh'),
  });
  return { store, did, told, asked: () => asked, kind: () => store.status().kind };
}

describe('who is signed in', () => {
  it('is asked of the service, once for many who ask at the same time', async () => {
    const { store, asked, kind } = bench(of('wu'));
    expect(kind()).toBe('asking');
    await Promise.all([store.ask(), store.ask()]);
    expect(kind()).toBe('in');
    expect(asked()).toBe(1);
  });

  it('stays unknown with the reason while the service does not answer, and stays known once it was', async () => {
    const { store, kind } = bench(unreachable(null), of('wu'), unreachable(null));
    await store.ask();
    expect(store.status()).toMatchObject({ kind: 'asking', error: expect.any(ProblemError) });
    await store.ask();
    await store.ask();
    expect(kind()).toBe('in');
  });

  it('is nobody before the second factor', () => {
    const { store, told, kind } = bench();
    store.take(half);
    expect(kind()).toBe('out');
    expect(told).toEqual([]);
    store.take(of('wu'));
    expect(kind()).toBe('in');
    expect(told).toEqual(['in']);
  });
});

describe('a session that ends while somebody works', () => {
  it('keeps the page, and lets what was refused go on when the same person is back', async () => {
    const { store, did, kind } = bench(of('wu'), out);
    await store.ask();
    expect(await store.refused()).toBe(false);
    expect(kind()).toBe('lapsed');
    const back = store.back();
    store.take(half);
    expect(kind()).toBe('lapsed');
    store.take(of('wu'));
    expect(await back).toBe(true);
    expect(kind()).toBe('in');
    expect(did).toEqual(['refresh']);
  });

  it('is not over while its token is being replaced, though the one before is refused', async () => {
    const { store, kind } = bench(of('wu'), out, of('wu'));
    await store.ask();
    const statuses: string[] = [];
    store.subscribe(() => statuses.push(kind()));
    expect(await store.refused()).toBe(true);
    expect(statuses).not.toContain('lapsed');
  });

  it('loads the page anew for somebody else, and sends nothing in their name', async () => {
    const { store, did } = bench(of('wu'), out);
    await store.ask();
    await store.refused();
    let sent: boolean | null = null;
    void store.back().then((back) => {
      sent = back;
    });
    store.take(of('li'));
    await Promise.resolve();
    expect(did).toEqual(['reload']);
    expect(sent).toBeNull();
  });

  it('was not over when only the token was replaced: the request is sent again', async () => {
    const { store, did, kind } = bench(of('wu'));
    await store.ask();
    expect(await store.refused()).toBe(true);
    expect(kind()).toBe('in');
    expect(did).toEqual([]);
  });

  it('is given up by whoever leaves then', async () => {
    const { store, did } = bench(of('wu'), out);
    await store.ask();
    await store.refused();
    const back = store.back();
    store.leave();
    expect(await back).toBe(false);
    expect(did).toEqual(['leave here']);
  });
});

describe('another tab', () => {
  it('follows a sign-out', async () => {
    const [here, there] = [bench(of('wu')), bench(of('wu'))];
    await here.store.ask();
    await there.store.ask();
    here.store.leave();
    for (const news of here.told) there.store.hear(news);
    expect(here.did).toEqual(['leave here']);
    expect(there.did).toEqual(['leave elsewhere']);
    expect(there.told, 'no echo').toEqual([]);
    expect(there.kind()).toBe('asking');
  });

  it('follows a sign-in, and is loaded anew when it is of somebody else', async () => {
    const same = bench(out, of('wu'));
    await same.store.ask();
    same.store.hear('in');
    await same.store.ask();
    expect(same.kind()).toBe('in');
    expect(same.did).toEqual([]);
    const other = bench(of('wu'), of('li'));
    await other.store.ask();
    other.store.hear('in');
    await other.store.ask();
    expect(other.did).toEqual(['reload']);
  });

  it('that shows the way in does not move when one signs out elsewhere', async () => {
    const { store, did } = bench(out);
    await store.ask();
    store.hear('out');
    expect(did).toEqual([]);
  });
});
