import { afterEach, describe, expect, it, vi } from 'vitest';
import { answered, get, write } from './client.ts';
import { doors } from './doors.ts';
import { ProblemError } from './problem.ts';

const refusal = (code: string, status = 403, headers = {}) =>
  Response.json(
    { type: 'about:blank', title: '', status, detail: 'No.', code },
    { status, headers },
  );

function serve(...answers: Response[]) {
  const sent: string[] = [];
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
    sent.push(`${init.method ?? 'GET'} ${path}`);
    return Promise.resolve(answers.shift() ?? Response.json({ done: true }));
  });
  return sent;
}

const noDoors = doors.mayRepeat;
afterEach(() => {
  doors.mayRepeat = noDoors;
  vi.unstubAllGlobals();
});

describe('a request that was refused', () => {
  it('goes on once what was missing is there', async () => {
    const sent = serve(refusal('CLOUD_SIGN_IN_NEEDED', 401), refusal('CLOUD_CONFIRM_NEEDED'));
    const asked: string[] = [];
    doors.mayRepeat = ({ problem }, method) => {
      asked.push(`${method} ${problem.code}`);
      return Promise.resolve(true);
    };
    expect(await write('POST', '/api/people', {})).toEqual({ done: true });
    expect(asked).toEqual(['POST CLOUD_SIGN_IN_NEEDED', 'POST CLOUD_CONFIRM_NEEDED']);
    expect(sent).toHaveLength(3);
  });

  it('stays refused when nobody proves anything, and is never sent for ever', async () => {
    const code = 'CLOUD_CONFIRM_NEEDED';
    let sent = serve(refusal(code));
    doors.mayRepeat = () => Promise.resolve(false);
    await expect(write('DELETE', '/api/people/1')).rejects.toMatchObject({ problem: { code } });
    expect(sent).toEqual(['DELETE /api/people/1']);
    sent = serve(...Array.from({ length: 9 }, () => refusal(code)));
    doors.mayRepeat = () => Promise.resolve(true);
    await expect(get('/api/people')).rejects.toBeInstanceOf(ProblemError);
    expect(sent).toHaveLength(3);
  });

  it('says how long to wait', async () => {
    serve(refusal('CLOUD_SIGN_IN_WAIT', 429, { 'retry-after': '64' }));
    await expect(write('POST', '/api/session')).rejects.toMatchObject({ retryAfter: 64_000 });
  });
});

it('tells when everything that was asked is answered, also what was refused', async () => {
  const answers: ((answer: Response) => void)[] = [];
  vi.stubGlobal('fetch', () => new Promise((resolve) => answers.push(resolve)));
  const [first, second] = [write('POST', '/api/a'), get('/api/b').catch(() => {})];
  let all = false;
  const waiting = answered().then(() => {
    all = true;
  });
  answers[0]?.(Response.json({}));
  await first;
  expect(all).toBe(false);
  answers[1]?.(refusal('CLOUD_NOT_ALLOWED'));
  await waiting;
  await second;
});
