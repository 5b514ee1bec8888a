import { changedFields, digestOf, genesis, hashOf, marksOf } from './encoding.ts';
import { dateOf, named, type Tell } from './faults.ts';
import type { NotedHead } from './heads.ts';
import { includes, type Range } from './ranges.ts';
import type { StoredRow } from './rows.ts';

interface Known {
  /** Merged: rows whose content was erased. */
  readonly erased: readonly Range[];
  readonly heads: readonly NotedHead[];
}

/** What the walk along the chain has seen. */
export interface Walked {
  readonly rows: number;
  /** Rows whose content was erased. */
  readonly erased: number;
  /** The number of the last row, and its time in epoch milliseconds. */
  readonly last: number;
  readonly lastAt: number | null;
}

type Soundness =
  | { readonly sound: true }
  | { readonly sound: false; readonly movedFrom: number }
  | { readonly sound: false; readonly movedFrom: null; readonly digestChanged: boolean };

/** Walks along the chain, row by row in order of their numbers, and tells what is wrong. */
export class ChainCheck {
  readonly #known: Known;
  readonly #tell: Tell;
  readonly #heads: ReadonlyMap<number, NotedHead[]>;
  #expected = 1;
  /** Hashes that the next row may be chained to; null after what tells nothing of them. */
  #before: readonly string[] | null = [genesis];
  #rows = 0;
  #erased = 0;
  #lastAt: number | null = null;

  constructor(known: Known, tell: Tell) {
    this.#known = known;
    this.#tell = tell;
    this.#heads = Map.groupBy(known.heads, (head) => head.number);
  }

  row(row: StoredRow): void {
    this.#rows += 1;
    const number = Number(row.number);
    const computed = hashOf(row, row.marks);
    const found = this.#soundnessOf(row, number, computed);
    if ('movedFrom' in found && found.movedFrom !== null) {
      if (number === this.#expected) {
        this.#expected += 1;
        this.#before = null;
      }
      return;
    }
    if (number >= this.#expected) this.#place(row, number, computed, found.sound);
    else if (found.sound) this.#tellForeign(number);
    this.#checkHeads(row, number, computed);
    if (found.sound || !found.digestChanged) this.#checkContent(row, number);
    if (found.sound) this.#lastAt = Math.max(this.#lastAt ?? 0, Number(row.at));
  }

  /** Call it after the last row. */
  end(): Walked {
    const last = this.#expected - 1;
    const noted = this.#known.heads.filter((head) => head.number > last);
    const most = noted.toSorted((a, b) => b.number - a.number)[0];
    if (most !== undefined) {
      this.#tell({
        kind: 'tail-cut',
        row: last + 1,
        to: most.number,
        message: `The end of the log is cut off: ${named(last + 1, most.number)} were there on ${dateOf(most.at)}.`,
      });
    }
    return { rows: this.#rows, erased: this.#erased, last, lastAt: this.#lastAt };
  }

  #soundnessOf(row: StoredRow, number: number, computed: string): Soundness {
    if (computed === row.hash) return { sound: true };
    const movedFrom = numberBefore(row);
    if (movedFrom !== null) {
      this.#tell({
        kind: 'row-moved',
        row: movedFrom,
        to: number,
        fields: ['number'],
        message: `Row ${movedFrom} stands as row ${row.number}: rows were put in another order.`,
      });
      return { sound: false, movedFrom };
    }
    const changed = changedFields(row, row.marks);
    const marksAlone = hashOf(row, marksOf(row)) === row.hash;
    const fields = marksAlone
      ? (['marks'] as const)
      : changed.length > 0
        ? changed
        : (['hash'] as const);
    const message = `Row ${row.number} was changed: ${fields.join(', ')}.`;
    this.#tell({ kind: 'row-changed', row: number, fields, message });
    return {
      sound: false,
      movedFrom: null,
      digestChanged: !marksAlone && changed.includes('digest'),
    };
  }

  #place(row: StoredRow, number: number, computed: string, sound: boolean): void {
    if (number > this.#expected) {
      const [row, to] = [this.#expected, number - 1];
      const message = `There is no longer ${named(row, to)}.`;
      this.#tell({ kind: 'rows-removed', row, to, message });
    } else if (sound && this.#before !== null && !this.#before.includes(row.previous)) {
      const message = `Row ${number} goes on from another row ${number - 1} than this one: one of the two was replaced.`;
      this.#tell({ kind: 'row-replaced', row: Math.max(1, number - 1), to: number, message });
    }
    this.#expected = number + 1;
    this.#before = sound ? [row.hash] : [row.hash, computed];
  }

  /** Rows come by rising numbers, so this is one below the first. */
  #tellForeign(row: number): void {
    const message = `Row ${row} never was a row of this log.`;
    this.#tell({ kind: 'row-changed', row, fields: ['number'], message });
  }

  #checkHeads(row: StoredRow, number: number, computed: string): void {
    for (const head of this.#heads.get(number) ?? []) {
      if (head.hash === row.hash || head.hash === computed) continue;
      const message = `Row ${number} is another one than on ${dateOf(head.at)}, when its hash was noted: it, or rows before it, were written anew.`;
      this.#tell({ kind: 'head-differs', row: number, message });
    }
  }

  #checkContent({ kept, digest }: StoredRow, number: number): void {
    const erased = includes(this.#known.erased, number);
    if (erased) this.#erased += 1;
    if (kept === null) {
      if (erased) return;
      const message = `The content of row ${number} is missing, and no erasure tells of it.`;
      this.#tell({ kind: 'content-removed', row: number, message });
      return;
    }
    if (digestOf(kept) !== digest) {
      const message = `The content of row ${number} was changed.`;
      this.#tell({ kind: 'content-changed', row: number, message });
    } else if (erased) {
      const message = `The content of row ${number} is there again, though it was erased.`;
      this.#tell({ kind: 'content-returned', row: number, message });
    }
  }
}

/** The number that a row was written with, if nothing but its number differs. */
function numberBefore(row: StoredRow): number | null {
  const number = row.marks.split(' ')[0] ?? '';
  if (number === row.number || hashOf({ ...row, number }, row.marks) !== row.hash) return null;
  return Number(number);
}
