import type { ReadingColumns } from '../engine.ts';
import type { Memory } from '../window/memory.ts';
import type { Judge } from './judge.ts';
import type { PointClass } from './layout.ts';
import { field, fields } from './points.ts';
import type { Program, ProgramLeaf } from './program.ts';
import { idle, idleUnknown, quietMask } from './states.ts';

const never = Number.NEGATIVE_INFINITY;
const none = -1;
/** Readings of one point that wait at most; with their values they stay in a processor's nearest cache. */
const room = 512;
/** So many points at most. */
const mostSlots = 256;
/** Readings are worth collecting where of the first rows one in 32, and more than a few, are of the first point. */
const sample = 256;
const oneIn = 32;
const few = 4;

/**
 * Readings of calm points that wait for the windows of their rules. Where columns hold many readings of few points,
 * as those of the past do, the windows of a point are filled in runs: one loop a window, left where a truth changes.
 * Nothing but these windows waits, and no rule that has one looks at another point, so it makes no difference.
 */
export class Runs {
  private readonly judge: Judge;
  /** By point; made when first needed. */
  slotOf: Int32Array = new Int32Array(0);
  /** By slot: 1 where a rule of several points has windows, and takes readings as they come. */
  watching: Uint8Array = new Uint8Array(0);
  /** By slot: its point, how many readings wait, and time and value of the one before them. */
  private readonly points: number[] = [];
  private counts = new Int32Array(0);
  private beforeAt = new Float64Array(0);
  private beforeValue = new Float64Array(0);
  /** By slot, `room` each. */
  private ats = new Float64Array(0);
  private values = new Float64Array(0);
  /** The record of the point just before the reading that is judged. */
  private readonly sight = { records: new Float64Array(fields) };

  constructor(judge: Judge) {
    this.judge = judge;
  }

  /** Whether readings of these columns are to be collected. @param late whether some rule waits to be judged again */
  suits({ length, point }: ReadingColumns, late: boolean): boolean {
    if (late || length < few || this.judge.blind.size > 0) return false;
    const rows = Math.min(length, sample);
    let same = 0;
    for (let row = 0; row < rows; row += 1) if (point[row] === point[0]) same += 1;
    if (same < few || same * oneIn < rows) return false;
    if (this.slotOf.length === 0) {
      this.slotOf = new Int32Array(this.judge.layout.points.length).fill(none);
    }
    return true;
  }

  /** Takes in a point for which a reading is the newest of all that its rules see. @returns its slot; −1: none */
  enter(p: number, at: number): number {
    if (this.points.length === mostSlots) return none;
    const { layout, generals, calm } = this.judge;
    const { feedsFirst, feeds } = layout;
    let watching = false;
    for (let f = feedsFirst[p] as number; f < (feedsFirst[p + 1] as number); f += 1) {
      const w = feeds[f] as number;
      if (at < (generals.reading[w] as number)) return none;
      if (calm.watchfulWide[w] === 1) watching = true;
    }
    const slot = this.points.length;
    if (slot === this.counts.length) this.grow();
    this.points.push(p);
    this.slotOf[p] = slot;
    this.counts[slot] = 0;
    this.watching[slot] = Number(watching);
    return slot;
  }

  /** Keeps a reading for later: newer than the last one of its point, news, and before that one's end. */
  add(slot: number, p: number, at: number, value: number): void {
    const n = this.counts[slot] as number;
    if (n === 0) {
      const { records } = this.judge.points;
      this.beforeAt[slot] = records[p * fields + field.at] as number;
      this.beforeValue[slot] = records[p * fields + field.value] as number;
    }
    this.ats[slot * room + n] = at;
    this.values[slot * room + n] = value;
    this.counts[slot] = n + 1;
    if (n + 1 === room) this.flush(p);
  }

  /** Judges what waits of a point. */
  flush(p: number): void {
    const slot = this.slotOf[p] as number;
    if (slot === none || this.counts[slot] === 0) return;
    this.judgeRun(slot, p, this.counts[slot] as number);
    this.counts[slot] = 0;
  }

  /** Judges all that waits, at the end of the columns. */
  finish(): void {
    if (this.points.length === 0) return;
    const { layout, generals, points } = this.judge;
    const { feedsFirst, feeds } = layout;
    for (const p of this.points) {
      this.flush(p);
      this.slotOf[p] = none;
      const at = points.at(p);
      for (let f = feedsFirst[p] as number; f < (feedsFirst[p + 1] as number); f += 1) {
        const w = feeds[f] as number;
        if (at > (generals.reading[w] as number)) generals.reading[w] = at;
      }
    }
    this.points.length = 0;
  }

  private grow(): void {
    const slots = Math.max(4, this.counts.length * 2);
    this.counts = Int32Array.from({ length: slots }, (_, slot) => this.counts[slot] ?? 0);
    this.watching = Uint8Array.from({ length: slots }, (_, slot) => this.watching[slot] ?? 0);
    this.beforeAt = wider(this.beforeAt, slots);
    this.beforeValue = wider(this.beforeValue, slots);
    this.ats = wider(this.ats, slots * room);
    this.values = wider(this.values, slots * room);
  }

  /** Puts the first n readings of a slot into the windows of its point, and judges where that is needed. */
  private judgeRun(slot: number, p: number, n: number): void {
    const { judge } = this;
    const { layout } = judge;
    const c = layout.classOf[p] as number;
    const { programs, simple, silentAfter } = layout.classes[c] as PointClass;
    const first = layout.first[p] as number;
    const general = (layout.firstGeneral[p] as number) - simple;
    const from = slot * room;
    const to = from + n;
    for (const k of judge.calm.watchful[c] as Int32Array) {
      const program = programs[k] as Program;
      const i = first + k;
      const g = general + k;
      let row = from;
      while (row < to) {
        const next = this.rest(i, g, program, slot, row, to, silentAfter);
        if (next > row) {
          row = next;
          continue;
        }
        const { ats, values } = this;
        this.look(slot, row);
        judge.general(i, g, program, this.sight, 0, ats[row] as number, values[row] as number, 0);
        row += 1;
      }
    }
  }

  /** Brings into sight what the newest reading of the point was just before a row. */
  private look(slot: number, row: number): void {
    const { records } = this.sight;
    const first = row === slot * room;
    records[field.at] = (first ? this.beforeAt[slot] : this.ats[row - 1]) as number;
    records[field.value] = (first ? this.beforeValue[slot] : this.values[row - 1]) as number;
  }

  /**
   * Takes rows that leave an instance at rest, and the one after which it no longer is.
   * @returns the row after them; the first row when it must be judged one by one
   */
  private rest(
    i: number,
    g: number,
    program: Program,
    slot: number,
    from: number,
    to: number,
    silentAfter: number,
  ): number {
    const { judge, ats, values } = this;
    const { generals, latest } = judge;
    const byte = (judge.states.bytes[i] as number) & quietMask;
    const truths = generals.signature[g] as number;
    const known = generals.quietUntil[g] as number;
    if ((byte !== idle && byte !== idleUnknown) || truths < 0) return from;
    if (known === never || latest >= known) return from;
    this.look(slot, from);
    const { machine } = judge;
    machine.take(program, g, generals.firstMemory[g] as number);
    // Values do not end on the way, so only what else time brings has to be waited for.
    const turn = machine.nextTurn(this.sight.records[field.at] as number);
    if (turn <= latest) return from;
    let until = to;
    while (until > from && (ats[until - 1] as number) >= turn) until -= 1;
    until = this.within(program, truths, from, until);
    if (until === from) return from;
    const end = this.remember(g, program, truths, from, until);
    if (end === from) return from;
    const at = ats[end - 1] as number;
    if (this.holds(g, program, truths)) {
      generals.quietUntil[g] = Math.min(turn, at + silentAfter);
    } else {
      this.look(slot, end - 1);
      judge.rouse(i, g, program, this.sight, 0, at, values[end - 1] as number, 0, true);
    }
    return end;
  }

  /** Rows on which leaves without a memory are as true as before. @returns the row after them */
  private within({ leaves }: Program, truths: number, from: number, to: number): number {
    const { values } = this;
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
    const { ats, values } = this;
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
        program.memories === 1 ? from : (memories[m] as Memory).steady(values, from, end, was);
      if (steady > from) end = steady;
      else if (blind !== none) return from;
      else {
        blind = m;
        truth = was;
      }
      m += 1;
    }
    if (blind !== none) end = (memories[blind] as Memory).run(ats, values, from, end, truth);
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
      if (m !== but) (memories[m] as Memory).run(this.ats, this.values, from, to, truth);
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

function wider(numbers: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const more = new Float64Array(length);
  more.set(numbers);
  return more;
}
