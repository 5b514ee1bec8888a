import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kinds } from '../kinds/index.ts';
import { type Estate, loadEstate } from '../model/index.ts';
import { createDecoder, type Decoded, topicsOf } from './index.ts';
import { decodings, fuzz } from './testing/index.ts';

const file = new URL('../model/example.yaml', import.meta.url);
const estate: Estate = loadEstate(readFileSync(file, 'utf8'), 'example.yaml');
const decoder = createDecoder(estate);
const now = Date.parse('2026-11-21T12:00:00Z');
const arrival = { received: now, retained: false };

const topics = [
  ...estate.assets.flatMap((a) => [
    `caretaker/${a.id}`,
    ...a.points.map((p) => `caretaker/${a.id}/${p.metric}`),
  ]),
  ...estate.mappings
    .flatMap((m) => topicsOf(m, estate))
    .map((t) => t.replaceAll('+', '1').replace('#', 'x/y')),
  'caretaker/nobody',
  'zigbee2mqtt/bridge/state',
];
const valid = [
  `{"at":${now},"door":"open","slam_db":81.5,"fault":false}`,
  '{"lux":12.5,"power_w":40,"commanded":true}',
  '{"contact":true,"last_seen":"2026-11-21T11:59:00Z"}',
  '{"time":"2026-11-21T11:59:00+00:00","object":{"distance":2593,"position":"tilt"}}',
  '{"illuminance_lux":"12.00","power":11.8,"state":"ON"}',
  '21.5',
];

/** Whatever comes in, what comes out can be journalled: known points, values of their type and range. */
function expectSound({ found, faults }: Decoded): void {
  for (const { point, value, at } of found) {
    const [asset = '', id = ''] = point.split('/');
    const kind = estate.assets.find((a) => a.id === asset)?.kind ?? '';
    const metric = kinds[kind]?.metrics[id];
    expect(metric).toBeDefined();
    if (metric?.type === 'flag') expect(typeof value).toBe('boolean');
    if (metric?.type === 'state') expect(metric.states).toContain(value);
    if (metric?.range !== undefined) {
      expect(value).toBeGreaterThanOrEqual(metric.range[0]);
      expect(value).toBeLessThanOrEqual(metric.range[1]);
    }
    if (at === null) continue;
    expect(Number.isSafeInteger(at)).toBe(true);
    expect(at).toBeLessThanOrEqual(now + 300_000);
  }
  for (const fault of faults) {
    expect(fault.code).toMatch(/^DECODE_[A-Z_]+$/);
    expect(fault.message.length).toBeLessThan(300);
    expect(fault.where).toBeDefined();
  }
}

/** Bytes of a valid message with some of them replaced, dropped or doubled. */
const mutated = fc
  .tuple(
    fc.constantFrom(...valid),
    fc.array(fc.tuple(fc.nat(120), fc.nat(255), fc.nat(3)), { maxLength: 6 }),
  )
  .map(([text, changes]) => {
    const bytes = [...Buffer.from(text)];
    for (const [position, byte, how] of changes) {
      bytes.splice(position % bytes.length, how === 0 ? 0 : 1, ...(how === 1 ? [] : [byte]));
    }
    return Uint8Array.from(bytes);
  });

describe('the decoder, whatever a device sends', () => {
  const topic = fc.constantFrom(...topics);

  it('never throws and never lets an unsound value through: random bytes', () => {
    fc.assert(
      fc.property(fc.oneof(topic, fc.string()), fc.uint8Array({ maxLength: 300 }), (t, bytes) => {
        expectSound(decoder.decode(t, bytes, arrival));
      }),
      { numRuns: 3_000 },
    );
  });

  it('never throws and never lets an unsound value through: mutated messages', () => {
    fc.assert(
      fc.property(topic, mutated, (t, bytes) => {
        expectSound(decoder.decode(t, bytes, arrival));
      }),
      { numRuns: 6_000 },
    );
  });

  it('never throws and never lets an unsound value through: any JSON under known names', () => {
    const names = ['at', 'door', 'slam_db', 'fault', 'temp_c', 'lux', 'object', 'time', 'contact'];
    const message = fc.dictionary(fc.constantFrom(...names), fc.jsonValue(), { maxKeys: 6 });
    fc.assert(
      fc.property(topic, message, (t, value) => {
        expectSound(decoder.decode(t, Buffer.from(JSON.stringify(value)), arrival));
      }),
      { numRuns: 3_000 },
    );
  });

  it('reads a view into a larger buffer', () => {
    const all = Buffer.from(`xxx${valid[0]}xxx`);
    const view = new Uint8Array(all.buffer, all.byteOffset + 3, all.length - 6);
    expect(decoder.decode('caretaker/north-gate', view, arrival).found).toHaveLength(3);
  });
});

describe('every decoder, whatever it is sent', () => {
  it.each(decodings)('%s takes, puts aside or ignores each of 20,000 payloads', (decoding) => {
    const sent = 20_000;
    const { accepted, quarantined, ignored, complaints } = fuzz(decoding, sent, 20_261_129);
    expect(complaints).toEqual([]);
    expect(accepted + quarantined + ignored).toBe(sent);
    // A decoder that refused everything would pass the rest.
    expect(Math.min(accepted, quarantined, ignored)).toBeGreaterThan(sent / 200);
  });
});
