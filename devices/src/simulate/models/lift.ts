import { round, uniform } from '../noise.ts';
import { type Cycle, cyclesOf, forcedCycles, happening, traffic } from './cycles.ts';
import { attribute, type Device, type Model, type Said } from './model.ts';

const busy = traffic(
  30,
  [
    0.06, 0.03, 0.03, 0.03, 0.06, 0.2, 0.6, 1, 1, 0.6, 0.5, 0.6, 0.7, 0.5, 0.45, 0.5, 0.7, 1, 1,
    0.9, 0.7, 0.5, 0.3, 0.12,
  ],
);
const badStopEvery = 60_000;
const doorOpen = 5_000;
const perFloor = 600;
const hour = 3_600_000;

/** Where a trip goes: home to the ground floor every other time. */
function goal(device: Device, cycle: Cycle): number {
  const floors = attribute(device.asset, 'floors', 18);
  if (uniform(device.key + 1, cycle.chance) < 0.5) return 1;
  return 2 + Math.floor(uniform(device.key + 2, cycle.chance) * (floors - 1));
}

/** The instants of one trip; people board where the last one ended. */
function trip(device: Device, cycle: Cycle, start: number) {
  const to = goal(device, cycle);
  const leaves = cycle.at + doorOpen;
  const arrives = leaves + 2_000 + Math.abs(to - start) * perFloor;
  return { to, leaves, arrives, done: arrives + doorOpen };
}

/** 24 floors at most, both doors and the drive: shorter than any slot. */
const longestTrip = 2 * doorOpen + 2_000 + 30 * perFloor;

function say(device: Device, cycle: Cycle, start: number, bad: boolean): Said[] {
  const { to, leaves, arrives, done } = trip(device, cycle, start);
  const chance = uniform(device.key + 3, cycle.chance);
  const error = bad ? 22 + 4 * chance : 7 * (chance - 0.5);
  return [
    { at: cycle.at, values: { door: 'open' } },
    { at: leaves, values: { door: 'closed' } },
    { at: arrives, values: { floor: to, door: 'open', level_err_mm: round(error, 1) } },
    { at: done, values: { door: 'closed' } },
  ];
}

/** Each trip with the floor it starts from. The hour before says where the first one starts. */
function usualTrips(device: Device, from: number, to: number): { cycle: Cycle; start: number }[] {
  const [first, ...cycles] = cyclesOf(device, busy, from - hour - longestTrip, to);
  if (first === undefined) return [];
  let start = goal(device, first);
  return cycles.map((cycle) => {
    const found = { cycle, start };
    start = goal(device, cycle);
    return found;
  });
}

function badTrips(device: Device): { said: Said[]; from: number; to: number }[] {
  const bad = device.faults.filter((incident) => incident.fault === 'lift-levelling');
  return bad.map((incident) => {
    let start = carAt(device, incident.from - 1).floor;
    const cycles = forcedCycles(incident.from, incident.to, badStopEvery, longestTrip);
    const said = cycles.flatMap((cycle) => {
      const words = say(device, cycle, start, true);
      start = goal(device, cycle);
      return words;
    });
    const own = said.filter((s) => device.fault(s.at) === incident);
    return { said: own, from: incident.from, to: incident.to };
  });
}

/** Where the car is and whether its door is open, as if no fault held it. */
function carAt(device: Device, time: number): { floor: number; door: string } {
  const trips = usualTrips(device, time, time + 1).filter(({ cycle }) => cycle.at <= time);
  const last = trips.at(-1);
  if (last === undefined) return { floor: 1, door: 'closed' };
  const { to, leaves, arrives, done } = trip(device, last.cycle, last.start);
  const open = time < leaves || (arrives <= time && time < done);
  return { floor: time < arrives ? last.start : to, door: open ? 'open' : 'closed' };
}

/** The last word of a faulty run about floor and door. */
function replay(said: readonly Said[], time: number, start: { floor: number; door: string }) {
  let { floor, door } = start;
  for (const { at, values } of said) {
    if (at > time) break;
    if (typeof values.floor === 'number') floor = values.floor;
    if (typeof values.door === 'string') door = values.door;
  }
  return { floor, door };
}

function car(device: Device, time: number): { floor: number; door: string } {
  const incident = device.fault(time);
  if (incident === undefined) return carAt(device, time);
  const before = { floor: carAt(device, incident.from - 1).floor, door: 'closed' };
  if (incident.fault !== 'lift-levelling') return before;
  const run = badTrips(device).find((r) => r.from === incident.from);
  return replay(run?.said ?? [], time, before);
}

/** A lift that carries people between the ground and their floors, and stops a little off the landing. */
export const lift: Model = {
  pace: { live: 30_000, past: 300_000 },
  sample(device, time) {
    const fault = device.fault(time)?.fault;
    const stopped = fault === 'lift-trapped' || fault === 'lift-out-of-service';
    return {
      ...car(device, time),
      mode: stopped ? 'stopped' : 'normal',
      trapped: fault === 'lift-trapped',
      fault: fault === 'lift-out-of-service',
    };
  },
  events(device, from, to) {
    const usual = usualTrips(device, from, to);
    const said = usual.flatMap(({ cycle, start }) => say(device, cycle, start, false));
    const bad = badTrips(device).flatMap((run) => run.said);
    return happening(device, said, bad, from, to);
  },
};
