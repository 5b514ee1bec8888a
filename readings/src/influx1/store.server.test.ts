import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InfluxDB } from 'influx';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import type { MetricType } from '../reading.ts';
import type { ReadingStore } from '../store.ts';
import {
  breakableLine,
  describeContractPoint,
  type Reopening,
  readingStoreContract,
  sample,
} from '../testing/index.ts';
import { createInflux1Readings } from './index.ts';

const url = inject('influx1Url') ?? '';
const T = 1_800_000_000_000;
const DAY = 86_400_000;

function newDatabase(): string {
  return `readings_${randomUUID().replaceAll('-', '')}`;
}

function clientOf(database: string): InfluxDB {
  const { hostname, port } = new URL(url);
  return new InfluxDB({ host: hostname, port: Number(port), database });
}

describe.skipIf(url === '')('with a real InfluxDB 1.x', () => {
  readingStoreContract(
    'InfluxDB 1.x readings',
    async () => {
      const database = newDatabase();
      let options: Reopening = { describe: describeContractPoint, rawRetentionMs: null };
      const make = async () => {
        const describe = options.describe ?? describeContractPoint;
        const store = createInflux1Readings({ url, database, ...options, describe });
        await store.start();
        return store;
      };
      let store = await make();
      return {
        store,
        async reopen(change) {
          await store.stop();
          options = { ...options, ...change };
          store = await make();
          return store;
        },
        async dispose() {
          await store.stop();
          await clientOf(database).dropDatabase(database);
        },
      };
    },
    { runs: 30 },
  );

  describe('a database of its own', () => {
    let database: string;
    let stores: ReadingStore[];

    beforeEach(() => {
      database = newDatabase();
      stores = [];
    });

    afterEach(async () => {
      for (const store of stores) await store.stop();
      await clientOf(database).dropDatabase(database);
    });

    function options() {
      return { url, database, describe: describeContractPoint };
    }

    async function open(type?: MetricType, address = url): Promise<ReadingStore> {
      const describePoint = (point: string) => {
        const series = describeContractPoint(point);
        return series && { ...series, type: type ?? series.type };
      };
      const store = createInflux1Readings({ url: address, database, describe: describePoint });
      stores.push(store);
      await store.start();
      return store;
    }

    it('lays readings out as other programs are told', async () => {
      const store = await open();
      await store.write([
        sample('demo/pool/ph', T, 7.2),
        sample('demo/pool/temp_c', T, 26, { stamped: false, history: true }),
        sample('demo/lift/mode', T, 'normal'),
      ]);
      const pool = await clientOf(database).query<{ time: Date }>('SELECT * FROM "pool"', {
        precision: 'ms',
      });
      expect(pool.map(({ time, ...row }) => [time.getTime(), row])).toEqual([
        [
          T,
          {
            estate: 'demo',
            asset: 'pool',
            ph: 7.2,
            'ph.received': T + 40,
            temp_c: 26,
            'temp_c.received': T + 40,
            'temp_c.stamped': false,
            'temp_c.history': true,
          },
        ],
      ]);
      const fields = await clientOf(database).query<{ fieldKey: string; fieldType: string }>(
        'SHOW FIELD KEYS FROM "lift"',
      );
      expect(fields.map(({ fieldKey, fieldType }) => [fieldKey, fieldType])).toEqual([
        ['mode', 'string'],
        ['mode.received', 'integer'],
      ]);
    });

    it('refuses by name what is of another type than its field, and keeps the rest', async () => {
      const words = await open('state');
      await words.write([sample('demo/pool/ph', T, 'seven')]);
      const numbers = await open('number');
      const other = sample('demo/pool/ph', T, 7);
      const result = await numbers.write([sample('demo/pool/temp_c', T, 26), other]);
      expect(result).toMatchObject({
        written: 1,
        refused: [{ reading: other, code: 'READINGS_STORE_TYPE' }],
      });
      expect(await numbers.range('demo/pool/temp_c', T, T + 1)).toHaveLength(1);
    });

    it('does so too when the server finds out during the write', async () => {
      const numbers = await open('number');
      await numbers.write([sample('demo/pool/temp_c', T, 26)]);
      // Somebody else's point: our store does not look at the types again.
      const intruder = { measurement: 'pool', fields: { ph: 'seven' }, timestamp: String(T) };
      await clientOf(database).writePoints([intruder], { precision: 'ms' });
      const other = sample('demo/pool/ph', T + 1, 7);
      const result = await numbers.write([sample('demo/pool/temp_c', T + 1, 27), other]);
      expect(result.refused).toMatchObject([{ reading: other, code: 'READINGS_STORE_TYPE' }]);
      expect((await numbers.latest(['demo/pool/temp_c'])).get('demo/pool/temp_c')?.value).toBe(27);
    });

    it('makes its policies, and touches no other', async () => {
      const policies = async () => {
        const all = await clientOf(database).showRetentionPolicies(database);
        return Object.fromEntries(all.map((one) => [one.name, [one.duration, one.default]]));
      };
      const open30 = createInflux1Readings({ ...options(), rawRetentionMs: 30 * DAY });
      stores.push(open30);
      await open30.start();
      const ours = { caretaker_hourly: ['0s', false], autogen: ['0s', false] };
      expect(await policies()).toEqual({ caretaker_readings: ['720h0m0s', true], ...ours });
      // What keeps for longer is shortened only when all before is rolled up.
      const open7 = createInflux1Readings({ ...options(), rawRetentionMs: 7 * DAY });
      stores.push(open7);
      await open7.start();
      expect(await policies()).toEqual({ caretaker_readings: ['720h0m0s', true], ...ours });
      await open7.expire(Date.now());
      expect(await policies()).toEqual({ caretaker_readings: ['168h0m0s', true], ...ours });
      await (await open()).expire(Date.now());
      expect((await policies()).caretaker_readings).toEqual(['168h0m0s', true]);
    });

    it('names exactly the readings that are older than the server keeps, and keeps the rest', async () => {
      const store = createInflux1Readings({ ...options(), rawRetentionMs: 30 * DAY });
      stores.push(store);
      await store.start();
      const now = Date.now();
      const [old, older] = [
        sample('demo/pool/ph', now - 31 * DAY, 7),
        sample('demo/pool/ph', 0, 7),
      ];
      const result = await store.write([old, sample('demo/pool/ph', now, 7.2), older]);
      expect(result).toMatchObject({ written: 1, duplicates: 0, conflicts: [] });
      const code = 'READINGS_STORE_EXPIRED';
      expect(result.refused).toMatchObject([old, older].map((reading) => ({ reading, code })));
    });

    it('says that the database was dropped under it, and goes on after a start', async () => {
      const store = await open();
      await store.write([sample('demo/pool/ph', T, 7)]);
      await clientOf(database).dropDatabase(database);
      const code = 'READINGS_STORE_UNAVAILABLE';
      await expect(store.write([sample('demo/pool/ph', T + 1, 7)])).rejects.toMatchObject({ code });
      await store.start();
      expect(await store.write([sample('demo/pool/ph', T, 8)])).toMatchObject({ written: 1 });
    });

    it('does not lose the first value when the answer to its write was lost', async () => {
      const line = await breakableLine(url);
      try {
        const store = await open(undefined, line.url);
        await store.write([sample('demo/pool/ph', T, 7)]);
        line.loseAnswersOf('/write');
        const lost = store.write([sample('demo/pool/ph', T + 1, 7.1)]);
        await expect(lost).rejects.toMatchObject({ code: 'READINGS_STORE_UNAVAILABLE' });
        line.repair();
        const offered = sample('demo/pool/ph', T + 1, 8);
        expect((await store.write([offered])).conflicts).toEqual([{ offered, held: 7.1 }]);
      } finally {
        await line.close();
      }
    });

    it('says that the server is gone, and goes on when it is back', async () => {
      const line = await breakableLine(url);
      try {
        const store = await open(undefined, line.url);
        await store.write([sample('demo/pool/ph', T, 7)]);
        line.cut();
        const gone = { code: 'READINGS_STORE_UNAVAILABLE', next: expect.stringContaining('runs') };
        const reading = sample('demo/pool/ph', T + 1, 7.1);
        await expect(store.write([reading])).rejects.toMatchObject(gone);
        await expect(store.latest()).rejects.toMatchObject(gone);
        line.repair();
        expect(await store.write([reading])).toMatchObject({ written: 1 });
        expect((await store.latest()).get('demo/pool/ph')).toEqual(reading);
      } finally {
        await line.close();
      }
    });

    it('keeps the first instant of all, 0', async () => {
      const store = await open();
      await store.write([sample('demo/pool/ph', 0, 7)]);
      expect(await store.latest()).toEqual(
        new Map([['demo/pool/ph', sample('demo/pool/ph', 0, 7)]]),
      );
    });
  });
});

describe('a server that is not ours', () => {
  let server: Server;

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  /** A loopback receiver that answers `/ping` as the other versions are documented to do. */
  async function answering(headers: Record<string, string>, status = 204): Promise<string> {
    server = createServer((_, response) => response.writeHead(status, headers).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://user:secret@127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it.each([
    ['InfluxDB v2.7.12', { 'x-influxdb-version': 'v2.7.12', 'x-influxdb-build': 'OSS' }, 204],
    ['InfluxDB 3.4.0', { 'x-influxdb-version': '3.4.0' }, 200],
    ['no InfluxDB', {}, 404],
  ])('%s is refused by name', async (name, headers, status) => {
    const address = await answering(headers, status);
    const store = createInflux1Readings({
      url: address,
      database: 'x',
      describe: describeContractPoint,
    });
    const failure = store.start();
    await expect(failure).rejects.toMatchObject({ code: 'READINGS_STORE_WRONG_SERVER' });
    await expect(failure).rejects.toThrow(name);
    await expect(failure).rejects.toMatchObject({ where: expect.not.stringContaining('secret') });
  });

  it('is said to be unreachable when nobody answers, with what to do', async () => {
    const address = await answering({});
    await new Promise((resolve) => server.close(resolve));
    const store = createInflux1Readings({
      url: address,
      database: 'x',
      describe: describeContractPoint,
    });
    const unreachable = {
      code: 'READINGS_STORE_UNAVAILABLE',
      next: expect.stringContaining('INFLUX_URL'),
    };
    await expect(store.start()).rejects.toMatchObject(unreachable);
    await expect(store.write([])).rejects.toMatchObject({ code: 'READINGS_STORE_UNAVAILABLE' });
  });

  it.each(['localhost:8086', 'ftp://host', ''])('refuses the address "%s"', async (address) => {
    await answering({});
    const make = () =>
      createInflux1Readings({ url: address, database: 'x', describe: describeContractPoint });
    expect(make).toThrow(expect.objectContaining({ code: 'READINGS_STORE_URL' }));
  });
});
