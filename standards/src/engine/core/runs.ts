import type { Memory } from '../window/memory.ts';
import type { Judge } from './judge.ts';
import type { PointClass } from './layout.ts';
import { field, fields } from './points.ts';
import type { Program, ProgramLeaf } from './program.ts';
import { idle, idleUnknown, quietMask } from './states.ts';

const never = Number.NEGATIVE_INFINITY;
const none = -1;

/** Readings of one point in order of time, each newer than the last one, news, and before that one's end. */
export interface Run {
  readonly at: Float64Array;
  readonly value: Float64Array;
  /** The places [from, to) in these. */
  readonly from: number;
  readonly to: number;
  /** The reading before them. */
  readonly before: { readonly at: number; readonly value: number };
}

/**
 * Judges runs of readings by the rules of their point that have windows: one loop a window, left where a truth
 * changes. That no such rule looks at another point is what allows it.
 */
export class Runs {
  private readonly judge: Judge;
  private run: Run = nothing;
  /** For figures of the memories of one instance. */
  private readonly rooms: Float64Array[] = [];
  /** The record of the point just before the reading that is judged. */
  private readonly sight = { records: new Float64Array(fields) };

  constructor(judge: Judge) {
    this.judge = judge;
  }

  /** Puts readings of a point into its windows, and judges where that is needed. */
  take(p: number, run: Run): void {
    const { judge } = this;
    const { layout } = judge;
    const c = layout.classOf[p] as number;
    const { programs, simple, silentAfter } = layout.classes[c] as PointClass;
    const first = layout.first[p] as number;
    const general = (layout.firstGeneral[p] as number) - simple;
    const { at, value, from, to } = run;
    this.run = run;
    for (const k of judge.calm.watchful[c] as Int32Array) {
      const program = programs[k] as Program;
      const i = first + k;
      const g = general + k;
      this.foresee(g, program);
      let row = from;
      while (row < to) {
        const next = this.rest(i, g, program, row, silentAfter);
        if (next > row) {
          row = next;
          continue;
        }
        this.look(row);
        judge.general(i, g, program, this.sight, 0, at[row] as number, value[row] as number, 0);
        row += 1;
      }
    }
    this.run = nothing;
  }

  /** Lets each memory of an instance work out what it can of the run. */
  private foresee(g: number, { memories: count }: Program): void {
    const { at, value, from, to } = this.run;
    const { memories, firstMemory } = this.judge.generals;
    const first = firstMemory[g] as number;
    for (let k = 0; k < count; k += 1) {
      const known = this.rooms[k];
      const room =
        known !== undefined && known.length >= to - from ? known : new Float64Array(to - from);
      this.rooms[k] = room;
      (memories[first + k] as Memory).foresee(at, value, from, to, room);
    }
  }

  /** Brings into sight what the newest reading of the point was just before a row. */
  private look(row: number): void {
    const { records } = this.sight;
    const { at, value, from, before } = this.run;
    records[field.at] = row === from ? before.at : (at[row - 1] as number);
    records[field.value] = row === from ? before.value : (value[row - 1] as number);
  }

  /**
   * Takes rows that leave an instance at rest, and the one after which it no longer is.
   * @returns the row after them; the first row when it must be judged one by one
   */
  private rest(i: number, g: number, program: Program, from: number, silentAfter: number): number {
    const { judge, run } = this;
    const { generals, latest } = judge;
    const byte = (judge.states.bytes[i] as number) & quietMask;
    const truths = generals.signature[g] as number;
    const known = generals.quietUntil[g] as number;
    if ((byte !== idle && byte !== idleUnknown) || truths < 0) return from;
    if (known === never || latest >= known) return from;
    this.look(from);
    const { machine } = judge;
    machine.take(program, g, generals.firstMemory[g] as number);
    // Values do not end on the way, so only what else time brings has to be waited for.
    const turn = machine.nextTurn(this.sight.records[field.at] as number);
    if (turn <= latest) return from;
    let until = run.to;
    while (until > from && (run.at[until - 1] as number) >= turn) until -= 1;
    until = this.within(program, truths, from, until);
    if (until === from) return from;
    const end = this.remember(g, program, truths, from, until);
    if (end === from) return from;
    const at = run.at[end - 1] as number;
    if (this.holds(g, program, truths)) {
      generals.quietUntil[g] = Math.min(turn, at + silentAfter);
    } else {
      this.look(end - 1);
      judge.rouse(i, g, program, this.sight, 0, at, run.value[end - 1] as number, 0, true);
    }
    return end;
  }

  /** Rows on which leaves without a memory are as true as before. @returns the row after them */
  private within({ leaves }: Program, truths: number, from: number, to: number): number {
    const values = this.run.value;
    let end = to;
    for (let k = 0; k < leaves.length && end > from; k += 1) {
      const leaf = leaves[k] as ProgramLeaf;
      if (leaf.remembers) continue;
      const value = values[from] as number;
      if (((truths >> (2 * k)) & 3) !== (leaf.breaches(value) ? 2 : 0)) return from;
      const low = leaf.lowAround(value);
      const high = leaf.highAround(value);
      let row = from;
      while (row < end && (values[row] as number) >= low && (values[row] as number) <= high) {
        row += 1;
      }
      end = row;
    }
    return end;
  }

  /** Fills memories up to a row, or until one of them changes its truth. @returns the row after the last taken */
  private remember(g: number, program: Program, truths: number, from: number, to: number): number {
    const { at, value } = this.run;
    const { memories, firstMemory } = this.judge.generals;
    const first = firstMemory[g] as number;
    const { leaves } = program;
    // All but one must tell beforehand how far they stay as they are, since none can go back.
    let end = to;
    let blind = none;
    let truth = 0;
    let m = first;
    for (let k = 0; k < leaves.length; k += 1) {
      if (!(leaves[k] as ProgramLeaf).remembers) continue;
      const was = (truths >> (2 * k)) & 3;
      const steady =
        program.memories === 1 ? from : (memories[m] as Memory).steady(value, from, end, was);
      if (steady > from) end = steady;
      else if (blind !== none) return from;
      else {
        blind = m;
        truth = was;
      }
      m += 1;
    }
    if (blind !== none) end = (memories[blind] as Memory).run(at, value, from, end, truth);
    if (program.memories === 1) return end;
    this.follow(g, program, truths, blind, from, end);
    return end;
  }

  /** Fills the memories that are known to stay as true as they are. @param but the place of one that is full */
  private follow(
    g: number,
    { leaves }: Program,
    truths: number,
    but: number,
    from: number,
    to: number,
  ): void {
    const { memories, firstMemory } = this.judge.generals;
    let m = firstMemory[g] as number;
    for (let k = 0; k < leaves.length; k += 1) {
      if (!(leaves[k] as ProgramLeaf).remembers) continue;
      const truth = (truths >> (2 * k)) & 3;
      if (m !== but) (memories[m] as Memory).run(this.run.at, this.run.value, from, to, truth);
      m += 1;
    }
  }

  /** Whether memories are as true as before. */
  private holds(g: number, { leaves }: Program, truths: number): boolean {
    const { memories, firstMemory } = this.judge.generals;
    let m = firstMemory[g] as number;
    for (let k = 0; k < leaves.length; k += 1) {
      if (!(leaves[k] as ProgramLeaf).remembers) continue;
      if ((memories[m] as Memory).breach !== ((truths >> (2 * k)) & 3)) return false;
      m += 1;
    }
    return true;
  }
}

const empty = new Float64Array(0);
const nothing: Run = {
  at: empty,
  value: empty,
  from: 0,
  to: 0,
  before: { at: never, value: never },
};
