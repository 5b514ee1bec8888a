import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Reading } from '../reading.ts';
import type { ReadingStore } from '../store.ts';
import { describeContractPoint, sample } from '../testing/index.ts';
import { createInflux2Readings, type Influx2Options } from './index.ts';
import { type Asked, type Loopback, loopback } from './testdata/loopback.ts';

const T = 1_800_000_000_000;
const TOKEN = 'the-secret-token==';
const toReadings = '/api/v2/write?org=care%20co&bucket=care&precision=ms';

let server: Loopback;
let stores: ReadingStore[];

beforeEach(async () => {
  server = await loopback();
  stores = [];
});
afterEach(async () => {
  for (const store of stores) await store.stop();
  await server.close();
});

function make(more: Partial<Influx2Options> = {}): ReadingStore {
  const settings = { url: server.url, token: TOKEN, organisation: 'care co', bucket: 'care' };
  const store = createInflux2Readings({ ...settings, describe: describeContractPoint, ...more });
  stores.push(store);
  return store;
}

async function open(more: Partial<Influx2Options> = {}): Promise<ReadingStore> {
  const store = make(more);
  await store.start();
  return store;
}

function askedOf(method: string, path: string): readonly Asked[] {
  return server.asked.filter((one) => one.method === method && one.path.startsWith(path));
}

/** An answer of Flux: one table, as annotated CSV. */
function table(
  dataType: string,
  rows: readonly (readonly [field: string, at: number, value: string])[],
) {
  const lines = rows.map(
    ([field, at, value]) => `,,0,pool,${field},demo,pool,${new Date(at).toISOString()},${value}`,
  );
  return [
    `#datatype,string,long,string,string,string,string,dateTime:RFC3339,${dataType}`,
    '#group,false,false,true,true,true,true,false,false',
    '#default,_result,,,,,,,',
    ',result,table,_measurement,_field,estate,asset,_time,_value',
    ...lines,
    '',
    '',
  ].join('\r\n');
}

describe('writing', () => {
  it('sends lines in milliseconds to the bucket, with the token, zipped when they are many', async () => {
    const store = await open();
    await store.write(Array.from({ length: 100 }, (_, i) => sample('demo/pool/ph', T + i, i)));
    const [request] = askedOf('POST', toReadings);
    expect(request?.authorization).toBe(`Token ${TOKEN}`);
    const lines = request?.body.split('\n');
    expect(lines).toHaveLength(100);
    expect(lines?.[7]).toBe(`pool,asset=pool,estate=demo ph=7,ph.received=${T + 47}i ${T + 7}`);
  });

  it('waits for one request before it sends the next, at most 2,000 lines at once', async () => {
    const store = await open();
    await store.write(Array.from({ length: 4_500 }, (_, i) => sample('demo/pool/ph', T + i, i)));
    const sizes = askedOf('POST', toReadings).map(({ body }) => body.split('\n').length);
    expect(sizes).toEqual([2_000, 2_000, 500]);
  });

  it('tells exactly which readings a partial write left out, each with its reason', async () => {
    const store = await open();
    const held = new Map<string, string>();
    server.answer('POST', toReadings, ({ body }) => {
      const lines = body.split('\n');
      // As the storage engine does it: what fits is kept, and one reason is named.
      const clashing = lines.filter((one) => one.includes(' ph='));
      const old = lines.filter((one) => one.endsWith(' 1000'));
      for (const one of lines) {
        const [, field = '', value = '', at = ''] = / (\w+)=([^,]+),.* (\d+)$/.exec(one) ?? [];
        if (!clashing.includes(one) && !old.includes(one)) held.set(`${field}@${at}`, value);
      }
      const dropped = clashing.length + old.length;
      if (dropped === 0) return { status: 204 };
      const reason =
        clashing.length > 0
          ? 'field type conflict: input field "ph" on measurement "pool" is type float, already exists as type string'
          : 'points beyond retention policy';
      return unprocessable(`partial write: ${reason} dropped=${dropped}`);
    });
    server.answer('POST', '/api/v2/query', ({ body }) => {
      if (body.includes('last()') || body.includes('care_hourly')) return { body: '' };
      const rows = [...held].map(([key, value]) => {
        const [field = '', at = ''] = key.split('@');
        return [field, Number(at), value] as const;
      });
      return { body: table('double', rows) };
    });
    const [clash, old] = [sample('demo/pool/ph', T, 7), sample('demo/pool/temp_c', 1_000, 8)];
    const good = sample('demo/pool/temp_c', T, 26);
    const result = await store.write([clash, good, old]);
    expect(result).toMatchObject({ written: 1, duplicates: 0, conflicts: [] });
    expect(result.refused).toEqual([
      { reading: clash, code: 'READINGS_STORE_TYPE', message: expect.stringContaining('type') },
      {
        reading: old,
        code: 'READINGS_STORE_EXPIRED',
        message: expect.stringContaining('beyond retention policy'),
      },
    ]);
  });

  it.each([
    [401, 'READINGS_STORE_UNAVAILABLE', 'INFLUX2_TOKEN'],
    [403, 'READINGS_STORE_UNAVAILABLE', 'INFLUX2_TOKEN'],
    [404, 'READINGS_STORE_UNAVAILABLE', 'INFLUX2_BUCKET'],
    [400, 'READINGS_STORE_REFUSED', 'limit'],
    [413, 'READINGS_STORE_REFUSED', 'limit'],
    [422, 'READINGS_STORE_REFUSED', 'limit'],
    [429, 'READINGS_STORE_UNAVAILABLE', 'nothing is lost'],
    [500, 'READINGS_STORE_UNAVAILABLE', 'nothing is lost'],
    [503, 'READINGS_STORE_UNAVAILABLE', 'nothing is lost'],
  ])(
    'says of status %i what it is and what to do, and keeps the token to itself',
    async (status, code, next) => {
      const store = await open();
      server.answer('POST', toReadings, { status, body: { code: 'x', message: 'so it is' } });
      const failure = store.write([sample('demo/pool/ph', T, 7)]);
      await expect(failure).rejects.toMatchObject({
        code,
        message: expect.stringContaining('so it is'),
        next: expect.stringContaining(next),
      });
      const error: unknown = await failure.catch((one) => one);
      expect(JSON.stringify([error, String(error), (error as Error).stack])).not.toContain(TOKEN);
      server.answer('POST', '/api/v2/write', { status: 204 });
      expect(await store.write([sample('demo/pool/ph', T, 7)])).toMatchObject({ written: 1 });
    },
  );
});

describe('reading', () => {
  it('puts readings together from tables of fields, with the instants to the millisecond', async () => {
    const store = await open();
    const rows = (value: string, field = 'ph') =>
      [0, 1, 40].map((ms) => [field, T + ms, value] as const);
    const body = table('double', rows('7.5')) + table('long', rows(String(T + 99), 'ph.received'));
    server.answer('POST', '/api/v2/query', {
      body: body + table('boolean', [['ph.history', T + 1, 'true']]),
    });
    const expected: Reading[] = [0, 1, 40].map((ms) =>
      sample('demo/pool/ph', T + ms, 7.5, { received: T + 99, history: ms === 1 }),
    );
    expect(await store.range('demo/pool/ph', T, T + 100)).toEqual(expected);
    const [asked] = askedOf('POST', '/api/v2/query').slice(-1);
    expect(asked?.path).toBe('/api/v2/query?org=care%20co');
    expect(JSON.parse(asked?.body ?? '')).toMatchObject({
      type: 'flux',
      dialect: { annotations: ['datatype', 'group', 'default'] },
    });
  });

  it('takes what goes wrong in the middle of an answer for no answer', async () => {
    const store = await open();
    const broken =
      '#datatype,string,string\r\n#group,true,true\r\n#default,,\r\n,error,reference\r\n,out of memory,897\r\n';
    const body = `${table('double', [['ph', T, '7']])}${broken}`;
    server.answer('POST', '/api/v2/query', { body });
    await expect(store.range('demo/pool/ph', T, T + 1)).rejects.toMatchObject({
      code: 'READINGS_STORE_UNAVAILABLE',
      message: expect.stringContaining('out of memory'),
    });
  });

  it('says that nobody answers when the server is gone', async () => {
    const store = await open();
    await server.close();
    const gone = { code: 'READINGS_STORE_UNAVAILABLE', next: expect.stringContaining('runs') };
    await expect(store.latest()).rejects.toMatchObject(gone);
    await expect(make().start()).rejects.toMatchObject(gone);
    server = await loopback();
  });
});

describe('setting up', () => {
  const day = 86_400_000;

  it('makes the bucket with its retention when there is none', async () => {
    const missing = { code: 'not found', message: 'bucket "care" not found' };
    server.answer('GET', '/api/v2/buckets', { status: 404, body: missing });
    server.answer('GET', '/api/v2/orgs', { body: { orgs: [{ id: 'o1', name: 'care co' }] } });
    server.answer('POST', '/api/v2/buckets', { status: 201, body: { id: 'b1', name: 'care' } });
    await open({ rawRetentionMs: 35 * day });
    const [list] = askedOf('GET', '/api/v2/buckets');
    expect(list?.path).toBe('/api/v2/buckets?org=care%20co&name=care');
    expect(askedOf('GET', '/api/v2/orgs')[0]?.path).toBe('/api/v2/orgs?org=care%20co');
    const made = askedOf('POST', '/api/v2/buckets').map(({ body }) => JSON.parse(body));
    const ours = { orgID: 'o1', description: 'Made by Caretaker' };
    const keeping = (everySeconds: number) => ({
      retentionRules: [{ type: 'expire', everySeconds }],
    });
    expect(made).toEqual([
      { ...ours, name: 'care', ...keeping(35 * 86_400) },
      { ...ours, name: 'care_hourly', ...keeping(0) },
    ]);
  });

  it.each([
    ['at once, when it is to keep for longer', 'Made by Caretaker', 60 * day, 1, 1],
    [
      'when all before is rolled up, when it is to keep for shorter',
      'Made by Caretaker',
      7 * day,
      0,
      1,
    ],
    ['never, when it is as asked', 'Made by Caretaker', 35 * day, 0, 0],
    ['never, when nothing is asked', 'Made by Caretaker', undefined, 0, 0],
    ['never, when somebody else made it', 'Metrics of the plant', 7 * day, 0, 0],
  ])(
    'changes the retention of a bucket %s',
    async (_, description, rawRetentionMs, atStart, then) => {
      const retentionRules = [{ type: 'expire', everySeconds: 35 * 86_400 }];
      const bucket = { id: 'b1', name: 'care', orgID: 'o1', description, retentionRules };
      server.answer('GET', `/api/v2/buckets?org=care%20co&name=care`, (one) => ({
        body: { buckets: [{ ...bucket, name: one.path.split('=').at(-1) }] },
      }));
      const lasting = { name: 'care_hourly', description: 'made by hand', retentionRules: [] };
      const hourly = { ...bucket, ...lasting };
      server.answer('GET', `/api/v2/buckets?org=care%20co&name=care_hourly`, {
        body: { buckets: [hourly] },
      });
      server.answer('PATCH', '/api/v2/buckets/b1', (one) => {
        bucket.retentionRules = JSON.parse(one.body).retentionRules;
        return { body: bucket };
      });
      const store = await open(rawRetentionMs === undefined ? {} : { rawRetentionMs });
      expect(askedOf('PATCH', '/api/v2/buckets/b1')).toHaveLength(atStart);
      await store.expire(T);
      const changes = askedOf('PATCH', '/api/v2/buckets/b1').map(({ body }) => JSON.parse(body));
      const everySeconds = (rawRetentionMs ?? 0) / 1_000;
      const change = { retentionRules: [{ type: 'expire', everySeconds }] };
      expect(changes).toEqual(Array.from({ length: then }, () => change));
    },
  );

  it('takes no bucket for the hours that forgets', async () => {
    const retentionRules = [{ type: 'expire', everySeconds: 86_400 }];
    const hourly = { id: 'b2', name: 'care_hourly', orgID: 'o1', retentionRules };
    const path = '/api/v2/buckets?org=care%20co&name=care_hourly';
    server.answer('GET', path, { body: { buckets: [hourly] } });
    await expect(make().start()).rejects.toMatchObject({
      code: 'READINGS_STORE_UNAVAILABLE',
      message: expect.stringContaining('care_hourly'),
    });
  });

  it('says what to make when there is no bucket and the token may make none', async () => {
    server.answer('GET', '/api/v2/buckets', { body: { buckets: [] } });
    server.answer('GET', '/api/v2/orgs', { body: { orgs: [{ id: 'o1', name: 'care co' }] } });
    const forbidden = { code: 'forbidden', message: 'insufficient permissions' };
    server.answer('POST', '/api/v2/buckets', { status: 403, body: forbidden });
    await expect(make().start()).rejects.toMatchObject({
      code: 'READINGS_STORE_UNAVAILABLE',
      next: expect.stringContaining('"care"'),
    });
  });
});

describe('a server that is not ours', () => {
  it.each([
    ['InfluxDB 1.8.10', { 'x-influxdb-version': '1.8.10' }, {}],
    ['InfluxDB 3.4.0', { 'x-influxdb-version': '3.4.0' }, {}],
    ['InfluxDB 1.8.10', {}, { name: 'influxdb', version: '1.8.10' }],
    ['no InfluxDB', {}, {}],
  ])('%s is refused by name', async (name, headers, health) => {
    server.answer('GET', '/ping', { status: 204, headers });
    server.answer('GET', '/health', { body: health });
    const failure = make().start();
    await expect(failure).rejects.toMatchObject({ code: 'READINGS_STORE_WRONG_SERVER' });
    await expect(failure).rejects.toThrow(name);
  });

  it.each([
    [{ 'x-influxdb-version': 'v2.7.12' }, {}],
    [{}, { version: 'v2.0.9' }],
    [{ 'x-influxdb-version': 'dev' }, {}],
  ])('a 2.x is taken however it names itself: %o %o', async (headers, health) => {
    server.answer('GET', '/ping', { status: 204, headers });
    server.answer('GET', '/health', { body: health });
    server.answer('GET', '/api/v2/setup', { body: { allowed: false } });
    await open();
  });

  it.each(['localhost:8086', 'ftp://host', ''])('refuses the address "%s"', (url) => {
    expect(() => make({ url })).toThrow(expect.objectContaining({ code: 'READINGS_STORE_URL' }));
  });
});

function unprocessable(message: string) {
  return {
    status: 422,
    body: {
      code: 'unprocessable entity',
      message: `failure writing points to database: ${message}`,
    },
  };
}
