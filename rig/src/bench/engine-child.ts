import type { Reading } from '@caretaker/readings';
import {
  createEngine,
  type Engine,
  type ReadingColumns,
  restoreEngine,
} from '@caretaker/standards/engine';
import { referenceEpisodes } from '@caretaker/standards/reference';
import { gateway, minute, standardOf } from './engine-estate.ts';
import { lateRate } from './engine-late.ts';
import { Load, start } from './engine-load.ts';
import {
  cpuMs,
  type EngineAnswer,
  type EngineOrder,
  feed,
  idsOf,
  optionsOf,
} from './engine-order.ts';

/* One measurement of the engine bench in a process of its own, so that none finds the memory of another. */

/** At least that long, or that many evaluations. */
const enoughMs = 1_500;
const enoughEvaluations = 40_000_000;
/** Rounds before anything is measured: more than two hours of readings. */
const warmRounds = 130;
/** Readings made before they are measured, so that asking for the time costs nothing. */
const chunk = 100_000;

function loadFor(engine: Engine, ids: readonly string[]): Load {
  return new Load(Int32Array.from(ids, (id) => engine.point(id)));
}

/** The same with readings by name, as they come from a device. */
function feedReadings(engine: Engine, frames: readonly (readonly Reading[])[]): void {
  for (const readings of frames) {
    engine.accept(readings);
    engine.advance(gateway, readings.at(-1)?.at ?? 0);
    engine.drain();
  }
}

function rate(order: EngineOrder): EngineAnswer {
  const engine = createEngine(optionsOf(order));
  const ids = idsOf(order);
  const load = loadFor(engine, ids);
  const rounds = Math.max(1, Math.floor(chunk / order.points));
  warmUp(engine, load, order);
  let spent = 0;
  let evaluations = 0;
  while (spent < enoughMs && evaluations < enoughEvaluations) {
    const frames = Array.from({ length: rounds }, () => load.next()).flat();
    if (order.what === 'rate') spent += timed(() => feed(engine, frames));
    else {
      const named = namedFrames(frames, engine, ids);
      spent += timed(() => feedReadings(engine, named));
    }
    evaluations += rounds * order.points * order.rules;
  }
  return { rate: (evaluations / spent) * 1_000, episodes: engine.episodes().length };
}

/**
 * Brings every point to a value, and the code to what it is in a server that runs for days: it has seen every kind of
 * reading, and the turn of an hour, and has been compiled for good.
 */
function warmUp(engine: Engine, load: Load, { points, rules }: EngineOrder): void {
  let evaluations = 0;
  while (load.rounds < 2 || (load.rounds < warmRounds && evaluations < enoughEvaluations)) {
    for (const frame of load.next()) feed(engine, [frame]);
    evaluations += points * rules;
  }
}

function namedFrames(
  frames: readonly ReadingColumns[],
  engine: Engine,
  ids: readonly string[],
): Reading[][] {
  const byNumber = new Map(ids.map((id) => [engine.point(id), id]));
  return frames.map(({ length, point, at, value }) =>
    Array.from({ length }, (_, k) => {
      const instant = at[k] as number;
      return {
        point: byNumber.get(point[k] as number) as string,
        at: instant,
        received: instant,
        value: value[k] as number,
        stamped: true,
        history: false,
      };
    }),
  );
}

function timed(work: () => void): number {
  const before = cpuMs();
  work();
  return cpuMs() - before;
}

function bytes(order: EngineOrder): EngineAnswer {
  const made = optionsOf(order);
  // As read from a file: names put together of parts would shrink when they are first looked up.
  const options = { ...made, estates: structuredClone(made.estates) };
  const ids = structuredClone(idsOf(order));
  const before = memory();
  const engine = createEngine(options);
  feedCalm(engine, ids);
  const held = memory() - before;
  return { bytes: held / (order.points * order.rules), episodes: engine.episodes().length };
}

/** A few readings of every point, none of which is beyond a limit. */
function feedCalm(engine: Engine, ids: readonly string[]): void {
  const point = Int32Array.from(ids, (id) => engine.point(id));
  const history = new Uint8Array(point.length);
  for (let k = 0; k < 3; k += 1) {
    const at = new Float64Array(point.length).fill(start + k * minute);
    const value = new Float64Array(point.length).fill(50 + k);
    feed(engine, [{ length: point.length, point, at, received: at, value, history }]);
  }
}

/** Bytes of objects and of buffers after a collection. */
function memory(): number {
  const collect = globalThis.gc;
  if (collect === undefined) throw new Error('needs --expose-gc');
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function restart(order: EngineOrder): EngineAnswer {
  const options = optionsOf(order);
  const engine = createEngine(options);
  const load = loadFor(engine, idsOf(order));
  for (let k = 0; k < 20; k += 1) feed(engine, load.next());
  let snapshot = new Uint8Array();
  const save = timed(() => {
    snapshot = engine.snapshot() as Uint8Array<ArrayBuffer>;
  });
  const restore = timed(() => {
    restoreEngine(options, snapshot);
  });
  return { saveS: save / 1_000, restoreS: restore / 1_000, mb: snapshot.length / 1e6 };
}

/** Everything sorted and judged anew, point by point: what the engine is held against. */
function naive(order: EngineOrder): EngineAnswer {
  const [item] = standardOf(order.rules, order.mix).items;
  const rounds = 300;
  const load = new Load(Int32Array.from({ length: order.points }, (_, k) => k));
  const series = Array.from({ length: order.points }, () => [] as Reading[]);
  for (const { length, point, at, value } of Array.from({ length: rounds }, () =>
    load.next(),
  ).flat()) {
    for (let k = 0; k < length; k += 1) {
      const instant = at[k] as number;
      series[point[k] as number]?.push({
        point: 'bench/asset-0/value',
        at: instant,
        received: instant,
        value: value[k] as number,
        stamped: true,
        history: false,
      });
    }
  }
  const calendar = { at: () => true, edges: () => [] };
  const spent = timed(() => {
    for (const readings of series) {
      for (const rule of item?.rules ?? []) {
        const points = [{ metric: 'value', silentAfter: 30 * minute, readings }];
        referenceEpisodes(rule, points, calendar, load.time);
      }
    }
  });
  return { rate: ((rounds * order.points * order.rules) / spent) * 1_000 };
}

const measurements = {
  rate,
  'readings-rate': rate,
  bytes,
  late: lateRate,
  restart,
  naive,
} as const satisfies Record<EngineOrder['what'], (order: EngineOrder) => EngineAnswer>;

process.once('message', (order: EngineOrder) => {
  const answer = measurements[order.what](order);
  process.send?.(answer, () => process.disconnect?.());
});
