import type { Frame } from '@caretaker/readings/frame';
import { describe, expect, it } from 'vitest';
import { reading } from '../testing/gateway.ts';
import { Lane } from './lane.ts';
import { greet, place } from './place.ts';
import { parseUplinkTopic } from './transport.ts';

function frame(first: number, count: number, gaps?: Frame['gaps']): Frame {
  const readings = Array.from({ length: count }, (_, i) => reading('a/b', i, i));
  const completeTo = { time: 0, sequence: 0 };
  const held = { gateway: 'g', journal: 'j', first, readings, completeTo, sent: 0 };
  return gaps === undefined ? held : { ...held, gaps };
}

describe('a frame, with 10 readings accepted', () => {
  it.each([
    [11, 3, { type: 'next', skip: 0, accepted: 13 }],
    [9, 4, { type: 'next', skip: 2, accepted: 12 }],
    [11, 0, { type: 'next', skip: 0, accepted: 10 }],
    [8, 3, { type: 'duplicate' }],
    [1, 5, { type: 'duplicate' }],
    [10, 0, { type: 'duplicate' }],
    [12, 3, { type: 'gap' }],
    [12, 0, { type: 'gap' }],
  ])('from %i with %i readings', (first, count, placing) => {
    expect(place(10, frame(first, count))).toEqual(placing);
  });
});

describe('a frame of a thinned journal, with 10 readings accepted', () => {
  it.each([
    // 9, then 12 and 13
    [9, 3, [{ index: 1, removed: 2 }], { type: 'next', skip: 1, accepted: 13 }],
    // 7, then 12: the hole begins before what was accepted and ends behind it
    [7, 2, [{ index: 1, removed: 4 }], { type: 'next', skip: 1, accepted: 12 }],
    // nothing is left of 11 to 15
    [11, 0, [{ index: 0, removed: 5 }], { type: 'next', skip: 0, accepted: 15 }],
    [8, 0, [{ index: 0, removed: 5 }], { type: 'next', skip: 0, accepted: 12 }],
    // 10 and 13, then a hole to 15
    [
      10,
      2,
      [
        { index: 1, removed: 2 },
        { index: 2, removed: 2 },
      ],
      { type: 'next', skip: 1, accepted: 15 },
    ],
    [8, 1, [{ index: 0, removed: 2 }], { type: 'duplicate' }],
    [6, 0, [{ index: 0, removed: 5 }], { type: 'duplicate' }],
    [12, 1, [{ index: 0, removed: 3 }], { type: 'gap' }],
  ])('from %i with %i readings and gaps %j', (first, count, gaps, placing) => {
    expect(place(10, frame(first, count, gaps))).toEqual(placing);
  });
});

describe('a greeting', () => {
  const hello = (journal: string, oldest: number, newest: number) =>
    ({ type: 'hello', journal, oldest, newest, version: 'v', at: 0 }) as const;
  const known = { journal: 'j', accepted: 10, newest: 20 };

  it('goes on where the journal was', () => {
    expect(greet(hello('j', 4, 25), known, null)).toEqual({
      position: { ...known, newest: 25 },
      losses: [],
    });
  });

  it('begins an unknown journal with what it holds', () => {
    expect(greet(hello('k', 1, 5), null, null).position.accepted).toBe(0);
    expect(greet(hello('k', 7, 9), null, null)).toEqual({
      position: { journal: 'k', accepted: 6, newest: 9 },
      losses: [],
    });
  });

  it('notes what can no longer come', () => {
    expect(greet(hello('j', 15, 25), known, null)).toMatchObject({
      position: { accepted: 14 },
      losses: [{ journal: 'j', from: 11, to: 14 }],
    });
    expect(greet(hello('k', 3, 9), null, known).losses).toMatchObject([
      { journal: 'j', from: 11, to: 20 },
    ]);
    expect(greet(hello('k', 1, 9), null, known).losses).toEqual([]);
    expect(greet(hello('k', 3, 9), null, { ...known, newest: 10 }).losses).toEqual([]);
    expect(greet(hello('j', 1, 6), known, null)).toMatchObject({
      position: known,
      losses: [{ from: 7, to: 10 }],
    });
  });
});

describe('a lane', () => {
  it('keeps the order, and makes the sender wait when it is full', async () => {
    const lane = new Lane(100);
    const done: number[] = [];
    let open = () => {};
    const gate = new Promise<void>((go) => {
      open = go;
    });
    const first = lane.push(60, async () => {
      await gate;
      done.push(1);
    });
    await first;
    let room = false;
    const second = lane
      .push(60, async () => {
        done.push(2);
      })
      .then(() => {
        room = true;
      });
    await Promise.resolve();
    expect([room, lane.held, done]).toEqual([false, 120, []]);
    open();
    await second;
    await lane.idle();
    expect([room, lane.held, done]).toEqual([true, 0, [1, 2]]);
  });

  it('goes on after a task that fails', async () => {
    const lane = new Lane(100);
    await expect(lane.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await lane.run(async () => 7)).toBe(7);
  });
});

it.each([
  ['ctk/1/g-1/frames', { gateway: 'g-1', channel: 'frames' }],
  ['ctk/1/g-1/status', { gateway: 'g-1', channel: 'status' }],
  ['ctk/1/g-1/acks', null],
  ['ctk/2/g-1/frames', null],
  ['ctk/1/G/frames', null],
  ['ctk/1/a/b/frames', null],
  ['$SYS/x', null],
])('%s is a topic of gateways: %o', (topic, parsed) => {
  expect(parseUplinkTopic(topic)).toEqual(parsed);
});
