import type { LateWork, ReadingColumns } from '@caretaker/standards/engine';
import { createEngine, type Engine } from '@caretaker/standards/engine';
import { gateway, hour, minute } from './engine-estate.ts';
import { Load, randomOf, start } from './engine-load.ts';
import { cpuMs, type EngineAnswer, type EngineOrder, idsOf, optionsOf } from './engine-order.ts';

/** One reading in a hundred comes one hour late. */
const late = 0.01;
const lateRounds = hour / minute;
/** Rounds that the store of this bench remembers: back to a checkpoint an hour before the late reading. */
const kept = 256;
const enoughMs = 3_000;

/** What the engine asks back of its host: the readings of some points from one instant to another. */
class Store {
  readonly #points: number;
  readonly #at: Float64Array;
  readonly #value: Float64Array;
  readonly #places: ReadonlyMap<string, number>;
  readonly #numbers: Int32Array;

  constructor(ids: readonly string[], numbers: Int32Array) {
    this.#points = ids.length;
    this.#places = new Map(ids.map((id, place) => [id, place]));
    this.#numbers = numbers;
    this.#at = new Float64Array(kept * ids.length).fill(Number.NaN);
    this.#value = new Float64Array(kept * ids.length);
  }

  keep(place: number, at: number, value: number): void {
    const cell = this.#cell(place, at);
    this.#at[cell] = at;
    this.#value[cell] = value;
  }

  read({ points, from, to }: LateWork): ReadingColumns {
    const rows: { point: number; at: number; value: number }[] = [];
    for (const id of points) {
      const place = this.#places.get(id) as number;
      for (let at = roundOf(from); at <= roundOf(to); at += 1) {
        const cell = (at % kept) * this.#points + place;
        const instant = this.#at[cell] as number;
        if (instant < from || instant > to || Number.isNaN(instant)) continue;
        const value = this.#value[cell] as number;
        rows.push({ point: this.#numbers[place] as number, at: instant, value });
      }
    }
    if (points.length > 1) rows.sort((a, b) => a.at - b.at);
    const at = Float64Array.from(rows, (row) => row.at);
    return {
      length: rows.length,
      point: Int32Array.from(rows, (row) => row.point),
      at,
      received: at,
      value: Float64Array.from(rows, (row) => row.value),
      history: new Uint8Array(rows.length),
    };
  }

  #cell(place: number, at: number): number {
    return (roundOf(at) % kept) * this.#points + place;
  }
}

const roundOf = (at: number) => Math.floor((at - start) / minute);

interface Row {
  readonly place: number;
  readonly at: number;
  readonly value: number;
}

/** Readings a second, those included that come late and what is read and judged again because of them. */
export function lateRate(order: EngineOrder): EngineAnswer {
  const engine = createEngine(optionsOf(order));
  const ids = idsOf(order);
  const numbers = Int32Array.from(ids, (id) => engine.point(id));
  const store = new Store(ids, numbers);
  // Its numbers are places here: the same reading is kept by place and judged by number.
  const load = new Load(Int32Array.from(ids.keys()));
  const random = randomOf(2);
  const held: Row[][] = [];
  let [spent, readings, works] = [0, 0, 0];
  while (spent < enoughMs || held.length < lateRounds * 2) {
    const due = held[held.length - lateRounds] ?? [];
    const missing: Row[] = [];
    const frames = load.next().map((columns) => rowsOf(columns, random, missing));
    held.push(missing);
    for (const [k, row] of due.entries()) frames[k % frames.length]?.push(row);
    const measured = held.length > lateRounds + 10;
    const before = cpuMs();
    for (const rows of frames) works += judge(engine, store, rows, numbers);
    if (!measured) continue;
    spent += cpuMs() - before;
    readings += frames.reduce((sum, rows) => sum + rows.length, 0);
  }
  return { rate: (readings / spent) * 1_000, works, episodes: engine.episodes().length };
}

/** The rows of a frame but for those that come an hour later. */
function rowsOf(columns: ReadingColumns, random: () => number, missing: Row[]): Row[] {
  const rows: Row[] = [];
  for (let k = 0; k < columns.length; k += 1) {
    const row = {
      place: columns.point[k] as number,
      at: columns.at[k] as number,
      value: columns.value[k] as number,
    };
    (random() < late ? missing : rows).push(row);
  }
  return rows;
}

/** As a host does: keep, judge, read again what late readings change, let time pass. @returns pieces of work */
function judge(engine: Engine, store: Store, rows: readonly Row[], numbers: Int32Array): number {
  const length = rows.length;
  const columns = {
    length,
    point: new Int32Array(length),
    at: new Float64Array(length),
    received: new Float64Array(length),
    value: new Float64Array(length),
    history: new Uint8Array(length),
  };
  let newest = 0;
  for (const { at } of rows) newest = Math.max(newest, at);
  for (const [k, { place, at, value }] of rows.entries()) {
    store.keep(place, at, value);
    columns.point[k] = numbers[place] as number;
    columns.at[k] = at;
    columns.received[k] = Math.max(at, newest);
    columns.value[k] = value;
  }
  const works = engine.acceptColumns(columns);
  for (const work of works) engine.rejudgeColumns(work, store.read(work));
  engine.advance(gateway, newest);
  engine.drain();
  return works.length;
}
