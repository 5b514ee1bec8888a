import { silentLog } from '@caretaker/readings/base';
import { type ManualClock, manualClock } from '@caretaker/readings/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { Outlet } from './outlet.ts';

let clock: ManualClock;
let said: string[];
let broken: boolean;
let outlet: Outlet;

beforeEach(() => {
  clock = manualClock(0);
  said = [];
  broken = false;
  outlet = new Outlet({
    clock,
    log: silentLog,
    publisher: {
      async publish(topic, payload, { qos, retain }) {
        if (broken) throw new Error('away');
        said.push(`${topic} ${payload} q${qos}${retain ? ' retained' : ''}`);
      },
    },
  });
});

describe('a topic', () => {
  it('is said once a second at most, and then as it is at that moment', () => {
    let value = 0;
    const say = () => String(value);
    for (; value < 50; value += 1) {
      outlet.touch('state/gate', say);
      clock.advance(50);
    }
    clock.advance(2_000);
    const heard = said.map((line) => Number(line.split(' ')[1]));
    expect(heard.length).toBeGreaterThanOrEqual(3);
    expect(heard.length).toBeLessThanOrEqual(4);
    expect(heard.at(-1)).toBe(50);
    expect(outlet.counts).toEqual({ published: heard.length, waiting: 0, failed: 0 });
  });

  it('says nothing when it has nothing to say', () => {
    outlet.touch('state/gate', () => null);
    clock.advance(1_000);
    expect(said).toEqual([]);
  });

  it('goes first when nobody may wait for it, before thousands that can', () => {
    for (let n = 0; n < 3_000; n += 1) outlet.touch(`state/${n}`, () => 'x');
    clock.advance(150);
    expect(said).toHaveLength(100);
    outlet.touch('condition/gate', () => 'bad', 'urgent');
    clock.advance(0);
    expect(said[100]).toBe('condition/gate bad q1 retained');
    clock.advance(10_000);
    expect(said).toHaveLength(3_001);
    expect(new Set(said).size).toBe(3_001);
  });

  it('is said again when the broker did not take it, unless it has something newer to say', async () => {
    broken = true;
    outlet.touch('state/gate', () => 'old');
    outlet.touch('state/bin', () => 'full');
    clock.advance(200);
    await Promise.resolve();
    await Promise.resolve();
    broken = false;
    clock.advance(1_000);
    outlet.touch('state/gate', () => 'new');
    clock.advance(10_000);
    expect(said.toSorted()).toEqual(['state/bin full q0 retained', 'state/gate new q0 retained']);
    expect(outlet.counts.failed).toBe(2);
  });
});

it('says what happened at once and unretained, and after its end only its last words', async () => {
  outlet.tell('alarm/gate', 'forced');
  outlet.touch('state/gate', () => 'late');
  await outlet.stop(new Map([['gateway', 'offline']]));
  clock.advance(10_000);
  outlet.tell('alarm/gate', 'late');
  expect(said).toEqual(['alarm/gate forced q1', 'gateway offline q1 retained']);
});
