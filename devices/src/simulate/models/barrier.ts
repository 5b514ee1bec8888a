import { round, uniform } from '../noise.ts';
import { type Cycle, commuting, cyclesOf, forcedCycles, happening, traffic } from './cycles.ts';
import { attribute, type Device, type Model, type Said } from './model.ts';

const busy = traffic(50, commuting);
const slowEvery = 45_000;
const longestCycle = 24_000;

/** The instants of one car's passage. */
function passage(device: Device, cycle: Cycle, slow: boolean) {
  const usual = attribute(device.asset, 'commissioned_s', 2);
  const chance = uniform(device.key + 1, cycle.chance);
  const travel = Math.round((slow ? 2.8 : 1) * usual * (900 + 200 * chance));
  const open = cycle.at + travel;
  const clear = open + 3_000 + Math.floor(uniform(device.key + 2, cycle.chance) * 4_000);
  return { travel, open, clear, closed: clear + travel };
}

function drive(device: Device, cycle: Cycle, slow: boolean): Said[] {
  const { travel, open, clear, closed } = passage(device, cycle, slow);
  const chance = uniform(device.key + 3, cycle.chance);
  return [
    { at: cycle.at, values: { position: 'opening', loop: true } },
    {
      at: open,
      values: {
        position: 'open',
        travel_s: round(travel / 1_000, 2),
        current_a: round((slow ? 4.4 : 2.3) + 0.4 * chance, 2),
      },
    },
    { at: clear, values: { position: 'closing', loop: false } },
    // Somebody walks under the arm now and then.
    { at: closed, values: { position: 'closed', reversals: chance > 0.99 ? 1 : 0 } },
  ];
}

/** Where the arm is, and whether a car stands under it. */
function arm(device: Device, time: number): { position: string; loop: boolean } {
  const incident = device.fault(time);
  if (incident?.fault === 'barrier-stuck') return { position: 'open', loop: false };
  const slow = incident?.fault === 'barrier-slow';
  if (incident !== undefined && !slow) return { position: 'closed', loop: false };
  const cycles =
    incident === undefined
      ? cyclesOf(device, busy, time - longestCycle, time + 1)
      : forcedCycles(incident.from, incident.to, slowEvery, longestCycle);
  for (const cycle of cycles) {
    const { open, clear, closed } = passage(device, cycle, slow);
    if (time < cycle.at || time >= closed) continue;
    if (time < open) return { position: 'opening', loop: true };
    return time < clear ? { position: 'open', loop: true } : { position: 'closing', loop: false };
  }
  return { position: 'closed', loop: false };
}

function slowDrives(device: Device): Said[] {
  const slow = device.faults.filter((incident) => incident.fault === 'barrier-slow');
  return slow.flatMap((incident) => {
    const cycles = forcedCycles(incident.from, incident.to, slowEvery, longestCycle);
    const said = cycles.flatMap((cycle) => drive(device, cycle, true));
    return said.filter((s) => device.fault(s.at) === incident);
  });
}

/** An arm that opens for each car, with its loop, its travel time and its motor. */
export const barrier: Model = {
  pace: { live: 30_000, past: 300_000 },
  sample: (device, time) => ({
    ...arm(device, time),
    fault: device.fault(time)?.fault === 'barrier-fault',
  }),
  events(device, from, to) {
    const usual = cyclesOf(device, busy, from - longestCycle, to);
    const said = usual.flatMap((cycle) => drive(device, cycle, false));
    return happening(device, said, slowDrives(device), from, to);
  },
};
