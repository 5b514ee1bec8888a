import { patient } from '@caretaker/readings/testing';
import type { DiscoveryEntry } from '@caretaker/readings/uplink';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Discovery, discoverySchema, type EstateDefinition } from '../contract/index.ts';
import { scripts } from './cloud.ts';
import { ConfiguredCloud, type Settings } from './configured-cloud.ts';
import { reading } from './gateway.ts';

const bin = { name: { en: 'Bin 7', zh: '7 号桶' }, kind: 'bin', touchpoint: 'TP23', place: 'Yard' };

function entry(id: string, more: Partial<DiscoveryEntry> = {}): DiscoveryEntry {
  return {
    ...{ id, format: 'json', device: null, name: null, topic: `yard/${id}`, count: 2 },
    ...{ first: 1_000, last: 2_000, sample: 'e30=', bytes: 2, ignored: false },
    suggestion: {
      ...{ score: 0.8, preset: null, kind: 'bin' },
      fields: [{ path: 't', value: '21', metric: 'temp_c', of: 'asset' }],
      doubts: [{ en: 'Look at it.', zh: '请核对。' }],
      assets: [{ id, ...bin, points: ['temp_c'] }],
      mappings: [
        {
          ...{ topic: `yard/${id}`, format: 'json', asset: id },
          fields: [{ path: 't', metric: 'temp_c' }],
        },
      ],
    },
    ...more,
  };
}

/** A cloud whose gateway tells of devices that it has found. */
class Bench {
  readonly cloud: ConfiguredCloud;

  constructor(cloud: ConfiguredCloud) {
    this.cloud = cloud;
  }

  list(query = ''): Promise<Discovery[]> {
    return this.cloud.run.list(`/api/discovery?estate=court${query}`);
  }

  async topics(query?: string): Promise<string[]> {
    return (await this.list(query)).map(({ topic }) => topic);
  }

  async tell(entries: DiscoveryEntry[], more: { anew?: boolean; gone?: string[] } = {}) {
    const { anew = false, gone = [] } = more;
    await this.cloud.gateway.status({ type: 'discovery', at: 1, anew, entries, gone });
  }

  /** Tells of these alone. @returns what is listed then */
  async told(...entries: DiscoveryEntry[]): Promise<Discovery[]> {
    await this.tell(entries, { anew: true });
    await vi.waitFor(async () => expect(await this.list()).toHaveLength(entries.length), patient);
    return await this.list();
  }

  confirm({ id }: { readonly id: string }, body: object, key?: string) {
    return this.cloud.send<Discovery>('POST', `/api/discovery/${id}/confirm`, body, key);
  }
}

/** What must hold of devices that gateways have found. @param settings of the database */
export function discoverySuite(name: string, settings: () => Promise<Settings>): void {
  describe(`devices that were found, on ${name}`, () => {
    let bench: Bench;
    beforeEach(async () => {
      bench = new Bench(await ConfiguredCloud.start(await settings()));
      await bench.cloud.gateway.hello(0, 1, null);
    });
    afterEach(() => bench.cloud.remove());
    listing(() => bench);
    confirming(() => bench);
    hostile(() => bench);
    saying(() => bench);
    ignoring(() => bench);
  });
}

function listing(now: () => Bench): void {
  it('are listed as their gateway tells of them, heard last first', async () => {
    const bench = now();
    const [first, second] = await bench.told(entry('one'), entry('two', { last: 3_000 }));
    expect(discoverySchema.parse(first)).toEqual(first);
    expect(first).toMatchObject({ topic: 'yard/two', gateway: 'court-1', state: 'waiting' });
    expect(second?.suggestion?.doubts[0]?.en).toBe('Look at it.');
    await bench.tell([entry('one', { last: 4_000, count: 9 })], { gone: ['two'] });
    await vi.waitFor(async () => expect(await bench.topics()).toEqual(['yard/one']), patient);
    expect(await bench.list()).toMatchObject([{ id: second?.id, count: 9 }]);
    await bench.tell([entry('three', { ignored: true })], { anew: true });
    await vi.waitFor(async () => expect(await bench.topics()).toEqual(['yard/three']), patient);
    expect(await bench.topics('&state=waiting')).toEqual([]);
    expect(await bench.topics('&state=ignored')).toEqual(['yard/three']);
    expect(await bench.topics('&gateway=court-2')).toEqual([]);
  });
}

function hostile(now: () => Bench): void {
  it('are listed beside one that no database could keep as it calls itself', async () => {
    const odd = entry('odd', { name: 'a\0b', device: '\0', last: 3_000 });
    const [first, second] = await now().told(odd, entry('one'));
    expect(first).toMatchObject({ name: 'a\ufffdb', device: '\ufffd' });
    expect(second?.topic).toBe('yard/one');
  });

  it('enter the estate as themselves, whatever their gateway suggests beside that', async () => {
    const honest = entry('bin-7').suggestion;
    const [asset = {}] = honest?.assets ?? [];
    const [mapping = {}] = honest?.mappings ?? [];
    const mappings = [
      { ...mapping, topic: '#' },
      { ...mapping, topic: 'caretaker/+' },
    ];
    const suggestion = honest && { ...honest, assets: [asset], mappings };
    const found = (await now().told(entry('bin-7', { suggestion })))[0] as Discovery;
    expect((await now().confirm(found, {})).status).toBe(200);
    const { estate } = await now().cloud.bundle(2);
    expect(estate.mappings.map(({ topic }) => topic)).toEqual(['yard/bin-7']);
  });
}

function confirming(now: () => Bench): void {
  it('enter the estate as suggested: the gateway learns of it, and the point is live', async () => {
    const bench = now();
    const { run, gateway } = bench.cloud;
    const found = (await bench.told(entry('bin-7')))[0] as Discovery;
    const first = await bench.confirm(found, {}, 'one');
    expect(first).toMatchObject({
      status: 200,
      body: { state: 'confirmed', asset: 'court/bin-7', decided: { by: scripts } },
    });
    expect(await bench.confirm(found, {}, 'one')).toEqual(first);
    const again = await bench.confirm(found, {});
    expect([again.status, again.body.code]).toEqual([409, 'CLOUD_DISCOVERY_DECIDED']);
    const { estate } = await bench.cloud.bundle(2);
    expect(estate.assets.at(-1)).toMatchObject({ id: 'bin-7', demo: false });
    expect(estate.mappings).toMatchObject([{ topic: 'yard/bin-7', asset: 'bin-7' }]);
    const at = Date.now() - 1_000;
    await gateway.send(1, [reading('bin-7/temp_c', at, 72)]);
    await gateway.untilAccepted(1);
    const points = await run.list('/api/points?asset=bin-7');
    expect(points).toMatchObject([{ id: 'court/bin-7/temp_c', value: 72, at }]);
    expect((await run.tickets()).map(({ subject }) => subject)).toEqual(['court/bin-7']);
    // A mapping names it now; told of again, it has none any more.
    await bench.tell([], { gone: ['bin-7'] });
    await bench.tell([entry('bin-7')]);
    const waits = { state: 'waiting', asset: null, decided: null };
    await vi.waitFor(async () => expect(await bench.list()).toMatchObject([waits]), patient);
  });
}

function saying(now: () => Bench): void {
  it('enter it as a person says, or as another sensor of an asset that is there', async () => {
    const bench = now();
    const found = await bench.told(entry('bin-8'), entry('probe', { suggestion: null }));
    const of = (topic: string) => found.find((one) => one.topic === topic) as Discovery;
    const none = await bench.confirm(of('yard/probe'), {});
    expect([none.status, none.body.code]).toEqual([422, 'CLOUD_DISCOVERY_NO_SUGGESTION']);
    const wrong = await bench.confirm(of('yard/probe'), {
      ...{ onto: 'bin-2', mapping: { fields: [{ path: 'v', metric: 'speed' }] } },
    });
    expect([wrong.status, wrong.body.code]).toEqual([422, 'DEVICES_ESTATE_INVALID']);
    const onto = await bench.confirm(of('yard/probe'), {
      ...{ onto: 'bin-2', asset: { points: ['temp_c', 'distance_cm'] } },
      mapping: { fields: [{ path: 'd', metric: 'distance_cm' }] },
    });
    expect(onto).toMatchObject({ status: 200, body: { asset: 'court/bin-2' } });
    const points = await bench.cloud.run.list<{ id: string }>('/api/points?asset=bin-2');
    expect(points.map(({ id }) => id)).toContain('court/bin-2/distance_cm');
    const other = await bench.confirm(of('yard/bin-8'), { asset: { id: 'east', name: 'East' } });
    expect(other).toMatchObject({ status: 200, body: { asset: 'court/east' } });
    const path = '/api/estates/court/definition';
    expect((await bench.cloud.run.get<EstateDefinition>(path)).definition).toMatchObject({
      mappings: [
        { topic: 'yard/probe', asset: 'bin-2', format: 'json' },
        { topic: 'yard/bin-8', asset: 'east' },
      ],
    });
  });
}

function ignoring(now: () => Bench): void {
  it('stay ignored whatever their gateway tells, until somebody takes that back', async () => {
    const bench = now();
    const ignore = (id: string, body: object) =>
      bench.cloud.send<Discovery>('POST', `/api/discovery/${id}/ignore`, body);
    const { id } = (await bench.told(entry('one')))[0] as Discovery;
    expect((await ignore(id, {})).body).toMatchObject({ state: 'ignored' });
    await bench.tell([], { anew: true });
    await bench.tell([entry('one', { count: 5 })]);
    await vi.waitFor(async () => expect((await bench.list())[0]?.count).toBe(5), patient);
    expect(await bench.topics('&state=waiting')).toEqual([]);
    const back = await ignore(id, { ignored: false });
    expect(back.body).toMatchObject({ state: 'waiting', decided: null });
    expect((await ignore('0123456789012345678901', {})).status).toBe(404);
  });
}
