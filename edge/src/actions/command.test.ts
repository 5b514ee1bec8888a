import { describe, expect, it } from 'vitest';
import { commandOf } from './command.ts';
import { entrapment } from './testing.ts';

const occasion = { gateway: 'yard-1', alarm: entrapment(), undo: false };

describe('a relay', () => {
  it.each([
    [
      { format: 'shelly', device: 'shellyplus1-a8032ab1', switch: 0, on: true } as const,
      'shelly shellyplus1-a8032ab1 0 on',
      'shellyplus1-a8032ab1/rpc',
      '{"id":1,"src":"ctk-events/actions","method":"Switch.Set","params":{"id":0,"on":true}}',
    ],
    [
      { format: 'tasmota', device: 'siren', switch: 2, on: false } as const,
      'tasmota siren 2 off',
      'cmnd/siren/POWER2',
      'OFF',
    ],
    [
      {
        format: 'zigbee2mqtt',
        device: 'halls/siren',
        base: 'zigbee',
        switch: null,
        on: true,
      } as const,
      'zigbee2mqtt halls/siren on',
      'zigbee/halls/siren/set',
      '{"state":"ON"}',
    ],
    [
      {
        format: 'zigbee2mqtt',
        device: 'siren',
        base: 'zigbee2mqtt',
        switch: 'l2',
        on: false,
      } as const,
      'zigbee2mqtt siren l2 off',
      'zigbee2mqtt/siren/set',
      '{"state_l2":"OFF"}',
    ],
  ])('is switched in the words of its family: %j', (relay, target, topic, payload) => {
    expect(commandOf({ relay }, occasion)).toEqual({
      kind: 'relay',
      target,
      publish: { topic, payload, retain: false },
    });
  });
});

describe('a message', () => {
  it('is what the estate says, or the alarm', () => {
    const mqtt = { topic: 'sirens/lift', payload: 'on', retain: true };
    expect(commandOf({ mqtt }, occasion)).toEqual({
      kind: 'mqtt',
      target: 'sirens/lift',
      publish: mqtt,
    });
    const told = commandOf({ mqtt: { ...mqtt, payload: null } }, { ...occasion, undo: true });
    expect(JSON.parse('publish' in told ? told.publish.payload : '')).toEqual({
      type: 'alarm-ended',
      gateway: 'yard-1',
      estate: 'yard',
      asset: 'lift',
      rule: 'lift-trapped',
      item: 'TP27-S1',
      onset: 1_000,
      detected: 1_000,
      raised: 31_000,
      severity: 'emergency',
      standardVersion: 'v1',
      why: { en: 'A person is trapped.', zh: '轿厢困人。' },
      worst: true,
      worstAt: 1_000,
      readings: [{ point: 'yard/lift/trapped', at: 1_000, value: true }],
    });
  });

  it('names no more of an address than whose it is', () => {
    const webhook = { url: 'https://guard.example/hook/secret?token=1', plain: false };
    expect(commandOf({ webhook }, occasion)).toMatchObject({
      kind: 'webhook',
      target: 'https://guard.example',
      post: { url: webhook.url },
    });
  });
});
