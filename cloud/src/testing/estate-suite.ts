import type { Reading } from '@caretaker/readings';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Asset, EstateChanged, EstateDefinition, Point } from '../contract/index.ts';
import type { RunningCloud } from './cloud.ts';
import { ConfiguredCloud, type Settings } from './configured-cloud.ts';
import { reading } from './gateway.ts';

const minute = 60_000;

const bin = {
  id: 'bin-9',
  name: { en: 'Bin 9', zh: '9 号桶' },
  kind: 'bin',
  touchpoint: 'TP23',
  place: 'Yard',
  demo: false,
  points: ['temp_c', { metric: 'fill_pct', limits: { full: { limit: 70 } } }],
};
const mapping = {
  topic: 'yard/bin-9',
  format: 'json',
  asset: 'bin-9',
  fields: [{ path: 't', metric: 'temp_c' }],
};

/** A cloud with a standard of its own, and a gateway that sends it readings. Times are minutes from `now` on. */
class Bench {
  readonly cloud: ConfiguredCloud;
  readonly now = Date.now() - 10 * minute;

  constructor(cloud: ConfiguredCloud) {
    this.cloud = cloud;
  }

  get run(): RunningCloud {
    return this.cloud.run;
  }

  at(point: string, minutes: number, value: number | boolean): Reading {
    return reading(point, this.now + minutes * minute, value);
  }

  async judge(first: number, ...readings: Reading[]): Promise<void> {
    const { gateway } = this.cloud;
    await gateway.send(first, readings);
    await gateway.untilAccepted(first + readings.length - 1);
  }

  change(body: object, key?: string) {
    return this.cloud.send<EstateChanged>('POST', '/api/estates/court/changes', body, key);
  }

  definition(): Promise<EstateDefinition> {
    return this.run.get('/api/estates/court/definition');
  }

  async assets(): Promise<string[]> {
    return (await this.run.list<Asset>('/api/assets')).map(({ id }) => id);
  }

  /** Subject, item and onset of every ticket. */
  async tickets() {
    const tickets = await this.run.tickets();
    return tickets
      .map(({ subject, item, onset }) => [subject, item, (onset - this.now) / minute])
      .sort();
  }
}

/** What must hold of an estate that is changed under a running cloud. @param settings of its database */
export function estateChangeSuite(name: string, settings: () => Promise<Settings>) {
  describe(`an estate that is changed while the cloud runs, on ${name}`, () => {
    let bench: Bench;
    beforeEach(async () => {
      bench = new Bench(await ConfiguredCloud.start(await settings()));
      await bench.cloud.gateway.hello();
    });
    afterEach(() => bench.cloud.remove());
    judging(() => bench);
    locking(() => bench);
    refusing(() => bench);
  });
}

function judging(now: () => Bench): void {
  it('judges what is new from then on, and leaves what stands as it is', async () => {
    const bench = now();
    const at = bench.at.bind(bench);
    await bench.judge(
      1,
      at('bin-2/temp_c', 0, 66),
      at('bin-1/temp_c', 0, 20),
      at('bin-2/tilt', 0, false),
    );
    const before = await bench.run.standing();
    const tickets = await bench.run.tickets();
    expect(await bench.tickets()).toEqual([['court/bin-2', 'TP23-S1', 0]]);
    const edit = { revision: 1, assets: [bin], mappings: [mapping], points: { 'bin-1': ['tilt'] } };
    expect(await bench.change(edit)).toMatchObject({ status: 200, body: { revision: 2 } });
    expect(await bench.run.standing()).toEqual(before);
    expect(await bench.run.tickets()).toEqual(tickets);
    const { run } = bench;
    await bench.judge(
      4,
      at('bin-9/temp_c', 1, 70),
      at('bin-9/fill_pct', 1, 75),
      at('bin-1/tilt', 1, true),
      at('bin-2/temp_c', 2, 66),
    );
    expect(await bench.tickets()).toEqual([
      ['court/bin-2', 'TP23-S1', 0],
      ['court/bin-9', 'TP23-S1', 1],
      ['court/bin-9', 'TP23-S2', 1],
    ]);
    const kept = (await run.tickets()).find(({ id }) => id === tickets[0]?.id);
    expect(kept?.revision).toBe(tickets[0]?.revision);
    const points = (await run.list<Point>('/api/points')).filter(({ value }) => value !== null);
    expect(points.map(({ id, value }) => [id, value])).toContainEqual(['court/bin-1/tilt', true]);
    expect(points.map(({ id, value }) => [id, value])).toContainEqual(['court/bin-9/temp_c', 70]);
    // Late data of another asset is judged as ever, with what came before the change.
    await bench.judge(8, { ...at('bin-2/temp_c', -3, 61), received: bench.now + 3 * minute });
    const onsets = (await run.episodes()).filter((e) => e.subject === 'court/bin-2');
    expect(onsets.map((e) => (e.onset - bench.now) / minute)).toEqual([-3]);
    const standing = await run.standing();
    await bench.cloud.end();
    await bench.cloud.begin();
    await bench.cloud.gateway.hello(8);
    expect(await bench.run.standing()).toEqual(standing);
    expect(await bench.assets()).toContain('court/bin-9');
    expect((await bench.definition()).definition).toMatchObject({ mappings: [mapping] });
  });
}

function locking(now: () => Bench): void {
  it('is changed once for each key, and for the revision that was looked at', async () => {
    const bench = now();
    expect(await bench.definition()).toMatchObject({ revision: 1, changed: null });
    const first = await bench.change({ revision: 1, assets: [bin] }, 'one');
    expect(first).toMatchObject({ status: 200, body: { revision: 2 } });
    expect(await bench.change({ revision: 1, assets: [bin] }, 'one')).toEqual(first);
    const other = await bench.change({ revision: 2, mappings: [mapping] }, 'one');
    expect([other.status, other.body.code]).toEqual([422, 'CLOUD_KEY_REUSED']);
    const late = await bench.change({ revision: 1, mappings: [mapping] });
    expect([late.status, late.body.code]).toEqual([409, 'CLOUD_ESTATE_CHANGED']);
    const second = await bench.change({ revision: 2, mappings: [mapping] });
    expect(second.body.revision).toBe(3);
    const dropped = await bench.change({ revision: 3, dropMappings: [0] });
    expect(dropped.body.revision).toBe(4);
    expect(await bench.definition()).toMatchObject({ revision: 4, definition: { mappings: [] } });
    const rows = await bench.run.list<{ action: string; detail: object }>('/api/audit');
    const told = rows.filter(({ action }) => action === 'estate.change').reverse();
    expect(told.map(({ detail }) => detail)).toMatchObject([
      { revision: 2, assets: ['bin-9'] },
      { revision: 3, mappings: 1 },
      { revision: 4, mappingsDropped: [0] },
    ]);
  });
}

function refusing(now: () => Bench): void {
  it('is left as it is by a change with faults, which tells all of them', async () => {
    const bench = now();
    const before = await bench.definition();
    const bad = await bench.change({
      revision: 1,
      assets: [
        { ...bin, points: ['temp_c', 'speed'] },
        { ...bin, id: 'bin-1' },
      ],
    });
    expect(bad).toMatchObject({
      status: 422,
      body: {
        code: 'DEVICES_ESTATE_INVALID',
        faults: [{ where: 'assets[0].points[1]' }, { where: 'assets[1].id' }],
      },
    });
    const limits = { ...bin, points: [{ metric: 'temp_c', limits: { hot: { height: 1 } } }] };
    const overrides = await bench.change({ revision: 1, assets: [limits] });
    expect([overrides.status, overrides.body.code]).toEqual([422, 'CLOUD_ESTATE_OVERRIDES']);
    expect((await bench.change({ revision: 1 })).status).toBe(400);
    expect(await bench.definition()).toEqual(before);
    expect(await bench.assets()).not.toContain('court/bin-9');
  });
}
