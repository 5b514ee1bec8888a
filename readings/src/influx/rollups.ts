import type { Reading, Series } from '../reading.ts';
import { HOUR, type HourRollup, hourOf } from '../store/rollup.ts';
import type { Interval } from '../store/stretch.ts';
import type { DescribePoint, RawRetention } from '../store.ts';
import { DirtyHours } from './dirty-hours.ts';
import { HourSum, hourFields, hourIn, hourlyOf, type KeptRow } from './hourly.ts';

/** Rows that say which hours are dirty: time = number of the mark. */
const MARKS = 'caretaker.stale';
/** One row at time 0: since when raw readings are there. */
const STATE = 'caretaker.state';
/** InfluxDB keeps strings of up to 64 kB. */
const MARK_LENGTH = 30_000;
/** Points whose readings are gone through together. */
const POINTS = 50;
/** Readings gone through before a write that waits gets its turn. */
const READINGS = 50_000;
const ROWS = 1_000;
/** What lies between hours of a few points is cheaper read than left out. */
const GAP_MS = 24 * HOUR;
/** Dirty hours held in memory before some are rolled up. */
const MOST_DIRTY = 200_000;
/** Instants a JavaScript date can have. */
const LAST = 8.64e15;

/** Rows of one measurement, of the fields named, with from ≤ time < to. */
export interface KeptQuery extends Interval {
  readonly measurement: string;
  readonly fields: readonly string[];
  readonly place: KeptRow['place'];
}

/** What rollups need of a database. */
export interface RollupBackend {
  /** Durable when it resolves. */
  put(rows: readonly KeptRow[]): Promise<void>;
  /** Ascending. */
  rows(query: KeptQuery): Promise<readonly KeptRow[]>;
  /** Removes the rows of a measurement before this time. */
  forget(measurement: string, before: number): Promise<void>;
  scan(from: number, to: number, points: readonly string[]): AsyncIterable<readonly Reading[]>;
  /** Tells the server for how long it keeps raw readings; undefined for as it is. */
  keep(retention: RawRetention | undefined): Promise<void>;
}

/** Runs work when no write is under way. */
export type Turn = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Hourly rollups that this adapter makes itself from raw readings: a continuous query or task of InfluxDB passes
 * over what comes late. An hour is marked dirty in the database before a reading is written into it, and its mark
 * goes when its rollup is written; so after a crash at most too much is rolled up again.
 */
export class Rollups {
  readonly #backend: RollupBackend;
  readonly #describe: DescribePoint;
  #dirty = new DirtyHours();
  #nextMark = 1;
  #rawFrom: number | null = null;

  constructor(backend: RollupBackend, describe: DescribePoint) {
    this.#backend = backend;
    this.#describe = describe;
  }

  /** Earlier hours are known by their rollups only; null when none are. */
  get rawFrom(): number | null {
    return this.#rawFrom;
  }

  async open(): Promise<void> {
    const everything = { place: null, from: 0, to: Number.MAX_SAFE_INTEGER };
    const state = { ...everything, measurement: STATE, fields: ['raw_from'] };
    const rawFrom = (await this.#backend.rows(state)).at(-1)?.fields.raw_from;
    this.#rawFrom = typeof rawFrom === 'number' ? rawFrom : null;
    this.#dirty = new DirtyHours();
    this.#nextMark = 1;
    const marks = { ...everything, measurement: MARKS, fields: ['hours'] };
    for (const { time, fields } of await this.#backend.rows(marks)) {
      this.#nextMark = time + 1;
      for (const [point, ...hours] of JSON.parse(String(fields.hours)) as [string, ...number[]][]) {
        for (const hour of hours) {
          // Nothing is let go of before it is rolled up.
          if (hour * HOUR >= (this.#rawFrom ?? 0)) this.#dirty.add(point, hour * HOUR);
        }
      }
    }
  }

  /** To be called before readings are written, in a turn. */
  async mark(readings: readonly Reading[]): Promise<void> {
    if (this.#dirty.size > MOST_DIRTY) await this.#relieve();
    const fresh = new Map<string, Set<number>>();
    for (const { point, at } of readings) {
      const hour = hourOf(at);
      if (this.#dirty.has(point, hour)) continue;
      const hours = fresh.get(point);
      if (hours === undefined) fresh.set(point, new Set([hour]));
      else hours.add(hour);
    }
    if (fresh.size === 0) return;
    await this.#putMarks(fresh);
    for (const [point, hours] of fresh) for (const hour of hours) this.#dirty.add(point, hour);
  }

  async #putMarks(dirty: ReadonlyMap<string, ReadonlySet<number>>): Promise<void> {
    const rows = textsOf(dirty).map((hours, i) => ({
      measurement: MARKS,
      place: null,
      time: this.#nextMark + i,
      fields: { hours },
    }));
    this.#nextMark += rows.length;
    await this.#backend.put(rows);
  }

  /** The times of a point in which its rollups do not say everything. */
  unrolled(point: string, time: Interval): Interval[] {
    return this.#dirty.stretches([point], time);
  }

  /** Rollups of the hours of a point from that of `from` on, ascending; those of dirty hours may be behind. */
  async hours({ kind, metric, estate, asset }: Series, time: Interval): Promise<HourRollup[]> {
    const rows = await this.#backend.rows({
      measurement: hourlyOf(kind),
      fields: hourFields(metric),
      place: { estate, asset },
      from: hourOf(time.from),
      to: time.to,
    });
    return rows.map((row) => hourIn(row, metric)).filter((hour) => hour !== null);
  }

  /** Rolls up what is over, then lets go of raw readings that are older than the retention. */
  async expire(now: number, retention: RawRetention | undefined, turn: Turn): Promise<void> {
    for (const batch of this.#batches(hourOf(now))) await this.#rollUp(batch, hourOf(now), turn);
    await turn(() => this.#forgetMarks());
    const rawFrom = retention == null ? null : hourOf(now - retention);
    if (rawFrom !== null && rawFrom > (this.#rawFrom ?? 0)) {
      await turn(async () => {
        // What came late since.
        const atOnce: Turn = (work) => work();
        for (const batch of this.#batches(rawFrom)) await this.#rollUp(batch, rawFrom, atOnce);
        const fields = { raw_from: rawFrom };
        await this.#backend.put([{ measurement: STATE, place: null, time: 0, fields }]);
        this.#rawFrom = rawFrom;
      });
    }
    await this.#backend.keep(retention);
  }

  async #relieve(): Promise<void> {
    for (const batch of this.#batches(LAST)) {
      await this.#rollUp(batch, LAST, (work) => work());
      if (this.#dirty.size < MOST_DIRTY / 2) break;
    }
    await this.#forgetMarks();
  }

  /** Points with dirty hours before that time, those of an asset together. */
  #batches(until: number): string[][] {
    const points = this.#dirty.points(until);
    const batches: string[][] = [];
    for (let i = 0; i < points.length; i += POINTS) batches.push(points.slice(i, i + POINTS));
    return batches;
  }

  async #rollUp(points: readonly string[], until: number, turn: Turn): Promise<void> {
    const time = { from: 0, to: until };
    for (const { from, to } of this.#dirty.stretches(points, time, GAP_MS)) {
      let start: number | null = from;
      while (start !== null) {
        const next: number = start;
        start = await turn(() => this.#rollUpPart(points, { from: next, to }));
      }
    }
  }

  /** @returns where to go on; null at the end. */
  async #rollUpPart(points: readonly string[], { from, to }: Interval): Promise<number | null> {
    const rows: KeptRow[] = [];
    let sums = new Map<string, HourSum>();
    let [hour, count] = [from, 0];
    let rest: number | null = null;
    const close = async () => {
      for (const [point, sum] of sums) {
        const series = this.#describe(point);
        if (series !== undefined) rows.push(sum.row(series, hour));
      }
      sums = new Map();
      if (rows.length >= ROWS) await this.#backend.put(rows.splice(0));
    };
    scan: for await (const readings of this.#backend.scan(from, to, points)) {
      for (const reading of readings) {
        if (reading.at >= hour + HOUR) {
          await close();
          hour = hourOf(reading.at);
          if (count >= READINGS) {
            rest = hour;
            break scan;
          }
        }
        count += 1;
        if (!this.#dirty.has(reading.point, hour)) continue;
        let sum = sums.get(reading.point);
        if (sum === undefined) {
          sum = new HourSum(reading.at);
          sums.set(reading.point, sum);
        }
        sum.add(reading);
      }
    }
    await close();
    if (rows.length > 0) await this.#backend.put(rows);
    for (const point of points) this.#dirty.delete(point, { from, to: rest ?? to });
    return rest;
  }

  /** Marks go from the oldest on: what is still dirty is marked anew, then all before is forgotten. */
  async #forgetMarks(): Promise<void> {
    const before = this.#nextMark;
    if (this.#dirty.size > 0) await this.#putMarks(this.#dirty.hours);
    await this.#backend.forget(MARKS, before);
  }
}

/** Hours of points as texts that InfluxDB keeps. */
function textsOf(fresh: ReadonlyMap<string, ReadonlySet<number>>): string[] {
  const texts: string[] = [];
  let parts: string[] = [];
  let length = 0;
  for (const [point, hours] of fresh) {
    // A point that was away for years has more hours than one text takes.
    const all = [...hours].map((hour) => hour / HOUR);
    for (let i = 0; i < all.length; i += 1_000) {
      const part = JSON.stringify([point, ...all.slice(i, i + 1_000)]);
      parts.push(part);
      length += part.length;
      if (length < MARK_LENGTH) continue;
      texts.push(`[${parts.join(',')}]`);
      parts = [];
      length = 0;
    }
  }
  if (parts.length > 0) texts.push(`[${parts.join(',')}]`);
  return texts;
}
