import { setTimeout as wait } from 'node:timers/promises';
import type { Device } from './device.ts';
import type { Link } from './link.ts';
import type { Random } from './random.ts';
import type { Survivor } from './survivor.ts';

/** What faults are done to. */
export interface Targets {
  readonly edge: Survivor;
  readonly cloud: Survivor;
  /** Between gateway and cloud. */
  readonly uplink: Link;
  /** Between devices and gateway. */
  readonly field: Link;
  readonly devices: readonly Device[];
}

/** One thing that goes wrong, `after` milliseconds into a round. */
export interface Fault {
  readonly name: string;
  readonly after: number;
  readonly happen: (targets: Targets) => Promise<void> | void;
}

type Make = (random: Random) => Omit<Fault, 'after'>;

const edgePlaces = [
  ['edge.before-sync', 40],
  ['edge.after-sync', 40],
  ['edge.frame-sent', 12],
  ['edge.ack-received', 12],
] as const;
const cloudPlaces = [
  ['cloud.frame-received', 12],
  ['cloud.after-store-write', 10],
  ['cloud.before-ack', 10],
  ['rig.page-accepted', 2],
] as const;

function armed(part: 'edge' | 'cloud', places: readonly (readonly [string, number])[]): Make {
  return (random) => {
    const [place, most] = random.pick(places);
    const nth = random.whole(1, most);
    return {
      name: `kill ${part} at ${place}`,
      happen: (targets) => targets[part].arm({ place, nth }),
    };
  };
}

function timed(name: string, most: number, begin: (t: Targets) => void, end: (t: Targets) => void) {
  return (random: Random) => {
    const length = random.whole(50, most);
    return {
      name,
      async happen(targets: Targets) {
        begin(targets);
        await wait(length);
        end(targets);
      },
    };
  };
}

const kinds: readonly (readonly [weight: number, make: Make])[] = [
  [
    6,
    (random) => {
      const away = random.whole(0, 300);
      return { name: 'kill edge', happen: ({ edge }) => edge.kill(away) };
    },
  ],
  [
    2,
    // The second one falls into its start, where it reads the journal again.
    (random) => {
      const pause = random.whole(100, 900);
      return {
        name: 'kill edge, and again while it starts',
        async happen({ edge }) {
          await edge.kill();
          await wait(pause);
          await edge.kill();
        },
      };
    },
  ],
  [6, armed('edge', edgePlaces)],
  [
    4,
    (random) => {
      const away = random.whole(0, 300);
      return { name: 'kill cloud', happen: ({ cloud }) => cloud.kill(away) };
    },
  ],
  [4, armed('cloud', cloudPlaces)],
  [
    2,
    () => ({
      name: 'kill edge and cloud',
      async happen({ edge, cloud }) {
        await Promise.all([edge.kill(), cloud.kill()]);
      },
    }),
  ],
  [
    2,
    (random) => {
      const away = random.whole(0, 300);
      return { name: 'restart edge in good order', happen: ({ edge }) => edge.stop(away) };
    },
  ],
  [
    1,
    (random) => {
      const away = random.whole(800, 2_500);
      return { name: 'cloud away for a while', happen: ({ cloud }) => cloud.stop(away) };
    },
  ],
  [2, () => ({ name: 'cut the uplink', happen: ({ uplink }) => uplink.cut() })],
  [
    2,
    timed(
      'stall the uplink, then cut it',
      900,
      ({ uplink }) => uplink.stall(),
      ({ uplink }) => {
        uplink.cut();
        uplink.flow();
      },
    ),
  ],
  [
    1,
    timed(
      'stall the uplink',
      900,
      ({ uplink }) => uplink.stall(),
      ({ uplink }) => uplink.flow(),
    ),
  ],
  [
    2,
    timed(
      'lose the answers of the uplink, then cut it',
      600,
      ({ uplink }) => uplink.mute(),
      ({ uplink }) => {
        uplink.cut();
        uplink.unmute();
      },
    ),
  ],
  [
    1,
    timed(
      'no uplink',
      1_500,
      ({ uplink }) => uplink.refuse(),
      ({ uplink }) => uplink.allow(),
    ),
  ],
  [3, () => ({ name: 'cut off the devices', happen: ({ field }) => field.cut() })],
  [
    1,
    timed(
      'stall the devices, then cut them off',
      600,
      ({ field }) => field.stall(),
      ({ field }) => {
        field.cut();
        field.flow();
      },
    ),
  ],
  [
    4,
    timed(
      'lose the answers to the devices, then cut them off',
      600,
      ({ field }) => field.mute(),
      ({ field }) => {
        field.cut();
        field.unmute();
      },
    ),
  ],
  [
    2,
    (random) => {
      const which = random.whole(0, 99);
      return {
        name: 'a device loses its power',
        happen: ({ devices }) => devices[which % devices.length]?.powerCycle(),
      };
    },
  ],
];

/** Long enough that the gateway acts for itself (design: 30 s without confirmation). */
const longAbsenceMs = 36_000;

/**
 * What goes wrong in a round, at random instants of its first `span` milliseconds; at least one process dies in
 * most rounds.
 * @param long the cloud is away for longer than a gateway waits for it
 */
export function planFaults(random: Random, span: number, long: boolean): Fault[] {
  const total = kinds.reduce((sum, [weight]) => sum + weight, 0);
  const planned = Array.from({ length: random.pick([1, 2, 2, 3, 4]) }, () => {
    let left = random.next() * total;
    const [, make] = kinds.find(([weight]) => {
      left -= weight;
      return left < 0;
    }) ?? [0, kinds[0]?.[1]];
    if (make === undefined) throw new Error('there are no faults');
    return { ...make(random), after: random.whole(0, span) };
  });
  if (long) {
    const happen: Fault['happen'] = ({ cloud }) => cloud.kill(longAbsenceMs);
    planned.push({ name: 'cloud away for 36 s', after: random.whole(0, span), happen });
  }
  return planned.sort((a, b) => a.after - b.after);
}

/** Lets them happen; resolves when all are over. */
export async function letHappen(faults: readonly Fault[], targets: Targets): Promise<void> {
  await Promise.all(
    faults.map(async ({ after, happen }) => {
      await wait(after);
      await happen(targets);
    }),
  );
}
