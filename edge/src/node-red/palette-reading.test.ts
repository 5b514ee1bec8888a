import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paletteModule } from './testing.ts';

interface Publication {
  readonly topic: string;
  readonly payload: string;
}

const { publicationOf } = paletteModule<{
  publicationOf: (msg: object, config: object, now: number) => Publication;
}>('lib/reading.js');

const now = Date.parse('2026-11-29T06:00:00Z');

function read(msg: object, config: object = { asset: 'hall', metric: 'temp_c' }): unknown {
  const { topic, payload } = publicationOf(msg, config, now);
  return [topic, JSON.parse(payload)];
}

function faultOf(msg: object, config?: object): string {
  try {
    read(msg, config);
    return 'none';
  } catch (error) {
    return (error as { key: string }).key;
  }
}

describe('a message becomes a reading', () => {
  it.each([
    [{ payload: 21.5 }, { temp_c: 21.5 }],
    [{ payload: true }, { temp_c: true }],
    [
      { payload: 'open', at: now },
      { at: now, temp_c: 'open' },
    ],
    [
      { payload: 1, at: '2026-11-29T06:00:00+00:00' },
      { at: now, temp_c: 1 },
    ],
    [
      { payload: 1, at: new Date(now) },
      { at: now, temp_c: 1 },
    ],
  ])('%j', (msg, values) => {
    expect(read(msg)).toEqual(['caretaker/hall', values]);
  });

  it('with what the node leaves empty from the message, and the time of this machine where asked', () => {
    const open = { asset: '', metric: '' };
    expect(read({ asset: 'gate', metric: 'fault', payload: false }, open)).toEqual([
      'caretaker/gate',
      { fault: false },
    ]);
    const several = { asset: 'gate', payload: { fault: false, slam_db: 61, at: now } };
    expect(read(several, open)).toEqual(['caretaker/gate', { at: now, fault: false, slam_db: 61 }]);
    expect(read({ payload: 1 }, { asset: 'hall', metric: 'temp_c', stamp: true })).toEqual([
      'caretaker/hall',
      { at: now, temp_c: 1 },
    ]);
  });
});

describe('a message is refused', () => {
  it.each([
    [{ payload: Number.NaN }, 'value'],
    [{ payload: null }, 'value'],
    [{ payload: { a: 1 } }, 'value'],
    [{ payload: 1, at: 1_700_000_000 }, 'at'],
    [{ payload: 1, at: '2026-11-29T06:00:00' }, 'at'],
    [{ payload: 1, at: 'yesterday' }, 'at'],
  ])('%j: %s', (msg, key) => {
    expect(faultOf(msg)).toBe(key);
  });

  it.each([
    [{ asset: 'a/b', metric: 'x', payload: 1 }, 'asset'],
    [{ metric: 'x', payload: 1 }, 'asset'],
    [{ asset: 'hall', metric: 'a b', payload: 1 }, 'metric'],
    [{ asset: 'hall', payload: 1 }, 'payload'],
    [{ asset: 'hall', payload: [1] }, 'payload'],
    [{ asset: 'hall', payload: Buffer.from('x') }, 'payload'],
    [{ asset: 'hall', payload: {} }, 'empty'],
    [{ asset: 'hall', payload: { at: now } }, 'empty'],
  ])('where the node leaves all open: %j: %s', (msg, key) => {
    expect(faultOf(msg, { asset: '', metric: '' })).toBe(key);
  });

  it('or leads to one topic and one object, whatever it is', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.anything(), (payload, asset, at) => {
        const msg = { payload, asset, at };
        if (faultOf(msg, { asset: '', metric: '' }) !== 'none') return;
        const { topic, payload: text } = publicationOf(msg, { asset: '', metric: '' }, now);
        expect(topic).toMatch(/^caretaker\/[a-z0-9][a-z0-9_-]*$/);
        expect(Object.keys(JSON.parse(text)).length).toBeGreaterThan(0);
      }),
    );
  });
});
