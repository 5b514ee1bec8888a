import type { Engine, ReadingColumns } from '@caretaker/standards/engine';
import {
  estateOf,
  gateway,
  hour,
  type Mix,
  metricsOf,
  pointOf,
  standardOf,
} from './engine-estate.ts';

/* What the measurements of the engine bench share. */

export interface EngineOrder {
  readonly what: 'rate' | 'readings-rate' | 'bytes' | 'late' | 'restart' | 'naive';
  readonly points: number;
  readonly rules: number;
  readonly mix: Mix;
}

/** Figures by name. */
export type EngineAnswer = Readonly<Record<string, number>>;

/** That of the product. */
const horizon = 35 * 24 * hour;
export function optionsOf({ points, rules, mix }: EngineOrder) {
  return { standard: standardOf(rules, mix), estates: [estateOf(points, mix)], horizon };
}

export function idsOf({ points, mix }: EngineOrder): string[] {
  const metrics = metricsOf(mix);
  return Array.from({ length: points }, (_, k) =>
    pointOf(Math.floor(k / metrics.length), metrics[k % metrics.length] as string),
  );
}

/** CPU time of this process and of all its threads, milliseconds. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** What a host does with a frame: judge, let time pass, hear what changed. */
export function feed(engine: Engine, frames: readonly ReadingColumns[]): void {
  for (const columns of frames) {
    const works = engine.acceptColumns(columns);
    if (works.length > 0) throw new Error('readings in time order made late work');
    engine.advance(gateway, columns.at[columns.length - 1] as number);
    engine.drain();
  }
}
