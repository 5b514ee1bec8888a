import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createDecoder } from '@caretaker/devices/decode';
import { sparkplugPayload } from '@caretaker/devices/decode/testing';
import { loadEstate } from '@caretaker/devices/model';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runDecode } from './command.ts';
import { messageOf } from './input.ts';

const eui = '24e124136b502217';
const estateText = [
  'id: yard',
  'name: Yard',
  'zone: Asia/Shanghai',
  'location: { latitude: 31.2, longitude: 121.5 }',
  'gateway: yard-1',
  'assets:',
  '  - { id: bin-3, name: Bin 3, kind: bin, touchpoint: TP23, place: Yard, points: [distance_cm, tilt] }',
  'mappings:',
  '  - format: chirpstack',
  `    device: ${eui}`,
  '    asset: bin-3',
  '    fields:',
  '      - { path: distance, metric: distance_cm, unit: mm, sentinels: [0] }',
  '      - { path: position, metric: tilt, words: { tilt: true, normal: false } }',
  '',
].join('\n');
const uplink = (object: unknown, devEui = eui) =>
  JSON.stringify({
    ...{ time: '2026-11-28T20:00:00Z', fPort: 85, object },
    deviceInfo: { applicationId: '7', deviceName: 'Bin 3', devEui },
  });

let folder = '';
let printed = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'caretaker-decode-'));
  writeFileSync(join(folder, 'estate.yaml'), estateText);
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
  process.exitCode = undefined;
});

function decode(payload: string, more: Record<string, unknown> = {}): string {
  const file = join(folder, 'payload');
  writeFileSync(file, payload);
  const switches = { retained: false, hex: false, base64: false, json: false };
  const at = '2026-11-28T20:00:01Z';
  runDecode({ estate: join(folder, 'estate.yaml'), payload: file, at, ...switches, ...more });
  return printed;
}

describe('caretaker decode', () => {
  it('tells what every value of a message becomes, and why', () => {
    const text = decode(`${uplink({ distance: 2_116, position: 'askew', battery: 92 })}\n`);
    for (const part of [
      `Topic       application/7/device/${eui}/event/up`,
      'Family      chirpstack, by its base "application"',
      `Mapping     chirpstack ${eui} → bin-3`,
      'Time        "2026-11-28T20:00:00Z" → 2026-11-28T20:00:00Z',
      'distance: 2116 → from mm 211.6 (bin-3/distance_cm)',
      'position: "askew" is refused: ',
      'Not read    1 values that no field names',
      'battery = 92',
      'accepted: 1 reading, 1 fault into quarantine',
      'bin-3/distance_cm = 211.6, at 2026-11-28T20:00:00Z',
      '[DECODE_WRONG_TYPE]',
    ]) {
      expect(text).toContain(part);
    }
    expect(process.exitCode).toBeUndefined();
  });

  it('tells of our own form', () => {
    const text = decode('{"distance_cm":12}', { topic: 'caretaker/bin-3' });
    expect(text).toContain('Family      our own: the topic names the asset');
    expect(text).toContain('Time        none given: the gateway stamps it');
    expect(text).toContain('distance_cm: 12 → 12 (bin-3/distance_cm)');
  });

  it('says why nothing came of it', () => {
    expect(decode(uplink({ distance: 0 }))).toContain('distance: 0 means "no measurement"');
    expect(printed).toMatch(/Outcome {5}ignored: /);
  });

  it('prints a mapping that may be pasted for a device that none names', () => {
    const stranger = uplink({ distance: 700, battery: 90 }, '24e124136b50ffff');
    const text = decode(stranger);
    expect(text).toContain('[DECODE_UNMAPPED_DEVICE]');
    expect(process.exitCode).toBe(1);
    const yaml = text.slice(text.indexOf('\nassets:') + 1);
    const [assets = '', mappings = ''] = yaml.split(/^mappings:\n/m);
    const pasted = estateText
      .replace('mappings:\n', `${assets.replace('assets:\n', '')}mappings:\n`)
      .concat(mappings);
    const estate = loadEstate(pasted, 'pasted.yaml');
    const { topic, payload } = messageOf(Buffer.from(stranger), undefined, 'text');
    const arrival = { received: Date.UTC(2026, 10, 29), retained: false };
    const { found, faults } = createDecoder(estate).decode(topic, payload, arrival);
    expect(faults).toEqual([]);
    expect(found.map(({ value }) => value)).toContain(70);
  });

  it('takes several messages, one a line, in their order', () => {
    const topic = `application/7/device/${eui}/event/up`;
    const lines = [700, 800].map((distance) => `${topic} ${uplink({ distance })}`);
    const text = decode(`${lines.join('\n')}\n`);
    expect(text.match(/^Topic /gm)).toHaveLength(2);
    expect(text.indexOf('bin-3/distance_cm = 70')).toBeLessThan(text.indexOf('distance_cm = 80'));
  });

  it('reads data of Sparkplug by the births before them, in hexadecimal', () => {
    const mapping = [
      '  - { format: sparkplug, device: Plant A/e1/d1, asset: bin-3,',
      '      fields: [{ path: Level, metric: distance_cm, unit: mm }] }',
    ];
    writeFileSync(join(folder, 'estate.yaml'), `${estateText}${mapping.join('\n')}\n`);
    const line = (
      topic: string,
      seq: number,
      metrics: Parameters<typeof sparkplugPayload>[0]['metrics'],
    ) =>
      `spBv1.0/Plant A/${topic} ${Buffer.from(sparkplugPayload({ timestamp: 1_795_000_000_000, seq, metrics })).toString('hex')}`;
    const text = decode(
      [
        line('NBIRTH/e1', 0, [{ name: 'bdSeq', datatype: 8, long: 0n }]),
        line('DBIRTH/e1/d1', 1, [{ name: 'Level', alias: 7, datatype: 9, float: 500 }]),
        line('DDATA/e1/d1', 2, [{ alias: 7, float: 600 }]),
      ].join('\n'),
      { hex: true },
    );
    expect(text).toContain('bin-3/distance_cm = 60, at ');
  });

  it('lets no message control the terminal', () => {
    const evil = '\u001b[2J\u009b1A\u202e';
    decode(`{"distance_cm":"${evil}","x":1}`, { topic: `yard/${evil}` });
    decode(uplink({ position: evil, [evil]: evil }));
    expect(printed).toContain('\ufffd[2J');
    expect(printed).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}/u);
  });

  it('gives programs one object', () => {
    const told = JSON.parse(decode(uplink({ distance: 2_116 }), { json: true }));
    expect(told).toMatchObject({ outcome: 'accepted', decoded: { found: [{ value: 211.6 }] } });
  });

  it('reads what is piped, on a line as mosquitto_sub prints it', () => {
    const main = resolve(import.meta.dirname, '../main.ts');
    const topic = 'application/7/device/24e124136b50ffff/event/up';
    const input = `${topic} ${uplink({ distance: 700 }, '24e124136b50ffff')}\n`;
    const { stdout, status } = spawnSync(process.execPath, [main, 'decode'], {
      ...{ input, encoding: 'utf8', timeout: 60_000 },
      env: { ...process.env, CARETAKER_ESTATE: join(folder, 'estate.yaml') },
    });
    expect(stdout).toContain(`Topic       ${topic}\n`);
    expect(stdout).toContain('DECODE_UNMAPPED_DEVICE');
    expect(status).toBe(1);
  });
});

describe('what was pasted', () => {
  const text = (pasted: string, topic?: string) => {
    const { topic: found, payload } = messageOf(Buffer.from(pasted), topic, 'text');
    return [found, Buffer.from(payload).toString()];
  };

  it('may be a payload that tells its topic, or a line with the topic', () => {
    expect(text('tele/plug/SENSOR {"Time":1}\n')).toEqual(['tele/plug/SENSOR', '{"Time":1}']);
    expect(text('stat/plug/POWER OFF')).toEqual(['stat/plug/POWER', 'OFF']);
    expect(text('z/north gate {"a":"b/c"}')).toEqual(['z/north gate', '{"a":"b/c"}']);
    expect(text('a/b')).toEqual(['a/b', '']);
    expect(text('OFF\n', 'stat/plug/POWER')).toEqual(['stat/plug/POWER', 'OFF']);
    const shelly = '{"src":"shelly1-a","method":"NotifyStatus","params":{}}';
    expect(text(shelly)[0]).toBe('shelly1-a/events/rpc');
    const ttn = '{"end_device_ids":{"device_id":"d1","application_ids":{"application_id":"app"}}}';
    expect(text(ttn)[0]).toBe('v3/app/devices/d1/up');
    const old = '{"applicationID":"3","devEUI":"JOEkE2tQIhc=","objectJSON":"{}"}';
    expect(text(old)[0]).toBe(`application/3/device/${eui}/event/up`);
  });

  it('is refused when nothing tells the topic, or the bytes are not as it is said', () => {
    const code = (make: () => unknown) => {
      try {
        return make();
      } catch (error) {
        return (error as { code?: string }).code;
      }
    };
    expect(code(() => text('{"contact":true}'))).toBe('CLI_DECODE_TOPIC');
    expect(code(() => messageOf(Buffer.from('0x0g'), 'a/b', 'hex'))).toBe('CLI_DECODE_PAYLOAD');
    expect([...messageOf(Buffer.from('0x08 ff\n'), 'a/b', 'hex').payload]).toEqual([8, 255]);
    expect([...messageOf(Buffer.from('CP8=\n'), 'a/b', 'base64').payload]).toEqual([8, 255]);
    expect(code(() => decode('x', { topic: 'a/b', at: 'noon' }))).toBe('CLI_DECODE_TIME');
    expect(code(() => runDecode({ ...none, payload: join(folder, 'no') }))).toBe(
      'CLI_DECODE_PAYLOAD',
    );
    expect(code(() => runDecode({ ...none, estate: join(folder, 'no') }))).toBe('CLI_ESTATE_FILE');
  });
});

const none = {
  payload: '-',
  topic: 'a/b',
  retained: false,
  hex: false,
  base64: false,
  json: false,
};
