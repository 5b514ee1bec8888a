import { round, uniform, wander } from '../noise.ts';
import { type Cycle, commuting, cyclesOf, forcedCycles, happening, traffic } from './cycles.ts';
import type { Device, Model, Said, Values } from './model.ts';

const busy = traffic(42, commuting);
const slamEvery = 40_000;
const longestOpen = 16_000;

/** How long the door stands open for one person. */
function openFor(device: Device, cycle: Cycle): number {
  return 4_000 + Math.floor(uniform(device.key + 1, cycle.chance) * 11_000);
}

function closing(device: Device, cycle: Cycle, openMs: number, slams: boolean): Values {
  const chance = uniform(device.key + 2, cycle.chance);
  const drift = wander(device.key + 3, cycle.at, 6 * 3_600_000);
  return {
    door: 'closed',
    open_s: round(openMs / 1_000, 1),
    slam_db: round(slams ? 91 + 5 * chance : 61 + 9 * chance + 2 * drift, 1),
    force_n: round(34 + 6 * chance + 3 * drift, 1),
    current_a: round(1.6 + 0.3 * chance, 2),
  };
}

function pass(device: Device, cycle: Cycle, slams: boolean): Said[] {
  const openMs = openFor(device, cycle);
  return [
    { at: cycle.at, values: { door: 'open' } },
    { at: cycle.at + openMs, values: closing(device, cycle, openMs, slams) },
  ];
}

function isOpen(device: Device, time: number): boolean {
  const fault = device.fault(time);
  if (fault?.fault === 'gate-held-open') return true;
  if (fault !== undefined && fault.fault !== 'gate-slam') return false;
  const cycles =
    fault === undefined
      ? cyclesOf(device, busy, time - longestOpen, time + 1)
      : forcedCycles(fault.from, fault.to, slamEvery, longestOpen);
  return cycles.some((c) => c.at <= time && time < c.at + openFor(device, c));
}

/** What happens because something is wrong: a door that is let go at last, or one that slams all the time. */
function faulty(device: Device): Said[] {
  return device.faults.flatMap((incident): Said[] => {
    const { fault, from, to } = incident;
    if (fault === 'gate-slam') {
      const cycles = forcedCycles(from, to, slamEvery, longestOpen);
      const said = cycles.flatMap((cycle) => pass(device, cycle, true));
      return said.filter((s) => device.fault(s.at) === incident);
    }
    if (fault !== 'gate-held-open' || device.fault(to - 1) !== incident) return [];
    const cycle = { at: from, chance: Math.floor(from / 1_000) };
    const { door: _, ...values } = closing(device, cycle, to - from, false);
    return [{ at: to, values }];
  });
}

/** A gate that people go through, more of them at the peaks, each time with its own force and noise. */
export const accessGate: Model = {
  pace: { live: 60_000, past: 1_800_000 },
  sample: (device, time) => ({
    door: isOpen(device, time) ? 'open' : 'closed',
    fault: device.fault(time)?.fault === 'gate-fault',
  }),
  events(device, from, to) {
    const usual = cyclesOf(device, busy, from - longestOpen, to);
    const said = usual.flatMap((cycle) => pass(device, cycle, false));
    return happening(device, said, faulty(device), from, to);
  },
};
