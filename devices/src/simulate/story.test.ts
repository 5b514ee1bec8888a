import { describe, expect, it } from 'vitest';
import { createDecoder } from '../decode/index.ts';
import { demoEstate } from './demo.ts';
import { createEncoder } from './encode.ts';
import { type FaultName, faultKinds } from './incident.ts';
import { type Message, Story } from './story.ts';

const estate = demoEstate();
const minute = 60_000;
const hour = 60 * minute;
const noon = Date.parse('2026-11-21T12:00:00+08:00');
const midnight = noon - 12 * hour;

const readings = (messages: readonly Message[]) =>
  messages.flatMap(({ at, asset, values }) =>
    Object.entries(values).map(([metric, value]) => ({
      at,
      point: `${asset.id}/${metric}`,
      value,
    })),
  );
const count = (messages: readonly Message[]) => readings(messages).length;

describe('a simulated day', () => {
  const day = new Story(estate, 1).messages(midnight, midnight + 24 * hour, 'past');

  it('decodes without a single fault to what was meant, in every form that is spoken', () => {
    const decoder = createDecoder(estate);
    const encode = createEncoder(estate);
    const topics = new Set<string>();
    for (const message of day) {
      const { topic, payload } = encode(message);
      topics.add(topic.split('/', 1)[0] ?? '');
      const { found, faults } = decoder.decode(topic, Buffer.from(payload), {
        received: message.at,
        retained: false,
      });
      const heard = found.map((f) => `${f.point} ${f.at} ${f.value}`).sort();
      const meant = readings([message]).map((r) => `${r.point} ${r.at} ${r.value}`);
      if (faults.length > 0 || heard.join() !== meant.sort().join()) {
        expect({ payload, faults, heard }).toEqual({ payload, faults: [], heard: meant });
      }
    }
    expect([...topics].sort()).toEqual(['application', 'caretaker', 'zigbee2mqtt']);
  });

  it('is in order, and never says two things of one point at one time', () => {
    const said = new Map<string, unknown>();
    let last = 0;
    for (const { at, point, value } of readings(day)) {
      if (at < last) expect.fail(`${point} at ${at} comes after ${last}`);
      last = at;
      const before = said.get(`${point} ${at}`);
      if (before !== undefined && before !== value) {
        expect.fail(`${point} at ${at} is ${before} and ${value}`);
      }
      said.set(`${point} ${at}`, value);
    }
  });

  it('lets every declared point speak within its silence limit, but for those that are events', () => {
    const last = new Map<string, number>();
    const points = estate.assets.flatMap((a) => a.points);
    const silences = new Map(points.map((p) => [p.id, p.silentAfter ?? Infinity]));
    for (const { at, point } of readings(day)) {
      const silence = at - (last.get(point) ?? midnight);
      if (silence >= (silences.get(`lakeside/${point}`) ?? 0)) expect.fail(`${point}: ${silence}`);
      last.set(point, at);
    }
    for (const point of points) {
      expect(last.has(point.id.slice('lakeside/'.length))).toBe(true);
    }
  });

  it('is small enough to catch up on, and busy enough to watch', () => {
    expect(count(day)).toBeGreaterThan(60_000);
    expect(count(day)).toBeLessThan(200_000);
    const live = count(new Story(estate, 1).messages(noon, noon + hour, 'live')) / 3_600;
    expect(live).toBeGreaterThan(5);
    expect(live).toBeLessThan(30);
  });

  it('is the same however it is cut, and another one with another seed', () => {
    const cut = (seed: number, step: number) => {
      const story = new Story(estate, seed);
      const parts: Message[] = [];
      for (let at = noon; at < noon + 2 * hour; at += step) {
        parts.push(...story.messages(at, Math.min(at + step, noon + 2 * hour), 'live'));
      }
      return readings(parts).map((r) => `${r.at} ${r.point} ${r.value}`);
    };
    const whole = cut(1, 2 * hour).sort();
    expect(cut(1, 7_777).sort()).toEqual(whole);
    expect(cut(2, 2 * hour).sort()).not.toEqual(whole);
  });

  it('lights the lamps at dusk and puts them out at dawn', () => {
    const lamps = day.filter((m) => m.asset.id === 'lake-road-lamp-1');
    const at = (time: number) => lamps.findLast((m) => m.at <= time)?.values;
    expect(at(midnight + 3 * hour)).toMatchObject({ commanded: true });
    expect(at(noon)).toMatchObject({ commanded: false });
    expect(at(noon)?.lux).toBeGreaterThan(1_000);
    // Sunset in Shanghai on 21 November is at 16:53.
    expect(at(midnight + 16.6 * hour)).toMatchObject({ commanded: false });
    expect(at(midnight + 17.2 * hour)).toMatchObject({ commanded: true });
  });

  it('is busier at eight in the morning than at three', () => {
    const passes = (from: number) =>
      day.filter((m) => m.asset.kind === 'barrier' && m.at >= from && m.at < from + hour).length;
    expect(passes(midnight + 8 * hour)).toBeGreaterThan(5 * passes(midnight + 3 * hour));
  });

  it('has incidents that came and went', () => {
    const states = day.map(({ asset, values }) => ({ kind: asset.kind, ...values }));
    expect(states).toContainEqual(expect.objectContaining({ kind: 'lift', mode: 'stopped' }));
    const worst = (metric: string) =>
      Math.max(...day.map(({ values }) => Number(values[metric] ?? -1)));
    expect(worst('fill_pct')).toBeGreaterThan(90);
    expect(worst('ph')).toBeGreaterThan(7.8);
    expect(worst('ph')).toBeLessThan(8);
    expect(worst('laeq_db')).toBeGreaterThan(60);
    expect(worst('open_s')).toBeGreaterThan(1_000);
    const end = new Story(estate, 1).snapshot(noon);
    expect(end.find((m) => m.asset.id === 'lift-1a')?.values.mode).toBe('normal');
  });
});

describe('an injected fault', () => {
  /** What the asset says, from the fault on, in the time given. */
  function after(fault: FaultName, stretch: number, start = noon) {
    const story = new Story(estate, 1);
    const { incident, asset } = story.incidents.inject(fault, undefined, start);
    const messages = story.messages(start, start + stretch, 'live');
    return { asset, incident, said: messages.filter((m) => m.asset.id === asset.id) };
  }

  it.each<[FaultName, string, (value: unknown) => boolean]>([
    ['gate-held-open', 'door', (v) => v === 'open'],
    ['gate-fault', 'fault', (v) => v === true],
    ['lamp-out', 'power_w', (v) => v === 0],
    ['barrier-stuck', 'position', (v) => v === 'open'],
    ['barrier-fault', 'fault', (v) => v === true],
    ['bin-full', 'fill_pct', (v) => Number(v) > 90],
    ['bin-fire', 'temp_c', (v) => Number(v) >= 60],
    ['bin-tilt', 'tilt', (v) => v === true],
    ['lift-trapped', 'trapped', (v) => v === true],
    ['lift-out-of-service', 'mode', (v) => v === 'stopped'],
    ['noise', 'laeq_db', (v) => Number(v) > 60],
  ])('%s shows in %s at once and as long as it lasts', (fault, metric, holds) => {
    const { said, incident } = after(fault, faultKinds[fault].minutes * minute);
    const values = said.flatMap((m) => (m.values[metric] === undefined ? [] : [m.values[metric]]));
    expect(said[0]?.at).toBe(incident.from);
    expect(values.length).toBeGreaterThan(1);
    expect(values.every(holds)).toBe(true);
  });

  it.each<[FaultName, string, (value: unknown) => boolean]>([
    ['gate-slam', 'slam_db', (v) => Number(v) >= 91],
    ['barrier-slow', 'travel_s', (v) => Number(v) > 5],
    ['lift-levelling', 'level_err_mm', (v) => Number(v) > 10],
    ['pool-ph', 'ph', (v) => Number(v) > 8],
    ['pool-chlorine', 'free_cl', (v) => Number(v) < 0.3],
    ['pool-turbidity', 'turbidity_ntu', (v) => Number(v) > 1],
    ['too-hot', 'temp_c', (v) => Number(v) > 28],
  ])('%s shows in %s within ten minutes, again and again', (fault, metric, holds) => {
    const { said, incident } = after(fault, 40 * minute);
    const late = said.filter((m) => m.at >= incident.from + 5 * minute);
    const values = late.flatMap((m) => (m.values[metric] === undefined ? [] : [m.values[metric]]));
    expect(values.length).toBeGreaterThan(20);
    expect(values.every(holds)).toBe(true);
  });

  it('too-dark shows by night only', () => {
    const night = after('too-dark', 30 * minute, midnight).said;
    expect(Math.max(...night.map((m) => Number(m.values.lux)))).toBeLessThan(2);
    const day = after('too-dark', 30 * minute).said;
    expect(Math.min(...day.map((m) => Number(m.values.lux)))).toBeGreaterThan(100);
  });

  it('device-silent says nothing until it is over', () => {
    const { said, incident, asset } = after('device-silent', 5 * hour);
    expect(said[0]?.at).toBe(incident.to);
    expect(asset.points[0]?.silentAfter).toBe(10 * minute);
  });

  it('is over when its time is over', () => {
    const { said, incident } = after('gate-held-open', 20 * minute);
    const end = said.filter((m) => m.at === incident.to).map((m) => m.values);
    expect(Object.assign({}, ...end)).toMatchObject({ door: 'closed', open_s: 900 });
  });

  it('hits another asset when it is injected again', () => {
    const { incidents } = new Story(estate, 1);
    const hit = [1, 2, 3].map(() => incidents.inject('bin-fire', undefined, noon).asset.id);
    expect(new Set(hit).size).toBe(3);
  });

  it('is refused when there is no such fault, asset or metric', () => {
    const { incidents } = new Story(estate, 1);
    const refused = (fault: string, asset?: string) => {
      try {
        incidents.inject(fault, asset, noon);
      } catch (error) {
        return error;
      }
      return undefined;
    };
    expect(refused('gate-gone')).toMatchObject({ code: 'DEVICES_FAULT_UNKNOWN' });
    expect(refused('constructor')).toMatchObject({ code: 'DEVICES_FAULT_UNKNOWN' });
    expect(refused('gate-slam', 'nobody')).toMatchObject({ code: 'DEVICES_FAULT_ASSET' });
    expect(refused('gate-slam', 'lift-1a')).toMatchObject({ code: 'DEVICES_FAULT_ASSET' });
    // A Zigbee contact hears no slam.
    expect(refused('gate-slam', 'block-1-door')).toMatchObject({ code: 'DEVICES_FAULT_ASSET' });
  });
});
