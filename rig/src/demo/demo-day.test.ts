import {
  demoEstate,
  type FaultName,
  faultNames,
  simulateReadings,
} from '@caretaker/devices/simulate';
import type { Reading } from '@caretaker/readings';
import { loadStandard } from '@caretaker/standards';
import { createEngine, type Episode } from '@caretaker/standards/engine';
import { describe, expect, it } from 'vitest';

const estate = demoEstate();
const standard = loadStandard();
const minute = 60_000;
const hour = 60 * minute;
const midnight = Date.parse('2026-11-21T00:00:00+08:00');

/** Judges readings in frames of one minute, as a gateway that is never behind sends them. */
function judge(readings: readonly Reading[], to: number): readonly Episode[] {
  const engine = createEngine({ standard, estates: [estate], horizon: 35 * 24 * hour });
  let next = 0;
  for (let time = (readings[0]?.at ?? to) + minute; next < readings.length; time += minute) {
    const frame: Reading[] = [];
    for (let r = readings[next]; r !== undefined && r.at < time; r = readings[next]) {
      frame.push(r);
      next += 1;
    }
    expect(engine.accept(frame)).toEqual([]);
    engine.advance(estate.gateway, Math.min(time, to));
  }
  return engine.episodes();
}

describe('the demo estate, judged by the standard', () => {
  it('breaks it on a usual day only where the day has an incident', () => {
    const stretch = { seed: 1, from: midnight, to: midnight + 24 * hour, pace: 'past' } as const;
    const episodes = judge(simulateReadings(estate, stretch).readings, stretch.to);
    expect([...new Set(episodes.map((e) => e.rule))].sort()).toEqual([
      'bin-full',
      'bin-overflow',
      'gate-held-open',
      'gate-held-open-long',
      'lamp-out',
      'lift-fault',
      'lift-out-of-service',
      'path-too-dark',
      'pool-ph',
      'sound-leq',
    ]);
    // Yesterday's lamp of the small hours, and today's five other incidents; one lamp is out for tonight.
    expect(new Set(episodes.map((e) => e.subject)).size).toBe(7);
    expect(
      episodes.filter((e) => e.end === null).every((e) => e.onset > midnight + 18 * hour),
    ).toBe(true);
  });

  /** Minutes until the first episode that the fault is meant to make. */
  const shows: Readonly<Record<FaultName, readonly [rule: string, within: number, at?: number]>> = {
    'gate-held-open': ['gate-held-open', 1],
    'gate-slam': ['gate-slam', 5],
    'gate-fault': ['gate-fault', 1],
    'lamp-out': ['lamp-out', 10],
    'too-dark': ['entrance-too-dark', 16, 20],
    'barrier-stuck': ['barrier-stuck-open', 5],
    'barrier-slow': ['barrier-slow', 8],
    'barrier-fault': ['barrier-fault', 1],
    'bin-full': ['bin-full', 20],
    'bin-fire': ['bin-fire', 0],
    'bin-tilt': ['bin-tilt', 10],
    'pool-ph': ['pool-ph-close', 15],
    'pool-chlorine': ['pool-chlorine-close-low', 20],
    'pool-turbidity': ['pool-turbidity', 31],
    'lift-trapped': ['lift-trapped', 0],
    'lift-out-of-service': ['lift-out-of-service', 3],
    'lift-levelling': ['lift-levelling-unsafe', 2],
    noise: ['sound-leq', 20],
    'too-hot': ['climate-range', 45],
    'device-silent': ['silence:laeq_db', 11],
  };

  it.each(faultNames)('opens the ticket that %s is injected for', (name) => {
    const [rule, within, at = 11] = shows[name];
    const fault = { name, at: midnight + at * hour };
    const end = fault.at + (within + 2) * minute;
    const stretch = { seed: 1, from: fault.at - 20 * minute, to: end, pace: 'live' } as const;
    const { readings, hit } = simulateReadings(estate, stretch, fault);
    const episodes = judge(readings, stretch.to);
    const episode = episodes.find((e) => e.rule === rule && e.subject === `lakeside/${hit}`);
    expect(episode).toBeDefined();
    expect(((episode?.detected ?? 0) - fault.at) / minute).toBeLessThanOrEqual(within);
    // What was there before the fault is a quiet morning or evening of the same asset.
    const before = episodes.filter((e) => e.subject === episode?.subject && e.detected < fault.at);
    expect(before).toEqual([]);
  });
});
