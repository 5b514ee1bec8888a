import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addTimes, type Outage, uptime } from './uptime.ts';

const hour = 3_600_000;
const why = { en: 'why', zh: 'why' };
const outage = (
  id: number,
  from: number,
  to: number | null,
  effect: Outage['effect'] = 'down',
) => ({
  id,
  onset: from * hour,
  end: to === null ? null : to * hour,
  effect,
  why,
});

describe('planned work', () => {
  it('takes what goes down within it, and nothing that was down before or goes on after', () => {
    const { time, failures, stretches } = uptime({
      from: 0,
      to: 20 * hour,
      knownFrom: 0,
      knownTo: 20 * hour,
      now: 20 * hour,
      planned: [{ from: 4 * hour, to: 8 * hour, reason: 'new ropes' }],
      outages: [outage(1, 3, 5), outage(2, 6, 7), outage(3, 7, 10)],
    });
    // Down 3 to 5 and 8 to 10, planned 5 to 8.
    expect([time.down / hour, time.planned / hour, failures]).toEqual([4, 3, 2]);
    expect(stretches.find((s) => s.bucket === 'planned')?.reason.en).toBe(
      'Planned work: new ropes',
    );
  });
});

describe('uptime of one asset', () => {
  it('agrees with the worked vector: 720 h, 4 planned, 6 unknown, failures of 3, 9 and 2 h still open', () => {
    const { time, failures, stretches } = uptime({
      from: 0,
      to: 720 * hour,
      knownFrom: 0,
      knownTo: 720 * hour,
      now: 720 * hour,
      planned: [{ from: 10 * hour, to: 14 * hour }],
      outages: [
        outage(1, 100, 106, 'unknown'),
        outage(2, 200, 203),
        outage(3, 300, 309),
        outage(4, 718, null),
      ],
    });
    const hours = Object.fromEntries(Object.entries(time).map(([k, v]) => [k, v / hour]));
    expect(hours).toEqual({
      required: 720,
      up: 696,
      degraded: 0,
      down: 14,
      planned: 4,
      unknown: 6,
    });
    expect(failures).toBe(3);
    const { up, down, required, unknown } = time;
    const percent = (n: number) => (100 * n).toFixed(2);
    expect(percent(up / required)).toBe('96.67');
    expect(percent(up / (up + down))).toBe('98.03');
    expect(percent(up / (required - time.planned))).toBe('97.21');
    expect(percent((up + unknown) / (required - time.planned))).toBe('98.04');
    expect(percent((required - unknown) / required)).toBe('99.17');
    expect(up / failures / hour).toBe(232);
    expect(stretches.at(-1)).toMatchObject({ bucket: 'down', episodes: [4] });
  });

  it('counts nothing as up before the first reading and after the last frame', () => {
    const { time } = uptime({
      from: 0,
      to: 10 * hour,
      knownFrom: 2 * hour,
      knownTo: 7 * hour,
      now: 10 * hour,
      planned: [],
      outages: [],
    });
    expect(time).toMatchObject({ up: 5 * hour, unknown: 5 * hour });
    const blind = { knownFrom: null, knownTo: 0, now: 10 * hour, planned: [], outages: [] };
    expect(uptime({ from: 0, to: hour, ...blind }).time).toMatchObject({ up: 0, unknown: hour });
  });

  it('lets an open outage go on while its gateway is silent, and shows degraded inside up', () => {
    const { time, failures } = uptime({
      from: 2 * hour,
      to: 10 * hour,
      knownFrom: 0,
      knownTo: 5 * hour,
      now: 8 * hour,
      planned: [],
      outages: [outage(1, 1, null), outage(2, 0, 4, 'degraded')],
    });
    expect(time).toMatchObject({ down: 6 * hour, unknown: 2 * hour, up: 0 });
    expect(failures).toBe(0);
  });

  it('merges overlapping outages into one failure', () => {
    const { time, failures } = uptime({
      from: 0,
      to: 10 * hour,
      knownFrom: 0,
      knownTo: 10 * hour,
      now: 10 * hour,
      planned: [],
      outages: [outage(1, 1, 3), outage(2, 2, 4), outage(3, 4, 5), outage(4, 6, 7)],
    });
    expect([time.down / hour, failures]).toEqual([5, 2]);
  });
});

type Case = { outages: Outage[]; knownFrom: number | null; knownTo: number };
const effects = ['down', 'degraded', 'unknown'] as const;
const cases: fc.Arbitrary<Case> = fc.record({
  outages: fc.array(
    fc
      .record({
        from: fc.integer({ min: -20, max: 60 }),
        length: fc.option(fc.integer({ min: 0, max: 30 })),
        effect: fc.constantFrom(...effects),
      })
      .map(({ from, length, effect }) =>
        outage(0, from, length === null ? null : from + length, effect),
      ),
    { maxLength: 8 },
  ),
  knownFrom: fc.option(fc.integer({ min: -5, max: 50 }).map((h) => h * hour)),
  knownTo: fc.integer({ min: 0, max: 60 }).map((h) => h * hour),
});
const window = { from: 0, to: 40 * hour, now: 38 * hour };

function bucketAt(at: number, { outages, knownFrom, knownTo }: Case) {
  const on = (effect: string) =>
    outages.some((o) => o.effect === effect && o.onset <= at && at < (o.end ?? window.now));
  const planned = (t: number) => t >= 5 * hour && t < 7 * hour;
  const before = outages.filter((o) => !planned(at) || !planned(o.onset));
  const down = before.some(
    (o) => o.effect === 'down' && o.onset <= at && at < (o.end ?? window.now),
  );
  if (down) return 'down';
  if (planned(at)) return 'planned';
  if (knownFrom === null || at < knownFrom || at >= knownTo || on('unknown')) return 'unknown';
  return on('degraded') ? 'degraded' : 'up';
}

it('adds up exactly, stretch by stretch, for any outages, as a count of every hour says', () => {
  const check = (given: Case) => {
    const planned = [{ from: 5 * hour, to: 7 * hour }];
    const { time, stretches } = uptime({ ...window, ...given, planned });
    const counted = { up: 0, degraded: 0, down: 0, planned: 0, unknown: 0 };
    for (let h = 0; h < 40; h += 1) counted[bucketAt(h * hour, given)] += hour;
    const up = counted.up + counted.degraded;
    expect(time).toEqual({ ...counted, up, required: 40 * hour });
    expect([stretches[0]?.from, stretches.at(-1)?.to]).toEqual([0, 40 * hour]);
    for (const [i, s] of stretches.entries()) if (i > 0) expect(s.from).toBe(stretches[i - 1]!.to);
    const sum = addTimes([time, time]);
    expect(sum.up + sum.down + sum.planned + sum.unknown).toBe(sum.required);
  };
  fc.assert(fc.property(cases, check), { numRuns: 300 });
});
