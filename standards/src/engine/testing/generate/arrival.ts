import type { Reading } from '@caretaker/readings';
import { createEngine, type EpisodeChange } from '../../index.ts';
import { Host } from '../host.ts';
import { longHorizon, type Scenario, start, type World } from './scenario.ts';

/** The order in which readings reach the engine. */
export function arriving({ arrival, order, unit }: Scenario, readings: readonly Reading[]) {
  const delay = (r: Reading, k: number): number => {
    const random = order[k % order.length] ?? 0;
    if (arrival === 'in order') return 0;
    // Every device in order, but one far behind the other.
    if (arrival === 'metrics apart') return (order[r.point.length % 7] ?? 0) % 40;
    if (arrival === 'stragglers') return random % 8 === 0 ? random % 50 : 0;
    return random;
  };
  return readings
    .map((r, k) => ({ r, k, by: r.at + delay(r, k) * unit }))
    .sort((x, y) => x.by - y.by || x.k - y.k)
    .map(({ r }): Reading => r);
}

export function inFrames(readings: readonly Reading[], sizes: readonly number[]): Reading[][] {
  const frames: Reading[][] = [];
  let from = 0;
  for (let k = 0; from < readings.length; k += 1) {
    const size = sizes[k % sizes.length] ?? 1;
    frames.push(readings.slice(from, from + size));
    from += size;
  }
  return frames;
}

/** Whether each reading is newer than those of its point before it, which it then belongs to. */
function inOrder(readings: readonly Reading[], newest: Map<string, number>): boolean {
  let each = true;
  for (const { point, at } of readings) {
    const last = newest.get(point) ?? Number.POSITIVE_INFINITY;
    if (at <= last) each = false;
    newest.set(point, last === Number.POSITIVE_INFINITY ? at : Math.max(at, last));
  }
  return each;
}

/**
 * A host that was handed everything in the scenario's order, frames and repeats, by its way of talking to the
 * engine, with time and restarts between.
 * @param heard gets what was said after each frame
 */
export function disturbed(
  given: Scenario,
  world: World,
  heard?: (changes: readonly EpisodeChange[], host: Host, frame: number) => void,
): Host {
  const { readings, options, ends } = world;
  const repeated = given.repeats.flatMap((k) => readings[k % readings.length] ?? []);
  const arrival = arriving(given, [...readings, ...repeated]);
  const host = new Host(createEngine(options), given.ways);
  const coming = new Set(readings);
  const frames = inFrames(arrival, given.frames);
  const newest = new Map<string, number>();
  let kept = 0;
  for (const [k, frame] of frames.entries()) {
    while (kept <= k + (given.ways.ahead ?? 0)) {
      const next = frames[kept] ?? [];
      if (!inOrder(next, newest) && kept > k) break;
      host.keep(next);
      kept += 1;
    }
    host.accept(frame);
    for (const r of frame) coming.delete(r);
    const step = given.advances[k % given.advances.length];
    if (step !== null && step !== undefined) {
      const time = start + step.units * given.unit;
      const most = Math.min(ends[step.gateway], sentBy(step.gateway, given, world, coming));
      host.engine.advance(step.gateway, Math.min(most, time));
      const changes = host.drain();
      heard?.(changes, host, k);
    }
    if (given.restarts[k % given.restarts.length]) host.restart(options);
  }
  return host;
}

/**
 * Up to when a gateway may say that it has sent all. What is forgotten relies on its word; where all is within the
 * horizon, it may be wrong.
 */
function sentBy(
  gateway: string,
  { horizon }: Scenario,
  { estate }: World,
  coming: ReadonlySet<Reading>,
): number {
  if (horizon === longHorizon) return Number.POSITIVE_INFINITY;
  const gateways = new Map(
    estate.assets.flatMap((a) => a.points.map((p) => [p.id, a.gateway] as const)),
  );
  const own = [...coming].filter((r) => gateways.get(r.point) === gateway);
  return Math.min(...own.map((r) => r.received)) - 1;
}

/** Lets every gateway say that it has sent all. */
export function finish(host: Host, { ends }: World): readonly EpisodeChange[] {
  host.engine.advance('g1', ends.g1);
  host.engine.advance('g2', ends.g2);
  return host.drain();
}
