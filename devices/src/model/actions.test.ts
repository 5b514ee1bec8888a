import { readFileSync } from 'node:fs';
import { type Fault, FaultsError } from '@caretaker/readings/base';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { Action } from './index.ts';
import { loadEstate } from './index.ts';

const example = readFileSync(new URL('./example.yaml', import.meta.url), 'utf8');
const without = example.slice(0, example.indexOf('actions:'));

const load = (actions: unknown): readonly Action[] =>
  loadEstate(`${without}${stringify({ actions })}`, 'x.yaml').actions;

function faultsOf(actions: unknown): readonly Fault[] {
  try {
    load(actions);
  } catch (error) {
    if (error instanceof FaultsError) return error.faults;
    throw error;
  }
  return [];
}

describe('actions of an estate', () => {
  it('are read with what they leave out', () => {
    expect(loadEstate(example, 'example.yaml').actions).toEqual([
      {
        rule: 'gate-forced',
        assets: ['north-gate'],
        do: [
          {
            mqtt: { topic: 'sirens/north', payload: '{"state":"on","seconds":60}', retain: false },
          },
          { webhook: { url: 'https://guard.example/alarms', plain: false } },
          { relay: { format: 'tasmota', device: 'floodlight', switch: 2, on: true } },
        ],
        undo: [{ relay: { format: 'tasmota', device: 'floodlight', switch: 2, on: false } }],
      },
      {
        rule: 'gate-forced',
        do: [
          {
            relay: {
              format: 'zigbee2mqtt',
              device: 'gates/light',
              base: 'zigbee2mqtt',
              switch: 'l1',
              on: true,
            },
          },
        ],
        undo: [],
      },
    ]);
    expect(loadEstate(without, 'x.yaml').actions).toEqual([]);
  });

  it('are read again as they were written', () => {
    const all = [
      ...loadEstate(example, 'example.yaml').actions,
      ...load([
        { rule: 'gate-forced', do: [{ mqtt: { topic: 'a' } }] },
        { rule: 'gate-forced', do: [{ webhook: { url: 'http://127.0.0.1:1880/in' } }] },
        { rule: 'gate-forced', do: [{ relay: { format: 'shelly', device: 'plug' } }] },
      ]),
    ];
    expect(load(JSON.parse(JSON.stringify(all)))).toEqual(all);
  });

  const step = (one: unknown) => [{ rule: 'gate-forced', do: [one] }];
  const mqtt = (more: object) => step({ mqtt: { topic: 'a', ...more } });
  const webhook = (url: string, more = {}) => step({ webhook: { url, ...more } });
  const relay = (more: object) => step({ relay: { format: 'tasmota', device: 'plug', ...more } });

  it.each([
    'https://guard.example/alarms',
    'http://127.0.0.1:1880/alarm',
    'http://localhost/alarm',
    'http://[::1]:8080/alarm',
  ])('may call %s', (url) => {
    expect(faultsOf(webhook(url))).toEqual([]);
  });

  it('may call another machine in the clear when told so', () => {
    expect(faultsOf(webhook('http://10.0.0.7/alarm', { plain: true }))).toEqual([]);
  });

  it.each<[what: string, actions: unknown, says: RegExp]>([
    ['no step', [{ rule: 'gate-forced', do: [] }], /at least one thing/],
    ['two things in one step', step({ mqtt: { topic: 'a' }, relay: {} }), /shelly, tasmota/],
    ['nothing in a step', step({}), /one of mqtt, webhook and relay/],
    ['an unknown step', step({ mail: {} }), /"mail" is not known/],
    ['too many steps', [{ rule: 'r', do: Array(9).fill({ mqtt: { topic: 'a' } }) }], /at most 8/],
    ['a rule that is no id', [{ rule: 'Gate', do: [{ mqtt: { topic: 'a' } }] }], /by its id/],
    ['a wildcard', mqtt({ topic: 'sirens/#' }), /no wildcards/],
    ["a device's own topic", mqtt({ topic: 'caretaker/gate' }), /under caretaker\//],
    ['a topic of the uplink', mqtt({ topic: 'ctk/1/x/frames' }), /under ctk\//],
    ['a topic of the broker', mqtt({ topic: '$SYS/x' }), /under \$SYS\//],
    ['a payload that is a list', mqtt({ payload: [1] }), /text or a JSON object/],
    ['a payload without end', mqtt({ payload: { a: 'x'.repeat(5_000) } }), /at most 4096/],
    ['an address of another kind', webhook('ftp://x/'), /begins with https/],
    ['no address', webhook('guard'), /begins with https/],
    ['plain http to others', webhook('http://10.0.0.7/alarm'), /`plain: true` allows it/],
    ['a host that begins like loopback', webhook('http://127.0.0.1.example/'), /plain: true/],
    ['a password', webhook('https://a:b@x.example/'), /may not hold a password/],
    ['a relay of nobody', relay({ format: 'knx' }), /shelly, tasmota or zigbee2mqtt/],
    ['a Tasmota topic of two levels', relay({ device: 'a/b' }), /one level/],
    ['a switch that Tasmota does not have', relay({ switch: 0 }), />=1/],
    ['a device with a wildcard', relay({ device: '+' }), /no wildcards/],
    [
      'an asset that is not there',
      [{ ...step({ mqtt: { topic: 'a' } })[0], assets: ['x'] }],
      /no asset "x"/,
    ],
    [
      'an asset twice',
      [{ ...step({ mqtt: { topic: 'a' } })[0], assets: ['hall', 'hall'] }],
      /named twice/,
    ],
  ])('may not have %s', (_what, actions, says) => {
    expect(faultsOf(actions).map(({ message }) => message)).toContainEqual(
      expect.stringMatching(says),
    );
  });

  it('are bounded by what an alarm can tell', () => {
    const one = { rule: 'r', do: Array(8).fill({ mqtt: { topic: 'a' } }) };
    expect(faultsOf(Array(4).fill(one))).toEqual([]);
    expect(faultsOf(Array(6).fill(one))).toMatchObject([
      { code: 'DEVICES_ESTATE_ACTION_INVALID', message: expect.stringContaining('32 steps') },
    ]);
  });
});
