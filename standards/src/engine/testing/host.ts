import type { Reading } from '@caretaker/readings';
import {
  type Engine,
  type EngineOptions,
  type Episode,
  type EpisodeChange,
  type LateWork,
  type ReadingColumns,
  type Restatement,
  restateEngine,
  restoreEngine,
} from '../index.ts';

const keyOf = (e: { subject: string; rule: string; onset: number }) =>
  `${e.subject} ${e.rule} ${e.onset}`;

/** By which of the entries that mean the same a host talks to its engine. */
export interface Ways {
  /** Readings by column instead of as objects. */
  readonly columns?: boolean;
  /** Late work in parts of this many readings. */
  readonly part?: number;
  /** As many rules looked at in one drain. */
  readonly drain?: number;
  /** So many frames are in the store before it is their turn, as long as they bring nothing late. */
  readonly ahead?: number;
  /** Snapshots in parts. */
  readonly snapshotParts?: boolean;
}

/** What a host of the engine does, in memory: stores first, then judges, and keeps what was said. */
export class Host {
  engine: Engine;
  readonly said: Map<string, Episode> = new Map();
  private readonly ways: Ways;
  private readonly store = new Map<string, Map<number, Reading>>();

  constructor(engine: Engine, ways: Ways = {}) {
    this.engine = engine;
    this.ways = ways;
  }

  /** Stores readings that are accepted later. */
  keep(readings: readonly Reading[]): void {
    for (const reading of readings) {
      const points = this.store.get(reading.point) ?? new Map<number, Reading>();
      if (!points.has(reading.at)) points.set(reading.at, reading);
      this.store.set(reading.point, points);
    }
  }

  /** @returns how many pieces of late work it made. */
  accept(readings: readonly Reading[]): number {
    this.keep(readings);
    const works = this.ways.columns
      ? this.engine.acceptColumns(this.columns(readings))
      : this.engine.accept(readings);
    for (const work of works) this.rejudge(work);
    return works.length;
  }

  /** Applies what the engine says as strictly as a database with a unique key would. */
  drain(): readonly EpisodeChange[] {
    const changes = [...this.engine.drain(this.ways.drain)];
    while (!this.engine.settled) changes.push(...this.engine.drain(this.ways.drain));
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

  /** Goes on with an engine made from a snapshot of this one. */
  restart(options: EngineOptions): void {
    const bytes = this.ways.snapshotParts
      ? Buffer.concat([...this.engine.snapshotParts()])
      : this.engine.snapshot();
    this.engine = restoreEngine(options, bytes);
  }

  /** Goes on with one that judges by something else from a time that has passed. */
  restate(options: EngineOptions, restatement: Restatement): void {
    const { engine, works } = restateEngine(options, this.engine.snapshot(), restatement);
    this.engine = engine;
    for (const work of works) this.rejudge(work);
    while (!this.engine.settled) this.engine.drain(this.ways.drain);
    this.engine.drain();
    this.said.clear();
    for (const episode of this.engine.episodes()) this.said.set(keyOf(episode), episode);
  }

  private rejudge(work: LateWork): void {
    const readings = this.range(work.points, work.from, work.to);
    const size = this.ways.part ?? Number.POSITIVE_INFINITY;
    let from = 0;
    do {
      const part = readings.slice(from, from + size);
      from += size;
      const more = from < readings.length;
      if (this.ways.columns) this.engine.rejudgeColumns(work, this.columns(part), more);
      else this.engine.rejudge(work, part, more);
    } while (from < readings.length);
  }

  private columns(readings: readonly Reading[]): ReadingColumns {
    const point = Int32Array.from(readings, (r) => this.engine.point(r.point));
    const value = readings.map((r, k) => this.engine.encode(point[k] ?? -1, r.value));
    return {
      length: readings.length,
      point,
      at: Float64Array.from(readings, (r) => r.at),
      received: Float64Array.from(readings, (r) => r.received),
      value: Float64Array.from(value),
      history: Uint8Array.from(readings, (r) => Number(r.history)),
    };
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
