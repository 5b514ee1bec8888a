import pg from 'pg';
import { describe, expect, inject, it } from 'vitest';

const influx1 = inject('influx1Url');
const postgres = inject('postgresUrl');

describe('the real servers of a test run', () => {
  it.skipIf(influx1 === null)('InfluxDB says it is a 1.x', async () => {
    const answer = await fetch(`${influx1}/ping`);
    expect(answer.headers.get('x-influxdb-version')).toMatch(/^1\./);
  });

  it.skipIf(postgres === null)('PostgreSQL lets a suite make its own database', async () => {
    const client = new pg.Client({ connectionString: postgres ?? '' });
    await client.connect();
    try {
      await client.query('create database rig_probe');
      await client.query('drop database rig_probe');
      const { rows } = await client.query<{ n: number }>('select 1 + 1 as n');
      expect(rows).toEqual([{ n: 2 }]);
    } finally {
      await client.end();
    }
  });
});
