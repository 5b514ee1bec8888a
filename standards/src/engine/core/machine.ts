import type { Ended } from '../ended.ts';
import { no, unknown, yes } from '../kleene.ts';
import type { Memory } from '../window/memory.ts';
import { isWorse } from '../worse.ts';
import type { Program, ProgramLeaf } from './program.ts';
import { row, rowFields, state } from './row.ts';
import { nextChange, programAt, spanAt } from './timeline.ts';
import { truthOf } from './truth.ts';

const never = Number.NEGATIVE_INFINITY;
const forever = Number.POSITIVE_INFINITY;

/**
 * The state machine of one rule on one subject, driven by instants in event time: readings, expiries of values,
 * edges of calendars, and the deadlines of holds. What changes at an instant is applied before a deadline at that
 * instant is decided, so a hold is a closed interval. It works on the state that was loaded into it and stores
 * nothing: a projection of time is a step whose result nobody keeps.
 */
export class Machine {
  /** The state worked on, by the numbers of `row`. */
  readonly work: Float64Array = new Float64Array(rowFields);
  /** Of each input: time of its newest reading, until when it holds, the value, and 1 for history. */
  readonly at: Float64Array;
  readonly until: Float64Array;
  readonly value: Float64Array;
  readonly history: Uint8Array;
  /** Episodes that ended since the list was last emptied. */
  readonly ended: Ended[] = [];
  /** The program with the numbers in force at the cursor. */
  program: Program;
  private loaded: Program;
  /** Memories of the leaves that have one, from this place on. */
  memories: readonly Memory[] = [];
  firstMemory = 0;
  private general = -1;
  /** By general number, which span's numbers its memories have; the first where there is none. */
  private readonly memorySpans = new Map<number, number>();
  /** Kleene truth of each leaf at its limit and at its clear limit. */
  private readonly breach: Uint8Array;
  private readonly stays: Uint8Array;
  private opens = unknown as number;
  private clears = unknown as number;

  constructor(program: Program, mostInputs: number, mostLeaves: number) {
    this.program = program;
    this.loaded = program;
    this.at = new Float64Array(mostInputs);
    this.until = new Float64Array(mostInputs);
    this.value = new Float64Array(mostInputs);
    this.history = new Uint8Array(mostInputs);
    this.breach = new Uint8Array(mostLeaves);
    this.stays = new Uint8Array(mostLeaves);
  }

  /**
   * Takes up a program, with the numbers in force at an instant.
   * @param general the number of the instance among the general ones; −1 for a simple one.
   */
  take(program: Program, general: number, firstMemory: number): void {
    this.program = program;
    this.loaded = program;
    this.general = general;
    this.firstMemory = firstMemory;
  }

  /** Whether the program taken up is in force for a while only, or changes its numbers. */
  get timed(): boolean {
    return this.loaded.timeline !== null;
  }

  /** Goes over to the numbers in force at `time`. */
  turn(time: number): void {
    const { timeline } = this.loaded;
    if (timeline === null) return;
    const k = spanAt(timeline, time);
    const program = timeline.spans[k]?.program ?? this.loaded;
    this.program = program;
    if (program.memories === 0 || (this.memorySpans.get(this.general) ?? 0) === k) return;
    this.memorySpans.set(this.general, k);
    let m = this.firstMemory;
    for (const leaf of program.leaves) {
      if (!leaf.remembers) continue;
      // As of before all: what has turned true since is told by `flipAt`.
      (this.memories[m] as Memory).renumber(leaf.spec, leaf.is, never);
      m += 1;
    }
  }

  /** Gives input k its newest reading. */
  feed(k: number, at: number, value: number, history: number): void {
    this.at[k] = at;
    // Whatever is in force by now: a value holds as long as it did when it was measured.
    const { silentAfter } =
      this.loaded.timeline === null ? this.program : programAt(this.loaded, at);
    this.until[k] = at === never ? forever : at + (silentAfter[k] as number);
    this.value[k] = at === never ? Number.NaN : value;
    this.history[k] = history;
  }

  /** Moves the state to just before `time`, that of a newer reading. */
  approach(time: number): void {
    const { work } = this;
    if (work[row.reading] === never) {
      work[row.since] = time;
      return;
    }
    if (work[row.open] === 1) this.close();
    this.roll(time - 1);
  }

  /** Decides the instant of the newest reading: no other reading of that instant will come. */
  close(): void {
    const { work } = this;
    const time = work[row.reading] as number;
    work[row.open] = 0;
    work[row.cursor] = time;
    this.turn(time);
    this.evaluate(time);
    this.step(time);
    this.roll(time);
  }

  /** Moves the state to what holds at `time` unless a reading still comes. */
  project(time: number): void {
    const { work } = this;
    const stop = this.loaded.timeline?.stop ?? forever;
    const reading = work[row.reading] as number;
    if (reading === never || reading >= stop) return;
    if (work[row.open] === 1) this.close();
    if (time >= stop) this.stop();
    else this.roll(time);
  }

  /** Ends what the program judges: what stands is over, and nothing is decided any more. */
  stop(): void {
    const { work } = this;
    const stop = this.loaded.timeline?.stop ?? forever;
    this.roll(stop - 1);
    const at = work[row.state] as number;
    if (at === state.breach || at === state.clearing) this.end(stop, stop);
    work[row.state] = state.ok;
    work[row.unknown] = 1;
    work[row.since] = stop;
    work[row.cursor] = stop;
  }

  /** When the running hold is fulfilled; Infinity when none runs. */
  deadline(): number {
    const { work } = this;
    const at = work[row.state] as number;
    if (at !== state.pending && at !== state.clearing) return forever;
    const runs = work[row.runs] as number;
    if (Number.isNaN(runs)) return forever;
    const hold = at === state.pending ? this.program.for : this.program.clearFor;
    const due = runs + Math.max(0, hold - (work[row.elapsed] as number));
    // A hold that numbers of a later version make shorter is fulfilled no earlier than these are in force.
    return this.loaded.timeline === null ? due : Math.max(due, work[row.cursor] as number);
  }

  /** The next instant after `time` at which a value expires. */
  nextExpiry(time: number): number {
    const { until } = this;
    let next = forever;
    for (let k = 0; k < this.program.silentAfter.length; k += 1) {
      const at = until[k] as number;
      if (at > time && at < next) next = at;
    }
    return next;
  }

  /** The next instant after `time` at which a calendar, an absence or a number changes; Infinity when none does. */
  nextTurn(time: number): number {
    const { calendars } = this.program;
    const { timeline } = this.loaded;
    let next = timeline === null ? forever : nextChange(timeline, time);
    for (let k = 0; k < this.program.memories; k += 1) {
      const { flipAt } = this.memories[this.firstMemory + k] as Memory;
      if (flipAt > time && flipAt < next) next = flipAt;
    }
    if (calendars.length === 0 || time === never) return next;
    for (const calendar of calendars) {
      const edge = calendar.next(time);
      if (edge < next) next = edge;
    }
    return next;
  }

  /** The value judged: that of the first leaf. NaN while there is none. */
  judged(): number {
    const leaf = this.program.leaves[0];
    if (leaf === undefined) return Number.NaN;
    return leaf.remembers
      ? (this.memories[this.firstMemory] as Memory).value
      : (this.value[leaf.input] as number);
  }

  /** Truth of the leaves at `time`, two bits each; −1 where that does not fit a number. */
  signature(time: number): number {
    const { length } = this.program.leaves;
    if (length > 15) return -1;
    this.look(time);
    let bits = 0;
    for (let k = 0; k < length; k += 1) bits |= (this.breach[k] as number) << (2 * k);
    return bits;
  }

  /** Processes every edge and deadline up to `last`, itself included, in order. */
  private roll(last: number): void {
    const { work } = this;
    for (;;) {
      const deadline = this.deadline();
      const cursor = work[row.cursor] as number;
      const edge = Math.min(this.nextExpiry(cursor), this.nextTurn(cursor));
      if (deadline < edge) {
        if (deadline > last) return;
        this.fire(deadline);
      } else {
        if (edge > last) return;
        work[row.cursor] = edge;
        this.turn(edge);
        this.evaluate(edge);
        this.step(edge);
      }
    }
  }

  private evaluate(time: number): void {
    const { when, clearWhen, only } = this.program;
    if (when === null) {
      const silent = time >= (this.until[0] as number) ? yes : no;
      this.opens = this.at[0] === never ? unknown : silent;
      this.clears = 2 - this.opens;
      return;
    }
    this.look(time);
    this.opens = truthOf(when, time, this.breach);
    const ends =
      clearWhen === null
        ? 2 - truthOf(when, time, this.stays)
        : truthOf(clearWhen, time, this.breach);
    // Whatever clears cannot breach at the same time, however the two conditions were written.
    this.clears = Math.min(ends, 2 - this.opens);
    if (only !== null) {
      const guard = truthOf(only, time, this.breach);
      this.opens = Math.min(this.opens, guard);
      this.clears = Math.min(this.clears, guard);
    }
  }

  /** Decides every leaf. */
  private look(time: number): void {
    const { leaves } = this.program;
    let memory = this.firstMemory;
    for (let k = 0; k < leaves.length; k += 1) {
      const leaf = leaves[k] as ProgramLeaf;
      const place = memory;
      if (leaf.remembers) memory += 1;
      if (this.at[leaf.input] === never || time >= (this.until[leaf.input] as number)) {
        this.decide(k, unknown, unknown);
      } else if (leaf.remembers) {
        const { flipAt, breach, stays } = this.memories[place] as Memory;
        if (time >= flipAt) this.decide(k, yes, yes);
        else this.decide(k, breach, stays);
      } else {
        const value = this.value[leaf.input] as number;
        if (leaf.breaches(value)) this.decide(k, yes, yes);
        else this.decide(k, no, leaf.stays(value) ? yes : no);
      }
    }
  }

  private decide(k: number, breach: number, stays: number): void {
    this.breach[k] = breach;
    this.stays[k] = stays;
  }

  /** Moves the state by the verdict that holds from `time` on. */
  private step(time: number): void {
    const { work } = this;
    const was = work[row.state] as number;
    const wasUnknown = work[row.unknown] as number;
    if (was === state.ok || was === state.pending) this.stepOpening(time, was);
    else this.stepClearing(time, was);
    const is = work[row.state] as number;
    const relevant = is === state.ok || is === state.pending ? this.opens : this.clears;
    const isUnknown = relevant === unknown ? 1 : 0;
    work[row.unknown] = isUnknown;
    if (is === state.ok && (was !== is || wasUnknown !== isUnknown)) work[row.since] = time;
    else if (isUnknown === 1 && wasUnknown === 0) work[row.since] = time;
    if (is === state.pending || is === state.breach) this.witness(time, was, is);
  }

  private stepOpening(time: number, was: number): void {
    const { work } = this;
    if (this.opens === no) {
      work[row.state] = state.ok;
    } else if (this.opens === unknown) {
      this.pause(time, was === state.pending);
    } else if (was === state.ok) {
      work[row.state] = state.pending;
      work[row.onset] = time;
      work[row.runs] = time;
      work[row.elapsed] = 0;
      work[row.worst] = Number.NaN;
      work[row.worstAt] = Number.NaN;
      work[row.history] = 1;
    } else if (Number.isNaN(work[row.runs])) {
      work[row.runs] = time;
    }
  }

  private stepClearing(time: number, was: number): void {
    const { work } = this;
    if (this.clears === no) {
      work[row.state] = state.breach;
    } else if (this.clears === unknown) {
      this.pause(time, was === state.clearing);
    } else if (was === state.breach) {
      work[row.state] = state.clearing;
      work[row.clearing] = time;
      work[row.runs] = time;
      work[row.elapsed] = 0;
    } else if (Number.isNaN(work[row.runs])) {
      work[row.runs] = time;
    }
  }

  private pause(time: number, holding: boolean): void {
    const { work } = this;
    const runs = work[row.runs] as number;
    if (!holding || Number.isNaN(runs)) return;
    work[row.elapsed] = (work[row.elapsed] as number) + time - runs;
    work[row.runs] = Number.NaN;
  }

  /** Notes the worst value and whether anything but history stands behind the breach. */
  private witness(time: number, was: number, is: number): void {
    const { work, program } = this;
    if (is === state.pending) {
      for (let k = 0; k < program.silentAfter.length; k += 1) {
        if (this.at[k] !== never && this.history[k] === 0) work[row.history] = 0;
      }
    }
    const leaf = program.leaves[0];
    if (leaf === undefined) return;
    if (was !== state.ok && this.at[leaf.input] !== time) return;
    const value = this.judged();
    if (Number.isNaN(value) || time >= (this.until[leaf.input] as number)) return;
    const worst = work[row.worst] as number;
    if (Number.isNaN(worst) || isWorse(leaf.spec, value, worst)) {
      work[row.worst] = value;
      work[row.worstAt] = time;
    }
  }

  /** The running hold is fulfilled. */
  private fire(time: number): void {
    const { work } = this;
    if (work[row.state] === state.pending) {
      work[row.state] = state.breach;
      work[row.detected] = time;
      return;
    }
    const end = work[row.clearing] as number;
    this.end(end, time);
    work[row.state] = state.ok;
    work[row.since] = end;
  }

  private end(end: number, clearedAt: number): void {
    const { work } = this;
    this.ended.push({
      onset: work[row.onset] as number,
      detected: work[row.detected] as number,
      end,
      worst: work[row.worst] as number,
      worstAt: work[row.worstAt] as number,
      history: work[row.history] === 1,
      clearedAt,
    });
  }
}
