import { get, type IncomingMessage } from 'node:http';
import { patient } from '@caretaker/readings/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { configFor, type RunningCloud, runCloud, temporaryFolder } from '../testing/cloud.ts';
import { GatewayPlayer, reading } from '../testing/gateway.ts';
import { letIn, visit } from '../testing/visitor.ts';

type Headers = Record<string, string>;

const grant = (estate: string) => [{ role: 'engineer' as const, estates: [estate] }];
const start = Date.now() - 600_000;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let run: RunningCloud;
let gateway: GatewayPlayer;

beforeAll(async () => {
  folder = await temporaryFolder();
  run = await runCloud(configFor(folder.path));
  gateway = await GatewayPlayer.connect(run);
  await gateway.hello();
});
afterAll(async () => {
  await gateway.leave();
  await run.cloud.stop();
  await folder.remove();
});

/** An open stream of events and what came by it. */
async function listen(headers: Headers) {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    get(`${run.url}/api/events`, { headers }, resolve).on('error', reject);
  });
  expect(answer.statusCode).toBe(200);
  const heard = { text: '', over: false, close: () => answer.destroy() };
  answer.setEncoding('utf8');
  answer.on('data', (text) => {
    heard.text += text;
  });
  // Cut off in the middle of an answer: that is how a stream ends.
  answer.on('error', () => {});
  answer.on('close', () => {
    heard.over = true;
  });
  return heard;
}

const ends = (stream: { over: boolean }) =>
  vi.waitFor(() => expect(stream.over).toBe(true), patient);
const hears = (stream: { text: string }, what: string) =>
  vi.waitFor(() => expect(stream.text).toContain(what), patient);

/** Waits until what a stream may tell was looked up anew, which it is at every sign of life. */
function renewed(stream: { text: string }) {
  const signs = () => stream.text.split(': alive').length;
  const before = signs();
  return () => vi.waitFor(() => expect(signs()).toBeGreaterThan(before + 1), patient);
}

/** As an administrator does it by a program. */
async function change(method: string, path: string, body: object) {
  const headers = { authorization: `Bearer ${run.bearer}` };
  const { status } = await visit(run.url + path, method, { headers, body });
  expect(status).toBe(200);
}

describe('a stream of events', () => {
  it('tells only of estates that one may look at, as that stands at the moment', async () => {
    const here = await letIn(run, 'here', grant('court'));
    const elsewhere = await letIn(run, 'elsewhere', grant('park'));
    const [own, other] = [await listen(here.headers), await listen(elsewhere.headers)];
    await gateway.send(1, [reading('bin-1/temp_c', start, 71)]);
    await hears(own, '"court/bin-1"');
    await change('PATCH', `/api/people/${elsewhere.id}`, { grants: grant('court') });
    await change('PATCH', `/api/people/${here.id}`, { grants: grant('park') });
    const isRenewed = renewed(own);
    let sequence = 1;
    await vi.waitFor(async () => {
      sequence += 1;
      await gateway.send(sequence, [reading('bin-2/temp_c', start + sequence, 60 + sequence)]);
      expect(other.text).toContain('court/bin-2');
    }, patient);
    expect(other.text).not.toContain('court/bin-1');
    await gateway.untilAccepted(sequence);
    await isRenewed();
    own.text = '';
    await gateway.send(sequence + 1, [reading('lift-1/trapped', start + 100_000, true)]);
    await hears(other, 'lift-trapped');
    expect(own.text).not.toContain('data:');
    own.close();
    other.close();
  });

  it('ends with its session, its person and its token, and no other does', async () => {
    const out = await letIn(run, 'out', grant('court'));
    const gone = await letIn(run, 'gone', grant('court'));
    const stays = await listen((await letIn(run, 'stays', grant('court'))).headers);
    const byToken = await tokenOf(gone.headers);
    const [signedOut, disabled, revoked] = [
      await listen(out.headers),
      await listen(gone.headers),
      await listen(byToken.headers),
    ];
    await visit(`${run.url}/api/session`, 'DELETE', { headers: out.headers });
    await ends(signedOut);
    expect([disabled.over, revoked.over]).toEqual([false, false]);
    await visit(`${run.url}/api/account/tokens/${byToken.id}`, 'DELETE', {
      headers: gone.headers,
    });
    await ends(revoked);
    expect(disabled.over).toBe(false);
    await change('PATCH', `/api/people/${gone.id}`, { disabled: true });
    await ends(disabled);
    expect(stays.over).toBe(false);
    stays.close();
  });

  it('does not begin for nobody, nor for an estate that one may not know of', async () => {
    const { headers } = await letIn(run, 'asks', grant('park'));
    const foreign = await visit(`${run.url}/api/events?estate=court`, 'GET', { headers });
    const none = await visit(`${run.url}/api/events?estate=none`, 'GET', { headers });
    expect([foreign.status, none.status]).toEqual([404, 404]);
    expect(foreign.body.detail.replaceAll('court', 'none')).toBe(none.body.detail);
    expect((await visit(`${run.url}/api/events`, 'GET')).status).toBe(401);
  });
});

async function tokenOf(headers: Headers): Promise<{ id: string; headers: Headers }> {
  const expires = Date.now() + 3_600_000;
  const body = { name: 'stream', grants: grant('court'), readOnly: true, expires };
  const made = await visit(`${run.url}/api/account/tokens`, 'POST', { headers, body });
  expect(made.status).toBe(201);
  return { id: made.body.id, headers: { authorization: `Bearer ${made.body.token}` } };
}
