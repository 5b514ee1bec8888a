import type { Reading, ReadingValue } from '@caretaker/readings';
import { played } from '../product/gateway.ts';
import type { Sent } from './device.ts';
import { asStored, type Row } from './stored.ts';

/** Readings of one round, or of more. */
export interface Counts {
  readonly published: number;
  readonly acknowledged: number;
  /** Acknowledged, and not in the cloud with their value. */
  readonly lost: number;
  /** More often in the cloud than may be, or there though nobody said them. */
  readonly duplicated: number;
}

/** What is wrong with single readings, in words. */
export interface Audit extends Counts {
  readonly faults: readonly string[];
}

/** Everything that devices have said to one product, held against what its cloud holds. */
export class Ledger {
  readonly #estate: string;
  readonly #stamped: Sent[] = [];
  readonly #unstamped: Sent[] = [];
  /** Told in an earlier round. */
  readonly #told = new Set<string>();
  /** What the devices speak to never says a QoS 2 message twice within one life of the gateway. */
  readonly #once: boolean;

  constructor(estate: string, { once }: { readonly once: boolean }) {
    this.#estate = estate;
    this.#once = once;
  }

  add(sent: readonly Sent[]): void {
    for (const one of sent) {
      (one.message.at === null ? this.#unstamped : this.#stamped).push(one);
    }
  }

  /**
   * @param rows all rows of the cloud by full point id
   * @param round what was said in that round alone, with whatever else is there
   */
  audit(rows: ReadonlyMap<string, readonly Row[]>, round: number): Audit {
    const faults: string[] = [];
    const counted = { published: 0, acknowledged: 0, lost: 0, duplicated: 0 };
    for (const { message, acknowledged } of [...this.#stamped, ...this.#unstamped]) {
      if (message.round !== round) continue;
      counted.published += message.values.size;
      if (acknowledged) counted.acknowledged += message.values.size;
    }
    counted.lost += this.#lostStamped(rows, round, faults);
    counted.lost += this.#lostUnstamped(rows, round, faults);
    counted.duplicated += this.#strangers(rows, faults);
    counted.duplicated += this.#repeated(rows, round, faults);
    return { ...counted, faults };
  }

  /** How much of what was acknowledged in a round is not in the cloud, or not yet. */
  missing(rows: ReadonlyMap<string, readonly Row[]>, round: number): number {
    return this.#lostStamped(rows, round, []) + this.#lostUnstamped(rows, round, []);
  }

  /**
   * What the reference is given: readings with a time of the device as they were said, if they were acknowledged or
   * are in the cloud all the same; of the others what the cloud holds, because the gateway gave the time.
   */
  readings(rows: ReadonlyMap<string, readonly Row[]>): Reading[] {
    const readings: Reading[] = [];
    for (const { message, acknowledged } of this.#stamped) {
      for (const [point, value] of message.values) {
        const there = acknowledged || this.#find(rows, point, message.at).length > 0;
        if (there && message.at !== null) readings.push(played(point, message.at, value));
      }
    }
    const unstamped = new Set(this.#unstamped.flatMap(({ message }) => [...message.values.keys()]));
    for (const point of unstamped) {
      for (const { at, value } of rows.get(this.#full(point)) ?? []) {
        readings.push({ ...played(point, at, value), stamped: false });
      }
    }
    return readings.sort((a, b) => a.at - b.at || (a.point < b.point ? -1 : 1));
  }

  #full(point: string): string {
    return `${this.#estate}/${point}`;
  }

  #find(rows: ReadonlyMap<string, readonly Row[]>, point: string, at: number | null) {
    return at === null ? [] : rowsAt(rows.get(this.#full(point)) ?? [], at);
  }

  #lostStamped(rows: ReadonlyMap<string, readonly Row[]>, round: number, faults: string[]): number {
    let lost = 0;
    for (const { message, acknowledged } of this.#stamped) {
      if (!acknowledged || message.round !== round) continue;
      for (const [point, value] of message.values) {
        const found = this.#find(rows, point, message.at);
        if (found.some((row) => row.value === asStored(value))) continue;
        lost += 1;
        faults.push(`lost: ${point} at ${message.at} = ${value}, QoS ${message.qos}`);
      }
    }
    return lost;
  }

  #lostUnstamped(
    rows: ReadonlyMap<string, readonly Row[]>,
    round: number,
    faults: string[],
  ): number {
    let lost = 0;
    for (const { message, acknowledged } of this.#unstamped) {
      if (!acknowledged || message.round !== round) continue;
      for (const [point, value] of message.values) {
        if (this.#times(rows, point, value) > 0) continue;
        lost += 1;
        faults.push(`lost: ${point} = ${value}, unstamped, QoS ${message.qos}`);
      }
    }
    return lost;
  }

  #times(rows: ReadonlyMap<string, readonly Row[]>, point: string, value: ReadingValue): number {
    return (rows.get(this.#full(point)) ?? []).filter((row) => row.value === value).length;
  }

  /** Rows that are there twice, and rows that no device said like that. */
  #strangers(rows: ReadonlyMap<string, readonly Row[]>, faults: string[]): number {
    const said = this.#said();
    let strangers = 0;
    for (const [point, all] of rows) {
      const own = said.get(point);
      for (const [index, { at, value }] of all.entries()) {
        const twice = all[index - 1]?.at === at;
        const known = own?.times.get(at) === value || own?.values.has(value) === true;
        if (known && !twice) continue;
        const fault = `${twice ? 'there twice' : 'said by nobody'}: ${point} at ${at} = ${value}`;
        if (this.#told.has(fault)) continue;
        this.#told.add(fault);
        strangers += 1;
        faults.push(fault);
      }
    }
    return strangers;
  }

  #said(): Map<string, { times: Map<number, number | string>; values: Set<number | string> }> {
    const said = new Map<
      string,
      { times: Map<number, number | string>; values: Set<number | string> }
    >();
    for (const { message } of [...this.#stamped, ...this.#unstamped]) {
      for (const [point, value] of message.values) {
        const id = this.#full(point);
        const own = said.get(id) ?? { times: new Map(), values: new Set() };
        said.set(id, own);
        if (message.at === null) own.values.add(asStored(value));
        else own.times.set(message.at, asStored(value));
      }
    }
    return said;
  }

  /**
   * A QoS 2 message is journalled once for as long as the gateway lives, however often its connection breaks: of one
   * that the device published once within one life, nothing may be there twice, stamped or not.
   */
  #repeated(rows: ReadonlyMap<string, readonly Row[]>, round: number, faults: string[]): number {
    let repeated = 0;
    for (const { message, attempts, firstLife, ackLife } of this.#unstamped) {
      const once = this.#once && message.qos === 2 && attempts === 1 && firstLife === ackLife;
      if (!once || message.round !== round) continue;
      for (const [point, value] of message.values) {
        const times = this.#times(rows, point, value);
        if (times <= 1) continue;
        repeated += times - 1;
        faults.push(`${times} times: ${point} = ${value}, QoS 2 within one life of the gateway`);
      }
    }
    return repeated;
  }
}

/** Rows of one instant, of many ascending ones. */
function rowsAt(rows: readonly Row[], at: number): readonly Row[] {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.at ?? Number.POSITIVE_INFINITY) < at) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (rows[end]?.at === at) end += 1;
  return rows.slice(low, end);
}
