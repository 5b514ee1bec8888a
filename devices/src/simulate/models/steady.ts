import { round, uniform, wander } from '../noise.ts';
import { attribute, type Device, type Model, noEvents } from './model.ts';

const minute = 60_000;
const hour = 60 * minute;

/** 1 while the fault lasts, reached within three minutes; 0 without it. */
function grip(device: Device, fault: string, time: number): number {
  const incident = device.fault(time);
  if (incident?.fault !== fault) return 0;
  return incident.size * Math.min(1, 0.4 + (0.6 * (time - incident.from)) / (3 * minute));
}

/** A lamp that is lit from dusk to dawn, and the light under it. */
export const lighting: Model = {
  pace: { live: 20_000, past: 10 * minute },
  sample(device, time) {
    const fault = device.fault(time)?.fault;
    const indoor = device.asset.attributes.indoor === true;
    const commanded = indoor || device.scene.sunAltitude(time) < -0.8 || fault === 'lamp-out';
    const lit = commanded && fault !== 'lamp-out';
    const rated = attribute(device.asset, 'rated_w', 40);
    // Trees and clouds take their part of the sky; what a lamp gives is its own.
    const sky = (0.5 + 0.3 * uniform(device.key, 1)) * (0.75 + 0.2 * wander(7, time, 2 * hour));
    const lamp = (indoor ? 70 : 9) + 4 * uniform(device.key, 2);
    const clean = fault === 'too-dark' ? 0.06 : 1;
    const lux = (indoor ? 0 : sky * device.scene.daylight(time)) + (lit ? lamp * clean : 0);
    const swing = wander(device.key + 3, time, 20 * minute);
    return {
      lux: round(lux * (1 + 0.02 * swing), lux < 100 ? 1 : 0),
      power_w: round(lit ? rated * (0.97 + 0.02 * swing) : fault === 'lamp-out' ? 0 : 0.4, 1),
      commanded,
    };
  },
  events: noEvents,
};

/** How full a day makes a bin, 0 to 1, by the hours since it was emptied. */
function usedOf(hours: number): number {
  const share = Math.min(1, Math.max(0, hours / 24));
  return share < 0.1 ? share * 0.4 : 0.04 + (share - 0.1) * (0.96 / 0.9);
}

function fillOf(device: Device, time: number): number {
  const emptied = 5 + uniform(device.key, 1) * 1.5;
  const since = (device.scene.hourOfDay(time) - emptied + 24) % 24;
  const most =
    32 + 26 * uniform(device.key + 1, device.scene.day(Math.floor(time - emptied * hour)));
  return 3 + most * usedOf(since);
}

/** A bin that fills over the day and is emptied before breakfast. */
export const bin: Model = {
  pace: { live: 10 * minute, past: 10 * minute },
  sample(device, time) {
    const incident = device.fault(time);
    const full = incident?.fault === 'bin-full' ? 92 + 6 * uniform(device.key, 3) : 0;
    const fill = Math.max(fillOf(device, time), full);
    const depth = attribute(device.asset, 'depth_cm', 100);
    const burning = incident?.fault === 'bin-fire';
    const heat = burning ? 70 + 60 * Math.min(1, (time - incident.from) / (5 * minute)) : 0;
    const temperature = device.scene.air(time) + 2 * wander(device.key + 2, time, 3 * hour);
    return {
      fill_pct: Math.round(fill),
      distance_cm: round(4 + (depth - 4) * (1 - fill / 100), 1),
      temp_c: round(Math.max(temperature, heat), 1),
      tilt: incident?.fault === 'bin-tilt',
    };
  },
  // A burning bin does not wait for its next report: its temperature is said as it rises.
  events: (device, from, to) =>
    device.faults
      .filter((incident) => incident.fault === 'bin-fire')
      .flatMap((incident) => minutesOf(incident.from, incident.to))
      .filter((at) => from <= at && at < to && device.fault(at)?.fault === 'bin-fire')
      .map((at) => ({ at, values: { temp_c: bin.sample(device, at).temp_c ?? 0 } })),
};

function minutesOf(from: number, to: number): number[] {
  return Array.from({ length: Math.ceil((to - from) / minute) }, (_, i) => from + i * minute);
}

/** A pool whose water wanders around its set points, dosed before it leaves them. */
export const pool: Model = {
  pace: { live: 30_000, past: 5 * minute },
  sample(device, time) {
    const at = (n: number, period: number) => wander(device.key + n, time, period);
    const none = grip(device, 'pool-chlorine', time);
    const free = (0.68 + 0.14 * at(2, 3 * hour)) * (1 - none) + 0.12 * none;
    const open = device.scene.hourOfDay(time) >= 5.5 && device.scene.hourOfDay(time) < 22.5;
    return {
      ph: round(7.45 + 0.1 * at(1, 4 * hour) + 0.8 * grip(device, 'pool-ph', time), 2),
      free_cl: round(free, 2),
      combined_cl: round(0.18 + 0.05 * at(3, 5 * hour), 2),
      orp_mv: Math.round(715 + 14 * at(4, 3 * hour) - 110 * none),
      turbidity_ntu: round(
        0.34 + 0.08 * at(5, 4 * hour) + 2.3 * grip(device, 'pool-turbidity', time),
        2,
      ),
      temp_c: round(27 + 0.5 * at(6, 8 * hour), 1),
      flow_m3h: round((open ? 92 : 71) + 2 * at(7, hour), 1),
    };
  },
  events: noEvents,
};

/** Equivalent level by local hour, dB(A): asleep, awake, at play after school. */
const levels = [
  37.5, 37, 37, 37, 37.5, 39, 41.5, 43.5, 44, 43.5, 43.5, 43.5, 43, 42.5, 43, 43.5, 44, 44.5, 44.5,
  44.5, 44, 42.5, 40.5, 38.5,
] as const;

/** The sound of an estate over one minute, with a door or a scooter now and then. */
export const sound: Model = {
  pace: { live: minute, past: minute },
  sample(device, time) {
    const usual = levels[Math.floor(device.scene.hourOfDay(time))] ?? 40;
    const index = Math.floor(time / minute);
    const burst = uniform(device.key + 2, index) > 0.985 ? 5 * uniform(device.key + 3, index) : 0;
    const level = usual + 1.4 * wander(device.key + 1, time, 10 * minute) + burst;
    const party = device.fault(time)?.fault === 'noise';
    return { laeq_db: round(party ? 68 + 2 * wander(device.key + 4, time, minute) : level, 1) };
  },
  events: noEvents,
};

/** A feed that never fails: what depends on it has troubles of its own. */
export const powerFeed: Model = {
  pace: { live: 5 * minute, past: 10 * minute },
  sample: () => ({ live: true }),
  events: noEvents,
};

/** A heated and cooled room. */
export const climate: Model = {
  pace: { live: minute, past: 5 * minute },
  sample(device, time) {
    const warmest = Math.cos(((device.scene.hourOfDay(time) - 15) / 24) * 2 * Math.PI);
    const usual = 23.4 + 0.8 * warmest + 0.4 * wander(device.key + 1, time, 2 * hour);
    return { temp_c: round(usual + 8.5 * grip(device, 'too-hot', time), 1) };
  },
  events: noEvents,
};
