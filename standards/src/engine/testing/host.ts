import type { Reading } from '@caretaker/readings';
import type { Engine, Episode, EpisodeChange } from '../index.ts';

const keyOf = (e: { subject: string; rule: string; onset: number }) =>
  `${e.subject} ${e.rule} ${e.onset}`;

/** What a host of the engine does, in memory: stores first, then judges, and keeps what was said. */
export class Host {
  engine: Engine;
  readonly said: Map<string, Episode> = new Map();
  private readonly store = new Map<string, Map<number, Reading>>();

  constructor(engine: Engine) {
    this.engine = engine;
  }

  /** @returns how many pieces of late work it made. */
  accept(readings: readonly Reading[]): number {
    for (const reading of readings) {
      const points = this.store.get(reading.point) ?? new Map<number, Reading>();
      if (!points.has(reading.at)) points.set(reading.at, reading);
      this.store.set(reading.point, points);
    }
    const works = this.engine.accept(readings);
    for (const work of works) {
      this.engine.rejudge(work, this.range(work.points, work.from, work.to));
    }
    return works.length;
  }

  /** Applies what the engine says as strictly as a database with a unique key would. */
  drain(): readonly EpisodeChange[] {
    const changes = this.engine.drain();
    for (const change of changes) {
      if (change.type !== 'opened' && !this.said.delete(keyOf(change.was))) {
        throw new Error(`${change.type} what was never said: ${keyOf(change.was)}`);
      }
      if (change.type === 'withdrawn') continue;
      const key = keyOf(change.episode);
      if (this.said.has(key)) throw new Error(`said twice: ${key}`);
      this.said.set(key, change.episode);
    }
    return changes;
  }

  private range(points: readonly string[], from: number, to: number): Reading[] {
    return points
      .flatMap((point) => [...(this.store.get(point)?.values() ?? [])])
      .filter((r) => r.at >= from && r.at <= to)
      .sort((a, b) => a.at - b.at || (a.point < b.point ? -1 : 1));
  }
}

/** Accepts all readings in one frame, does the late work, and moves time. */
export function judgeAll(
  engine: Engine,
  readings: readonly Reading[],
  advance: readonly [gateway: string, time: number],
): readonly Episode[] {
  const host = new Host(engine);
  host.accept(readings);
  engine.advance(...advance);
  host.drain();
  return engine.episodes();
}
