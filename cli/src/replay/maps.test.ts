import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadEstate } from '@caretaker/devices/model';
import { FaultsError } from '@caretaker/readings/base';
import { describe, expect, it } from 'vitest';
import { messageOf, parseMap } from './map.ts';
import { plainMessageOf } from './plain.ts';
import { readRows } from './rows.ts';

const cli = resolve(import.meta.dirname, '../..');
const noise = parseMap(
  'time: { column: t, zone: Asia/Shanghai }\ntopic: caretaker/{place}\nfields: { laeq_db: dB }',
  'noise.yaml',
);

describe('a map of columns', () => {
  it.each(readdirSync(join(cli, 'maps')))('%s can be read', (name) => {
    expect(() => parseMap(readFileSync(join(cli, 'maps', name), 'utf8'), name)).not.toThrow();
  });

  it('makes a message of a row, with local time in its zone', () => {
    const row = { t: '2026-03-14 08:00:00', place: 'yard', dB: ' 48.5 ' };
    expect(messageOf(row, noise, 'f:2')).toEqual({
      topic: 'caretaker/yard',
      at: Date.UTC(2026, 2, 14, 0),
      values: { laeq_db: 48.5 },
    });
  });

  it('takes an offset in the file before the zone in the map', () => {
    const row = { t: '2026-03-14T08:00:00+01:00', place: 'yard', dB: '48' };
    expect(messageOf(row, noise, 'f:2')?.at).toBe(Date.UTC(2026, 2, 14, 7));
  });

  it('scales and offsets: 212 °F is 100 °C', () => {
    const map = parseMap(readFileSync(join(cli, 'maps/nab-ambient.yaml'), 'utf8'), 'nab');
    const message = messageOf({ timestamp: '2013-07-04 00:00:00', value: '212' }, map, 'f:2');
    expect(message?.values.temp_c).toBeCloseTo(100, 9);
  });

  it('leaves out empty values, and a row without any', () => {
    expect(messageOf({ t: '2026-03-14 08:00', place: 'yard', dB: '' }, noise, 'f:2')).toBeNull();
  });

  it.each([
    ['not a time', 'Tuesday'],
    ['empty', ''],
  ])('names the line of a time that is %s', (_, t) => {
    expect(() => messageOf({ t, place: 'yard', dB: '4' }, noise, 'noise.csv:7')).toThrow(
      expect.objectContaining({ code: 'CLI_REPLAY_ROW', where: 'noise.csv:7' }),
    );
  });

  it('asks for a zone when the times have none', () => {
    const map = parseMap('time: { column: t }\ntopic: x\nfields: { a: a }', 'm.yaml');
    expect(() => messageOf({ t: '2026-03-14 08:00', a: '1' }, map, 'f:2')).toThrow(/time\.zone/);
  });

  it('lists every fault of a map at once', () => {
    const bad = 'time: { column: "", unit: h }\nfields: {}';
    const read = () => parseMap(bad, 'm.yaml');
    expect(read).toThrow(FaultsError);
    expect(read).toThrow(/time\.column[\s\S]*time\.unit[\s\S]*topic/);
  });
});

describe('the samples', () => {
  it('have an estate that judges the past at every point', () => {
    const file = join(cli, 'samples/replay-estate.yaml');
    const estate = loadEstate(readFileSync(file, 'utf8'), file);
    const points = estate.assets.flatMap((asset) => asset.points);
    expect(points.length).toBeGreaterThan(5);
    expect(points.every(({ history }) => history === 'judge')).toBe(true);
  });

  it.each([
    ['noisy-evening.csv', 720],
    ['filling-bin.jsonl', 72],
  ])('%s needs no map and has %d readings in order', async (name, count) => {
    const times: number[] = [];
    for await (const { row, where } of readRows(join(cli, 'samples', name))) {
      const message = plainMessageOf(row, where);
      if (message !== null) times.push(message.at);
    }
    expect(times).toHaveLength(count);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('says which file cannot be read', async () => {
    const read = async () => {
      for await (const _ of readRows('/nowhere/noise.csv'));
    };
    await expect(read()).rejects.toMatchObject({ code: 'CLI_REPLAY_FILE' });
  });
});
