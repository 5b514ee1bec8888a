import { manualClock } from '@caretaker/readings/testing';
import { expect, it } from 'vitest';
import { testEstate } from '../testing.ts';
import { Devices } from './devices.ts';

const start = 1_780_000_000_000;
const minute = 60_000;

it('names devices that have spoken and then not for longer than their kind allows, the longest first', () => {
  const clock = manualClock(start);
  const devices = new Devices(testEstate(), clock);
  const report = () => devices.report(clock.now());
  expect(report()).toEqual({
    assets: 0,
    points: 0,
    silentPoints: 0,
    silent: [],
    lags: [],
    seen: [],
  });
  devices.heard('hall/temp_c', clock.monotonic(), null);
  clock.advance(10 * minute);
  devices.heard('bin/fill_pct', clock.monotonic(), null);
  devices.heard('unheard/of', clock.monotonic(), null);
  expect(report()).toMatchObject({ assets: 2, points: 2, silentPoints: 0, silent: [] });
  clock.advance(10 * minute);
  // It answers its network and measures nothing: that ends no silence.
  devices.saw('bin', clock.monotonic());
  clock.advance(26 * 60 * minute);
  expect(report().silent).toEqual([
    { asset: 'hall', metrics: ['temp_c'], lastHeard: start, lastSeen: start },
    {
      asset: 'bin',
      metrics: ['fill_pct'],
      lastHeard: start + 10 * minute,
      lastSeen: start + 20 * minute,
    },
  ]);
  devices.heard('hall/temp_c', clock.monotonic(), null);
  expect(report()).toMatchObject({ silentPoints: 1, silent: [{ asset: 'bin' }] });
});

it('smooths what the clocks of devices are off by, the worst first', () => {
  const clock = manualClock(start);
  const devices = new Devices(testEstate(), clock);
  for (let n = 0; n < 50; n += 1) {
    devices.heard('hall/temp_c', 0, 1_000 + (n % 2 === 0 ? 200 : -200));
    devices.heard('bin/fill_pct', 0, -240_000);
    devices.heard('gate/door', 0, null);
  }
  const { lags } = devices.report(start);
  expect(lags.map(({ asset }) => asset)).toEqual(['bin', 'hall']);
  expect(lags[0]?.ms).toBe(-240_000);
  expect(Math.abs((lags[1]?.ms ?? 0) - 1_000)).toBeLessThan(60);
});

it('says when an asset last gave a sign of life, whether it said a value or not', () => {
  const clock = manualClock(start);
  const devices = new Devices(testEstate(), clock);
  devices.saw('bin', clock.monotonic());
  clock.advance(minute);
  devices.heard('hall/temp_c', clock.monotonic(), null);
  devices.saw('nobody', clock.monotonic());
  clock.advance(minute);
  const report = devices.report(clock.now());
  expect(report.seen).toEqual([
    { asset: 'hall', at: start + minute },
    { asset: 'bin', at: start },
  ]);
  // A sign of life is no value: the asset has not spoken.
  expect(report).toMatchObject({ assets: 1, points: 1 });
});

it('remembers of another estate what was heard of the points that it has, too', () => {
  const clock = manualClock(start);
  const [before, after] = [new Devices(testEstate(), clock), new Devices(testEstate(), clock)];
  before.heard('hall/temp_c', clock.monotonic(), 6_000);
  after.adopt(before);
  clock.advance(4 * 60 * minute);
  after.heard('bin/fill_pct', clock.monotonic(), null);
  expect(after.report(clock.now())).toMatchObject({
    ...{ assets: 2, points: 2, silentPoints: 1, lags: [{ asset: 'hall', ms: 6_000 }] },
    silent: [{ asset: 'hall', lastHeard: start }],
  });
  before.adopt(after);
  expect(before.report(clock.now())).toEqual(after.report(clock.now()));
});
