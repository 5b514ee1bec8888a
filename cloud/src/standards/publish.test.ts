import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {
  Limit,
  OwnLimit,
  Page,
  Point,
  Problem,
  Standard,
  StandardFault,
  StandardVersion,
} from '../contract/index.ts';
import {
  configFor,
  type RunningCloud,
  runCloud,
  scripts,
  temporaryFolder,
} from '../testing/cloud.ts';
import { full, hot, writeStandard } from '../testing/standard.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let run: RunningCloud | null = null;

beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(async () => {
  await run?.cloud.stop();
  run = null;
  await folder.remove();
});

const rulesIn = () => join(folder.path, 'rules');

/** A cloud with a standard of these rules; the folder of its data stays from start to start. */
async function start(rules: readonly string[]): Promise<RunningCloud> {
  await run?.cloud.stop();
  run = null;
  await writeStandard(rulesIn(), rules);
  const settings = { CARETAKER_STANDARD: rulesIn() };
  run = await runCloud(configFor(join(folder.path, 'data'), settings));
  return run;
}

async function send(method: string, path: string, body: object) {
  const response = await run!.ask(path, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

const versions = async () =>
  (await (run as RunningCloud).list<StandardVersion>('/api/standard/versions')).map(
    ({ number, version, inForce }) => ({ number, version, inForce }),
  );

const bad = hot(60).replace('°C', 'kPa').replace('clear: 45', 'clear: 70');

describe('a standard', () => {
  it('is kept once when it is the same at every start, and from now on when it is another', async () => {
    await start([hot(60)]);
    const first = await run!.get<Standard>('/api/standard');
    await start([hot(60)]);
    expect(await versions()).toEqual([{ number: 1, version: first.version, inForce: true }]);
    const before = Date.now();
    await start([hot(70)]);
    const second = await run!.get<Standard>('/api/standard');
    expect(second.effective).toBeGreaterThanOrEqual(before);
    expect(await versions()).toEqual([
      { number: 2, version: second.version, inForce: true },
      { number: 1, version: first.version, inForce: false },
    ]);
    await start([hot(60)]);
    expect((await versions()).map(({ number, version }) => [number, version])).toEqual([
      [3, first.version],
      [2, second.version],
      [1, first.version],
    ]);
    const page = await run!.get<Page<StandardVersion>>('/api/standard/versions?limit=2');
    const rest = await run!.get<Page<StandardVersion>>(
      `/api/standard/versions?limit=2&cursor=${page.next}`,
    );
    expect([...page.items, ...rest.items].map(({ number }) => number)).toEqual([3, 2, 1]);
  });

  it('tells what is otherwise in it than in another version', async () => {
    await start([hot(60)]);
    await start([hot(70), full(80)]);
    const diff = await run!.get<{ touchpoints: { items: { rules: unknown[] }[] }[] }>(
      '/api/standard/versions/1/diff/2',
    );
    expect(diff.touchpoints[0]?.items.flatMap((item) => item.rules)).toMatchObject([
      { id: 'hot', what: 'changed', changes: [{ text: { en: 'limit 60 → 70 °C' } }] },
      { id: 'full', what: 'added' },
    ]);
    const [{ version } = { version: '' }] = await versions();
    const none = await run!.get(`/api/standard/versions/2/diff/${version}`);
    expect(none).toMatchObject({ from: version, to: version, touchpoints: [] });
    const unknown = await run!.ask('/api/standard/versions/1/diff/9');
    expect(await unknown.json()).toMatchObject({ status: 404, code: 'CLOUD_VERSION_UNKNOWN' });
  });

  it('with faults leaves the kept one in force at a start, and says so wherever people look', async () => {
    await start([hot(60)]);
    const before = await run!.get<Standard>('/api/standard');
    await start([bad]);
    const now = await run!.get<Standard>('/api/standard');
    expect(now.version).toBe(before.version);
    expect(now.refused?.faults.map(({ code, where }) => [code, where])).toEqual([
      ['STANDARDS_WRONG_UNIT', expect.stringMatching(/^TP23\.yaml:\d+ items\[0\]\.rules\[0\]\./)],
      ['STANDARDS_CLEAR_SIDE', expect.stringMatching(/^TP23\.yaml:\d+ items\[0\]\.rules\[0\]\./)],
    ]);
    expect(await run!.get('/readyz')).toMatchObject({
      status: 'ready',
      notices: [expect.stringContaining(before.version)],
    });
    expect(run!.log).toContainEqual(expect.stringContaining('has faults and is not used'));
    await start([hot(60)]);
    expect((await run!.get<Standard>('/api/standard')).refused).toBeNull();
    expect(await versions()).toHaveLength(1);
  });

  it('with faults, or none at all, is no start when there is nothing to go on with', async () => {
    await expect(start([bad])).rejects.toMatchObject({
      code: 'STANDARDS_INVALID',
      faults: [{ code: 'STANDARDS_WRONG_UNIT' }, { code: 'STANDARDS_CLEAR_SIDE' }],
    });
    const settings = { CARETAKER_STANDARD: join(folder.path, 'nowhere') };
    const nowhere = runCloud(configFor(join(folder.path, 'data'), settings));
    await expect(nowhere).rejects.toMatchObject({
      faults: [{ code: 'CLOUD_STANDARD_UNREADABLE' }],
    });
  });

  it('is read again without a restart, and refused with every fault of it', async () => {
    await start([hot(60)]);
    const [first] = await versions();
    await writeStandard(rulesIn(), [bad]);
    const refused = await send('POST', '/api/standard/reload', {});
    expect(refused.status).toBe(422);
    expect((refused.body as Problem).code).toBe('STANDARDS_INVALID');
    expect((refused.body as { faults: StandardFault[] }).faults).toMatchObject([
      { code: 'STANDARDS_WRONG_UNIT', where: expect.stringContaining('TP23.yaml:') },
      { code: 'STANDARDS_CLEAR_SIDE' },
    ]);
    expect(await versions()).toEqual([first]);
    expect((await run!.get<Standard>('/api/standard')).refused?.faults).toHaveLength(2);
    await writeStandard(rulesIn(), [hot(70)]);
    const taken = await send('POST', '/api/standard/reload', { note: 'summer' });
    expect(taken).toMatchObject({
      status: 200,
      body: {
        version: { number: 2, by: scripts, note: 'summer', inForce: true },
        diff: { counts: {} },
      },
    });
    const same = await send('POST', '/api/standard/reload', {});
    expect(same).toMatchObject({ status: 200, body: { version: { number: 2 }, diff: null } });
    expect((await run!.get<Standard>('/api/standard')).refused).toBeNull();
  });
});

describe('a limit of an estate', () => {
  const at = { estate: 'court', asset: 'bin-2', rule: 'hot', reason: 'sunny place' };
  const put = (body: object) => send('PUT', '/api/standard/overrides', { ...at, ...body });
  const end = (body: object) => send('DELETE', '/api/standard/overrides', { ...at, ...body });
  const own = () => run!.list<OwnLimit>('/api/standard/overrides?estate=court');
  const drawn = async (): Promise<Limit[]> =>
    (await run!.list<Point>('/api/points?estate=court')).find((p) => p.id === 'court/bin-2/temp_c')
      ?.limits ?? [];

  beforeEach(async () => {
    await start([hot(60), full(80)]);
  });

  it('is in force at once, shown, kept over a restart, and taken back with its history', async () => {
    const before = Date.now();
    expect((await put({ numbers: { limit: 70, for_s: 60 } })).status).toBe(200);
    expect(await drawn()).toMatchObject([{ rule: 'hot', limit: 70, clear: 45, for: 60_000 }]);
    const list = await own();
    expect(list).toMatchObject([
      { point: 'court/bin-2/temp_c', name: 'for_s', value: 60, state: 'in-force' },
      { name: 'limit', value: 70, by: scripts, reason: 'sunny place', until: null, read: true },
    ]);
    expect(list[1]?.from).toBeGreaterThanOrEqual(before);
    await put({ numbers: { limit: 70 } });
    expect(await own()).toEqual(list);
    await start([hot(60), full(80)]);
    expect(await drawn()).toMatchObject([{ limit: 70 }]);
    expect((await end({ numbers: ['limit'], reason: 'shaded now' })).status).toBe(200);
    expect(await drawn()).toMatchObject([{ limit: 60, for: 60_000 }]);
    expect((await own()).map(({ name, value, state }) => [name, value, state])).toEqual([
      ['for_s', 60, 'in-force'],
      ['limit', 70, 'past'],
      ['limit', null, 'in-force'],
    ]);
  });

  it('may be set for a time to come, and never for one that has passed', async () => {
    const past = await put({ numbers: { limit: 70 }, from: Date.now() - 1000 });
    expect(past).toMatchObject({ status: 422, body: { code: 'CLOUD_EFFECTIVE_PAST' } });
    const from = Date.now() + 3_600_000;
    await put({ numbers: { limit: 70 }, from });
    await put({ numbers: { limit: 65 } });
    expect(await drawn()).toMatchObject([{ limit: 65 }]);
    expect((await own()).map(({ value, state, until }) => [value, state, until])).toEqual([
      [65, 'in-force', from],
      [70, 'to-come', null],
    ]);
  });

  it.each<[string, object, string]>([
    [
      'a rule that is not there',
      { rule: 'cold', numbers: { limit: 1 } },
      'STANDARDS_UNKNOWN_OVERRIDE',
    ],
    ['a number that the rule has not', { numbers: { height: 1 } }, 'STANDARDS_UNKNOWN_OVERRIDE'],
    [
      'an asset that is not there',
      { asset: 'bin-9', numbers: { limit: 1 } },
      'STANDARDS_UNKNOWN_OVERRIDE',
    ],
    [
      'another point',
      { asset: undefined, point: 'court/bin-2/fill_pct', numbers: { limit: 70 } },
      'STANDARDS_UNKNOWN_OVERRIDE',
    ],
    ['a limit beyond which it clears', { numbers: { limit: 40 } }, 'STANDARDS_OVERRIDE_VALUE'],
    ['a hold that never ends', { numbers: { for_s: 1e9 } }, 'STANDARDS_OVERRIDE_VALUE'],
  ])('is refused for %s', async (_, body, code) => {
    const { status, body: problem } = await put(body);
    expect(status).toBe(422);
    expect(problem).toMatchObject({ code: 'CLOUD_OVERRIDE_INVALID', faults: [{ code }] });
    expect(await own()).toEqual([]);
  });

  it('is refused with every fault at once', async () => {
    const { body } = await put({ numbers: { limit: 40, for_s: -1 } });
    expect((body as { faults: unknown[] }).faults).toHaveLength(2);
  });

  it('is not taken back when the rest would make no sense', async () => {
    await put({ numbers: { limit: 80, clear: 70 } });
    const { status, body } = await end({ numbers: ['limit'] });
    expect(status).toBe(422);
    expect(body).toMatchObject({ faults: [{ code: 'STANDARDS_OVERRIDE_VALUE' }] });
    expect((await end({ numbers: ['limit', 'clear'] })).status).toBe(200);
  });

  it('that no rule reads any more is said, and may be taken back', async () => {
    await put({ numbers: { limit: 70 } });
    await start([full(80)]);
    expect(run!.log).toContainEqual(expect.stringContaining('is read by no rule'));
    expect(await own()).toMatchObject([{ value: 70, read: false }]);
    expect((await end({ numbers: ['limit'] })).status).toBe(200);
    expect((await own()).at(-1)).toMatchObject({ value: null, state: 'in-force' });
  });
});
