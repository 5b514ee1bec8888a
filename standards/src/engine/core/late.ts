import { CaretakerError } from '@caretaker/readings/base';
import type { LateWork } from '../engine.ts';
import type { Said } from '../said.ts';
import type { Memory } from '../window/memory.ts';
import { generalOf } from './generals.ts';
import type { Judge, Sight } from './judge.ts';
import { pointsOf, programOf, subjectOf } from './layout.ts';
import { day, field, fields, flag } from './points.ts';
import type { Program, ProgramLeaf } from './program.ts';

const never = Number.NEGATIVE_INFINITY;

/** One instance that is judged again. */
interface Start {
  readonly i: number;
  /** Its number among the general ones; −1 for a simple one. */
  readonly g: number;
  readonly program: Program;
  readonly points: readonly number[];
  /** Its state is known just before this instant. */
  readonly from: number;
  /** Readings from here on tell its values and windows at `from`. */
  readonly reach: number;
  /** It had seen no reading by `from`. */
  readonly fresh: boolean;
}

/** Work that was given to the host. */
interface Job {
  readonly work: LateWork;
  readonly starts: readonly Start[];
  /** Newest readings of its points as they were, while it is done; null before its first part. */
  again: Again | null;
}

interface Again extends Sight {
  readonly slotOf: ReadonlyMap<number, number>;
  /** By slot: the instances it feeds, and which input of theirs it is. */
  readonly feeds: readonly (readonly Fed[])[];
}

interface Fed {
  readonly start: Start;
  readonly slots: Int32Array;
  readonly input: number;
  /** Its memories of this point are filled again. */
  readonly refills: boolean;
}

/** Collects late readings of one `accept`, keeps the work until it is done, and does it. */
export class Late {
  /** Earliest late reading of each instance in this call. */
  private readonly earliest = new Map<number, number>();
  private readonly jobs = new Map<number, Job>();
  private readonly busy = new Set<number>();
  private nextId = 1;
  private readonly judge: Judge;
  private readonly said: Said;

  constructor(judge: Judge, said: Said) {
    this.judge = judge;
    this.said = said;
  }

  /** Whether some instance waits for its late readings. */
  any = false;

  get pending(): boolean {
    return this.jobs.size > 0;
  }

  isBusy(i: number): boolean {
    return this.busy.size > 0 && this.busy.has(i);
  }

  /** Whether the instance already waits in this call; then the reading only moves its beginning. */
  joins(i: number, at: number): boolean {
    const earliest = this.earliest.get(i);
    if (earliest === undefined) return false;
    if (at < earliest) this.earliest.set(i, at);
    return true;
  }

  add(i: number, at: number): void {
    this.any = true;
    if (!this.joins(i, at)) this.earliest.set(i, at);
  }

  /** Has an instance judged again from `time` on though no reading was late. */
  again(i: number, time: number): void {
    const { layout, points } = this.judge;
    if (pointsOf(layout, i).some((p) => points.at(p) >= time)) this.add(i, time);
    else this.judge.touch(i);
  }

  /** @throws CaretakerError `STANDARDS_WORK_PENDING`: its late readings have not been judged yet. */
  refuseBusy(i: number): void {
    if (!this.isBusy(i)) return;
    const { layout } = this.judge;
    throw new CaretakerError({
      code: 'STANDARDS_WORK_PENDING',
      message: `Readings of ${layout.subjects[subjectOf(layout, i)]} came before its late work was done.`,
      next: 'Hand every LateWork to rejudge before the next accept of the same gateway.',
    });
  }

  /** One piece of work per asset concerned. */
  works(): LateWork[] {
    if (this.earliest.size === 0) return [];
    const groups = new Map<number, number[]>();
    for (const i of [...this.earliest.keys()].sort((a, b) => a - b)) {
      const subject = subjectOf(this.judge.layout, i);
      const group = groups.get(subject);
      if (group === undefined) groups.set(subject, [i]);
      else group.push(i);
    }
    const works = [...groups.values()].map((group) => this.job(group));
    this.earliest.clear();
    return works;
  }

  /** The work that is being done. @throws CaretakerError `STANDARDS_WORK_UNKNOWN` */
  begin(work: LateWork): Job {
    const job = this.jobs.get(work.id);
    if (job === undefined) {
      throw new CaretakerError({
        code: 'STANDARDS_WORK_UNKNOWN',
        message: `Late work ${work.id} is not waiting: it was done, or belongs to another engine.`,
      });
    }
    if (job.again === null) job.again = this.goBack(job);
    return job;
  }

  /** Judges one reading again. */
  replay(job: Job, p: number, at: number, value: number, history: number): void {
    const again = job.again as Again;
    const slot = again.slotOf.get(p);
    if (slot === undefined) return;
    const o = slot * fields;
    if (at <= (again.records[o + field.at] as number)) return;
    for (const fed of again.feeds[slot] ?? []) this.feed(again, fed, slot, at, value, history);
    again.records[o + field.at] = at;
    again.records[o + field.value] = value;
    again.records[o + field.is] = history * flag.history;
  }

  /** All its readings were judged again. */
  finish(job: Job): void {
    const { judge } = this;
    this.jobs.delete(job.work.id);
    for (const { i, points } of job.starts) {
      this.busy.delete(i);
      if (i >= judge.narrow) {
        const newest = Math.max(...points.map((p) => judge.points.at(p)));
        judge.generals.reading[i - judge.narrow] = newest;
      } else judge.points.rouse(points[0] as number);
      judge.touch(i);
    }
    this.any = this.busy.size > 0;
  }

  private feed(again: Again, fed: Fed, slot: number, at: number, value: number, history: number) {
    const { judge } = this;
    const { i, g, program, from } = fed.start;
    if (at < from) {
      if (!fed.refills || at < (program.timeline?.from ?? never)) return;
      const { machine } = judge;
      machine.take(program, g, judge.generals.firstMemory[g] as number);
      machine.turn(at);
      judge.remember(machine.program, fed.input, at, value);
    } else if (g < 0) {
      judge.simple(i, program, again, slot, at, value, history);
    } else if (i < judge.narrow) {
      judge.general(i, g, program, again, slot, at, value, history);
    } else {
      judge.wide.reading(i, g, program, again, fed.slots, 0, fed.input, at, value, history);
    }
  }

  private job(group: readonly number[]): LateWork {
    const { layout, points } = this.judge;
    const starts = group.map((i) => this.start(i, this.earliest.get(i) ?? 0));
    const numbers = new Set(starts.flatMap((start) => start.points));
    const from = Math.max(0, Math.min(...starts.map((start) => start.reach)));
    let to = from;
    for (const p of numbers) to = Math.max(to, points.at(p));
    for (const { i } of starts) this.busy.add(i);
    const ids = [...numbers].map((p) => layout.points[p] ?? '').sort();
    const work = { id: this.nextId, points: ids, from, to };
    this.nextId += 1;
    this.jobs.set(work.id, { work, starts, again: null });
    return work;
  }

  /** Where judging again must begin so that a reading at `time` is judged in its place. */
  private start(i: number, time: number): Start {
    const { judge } = this;
    const { layout, points } = judge;
    const program = programOf(layout, i);
    const numbers = pointsOf(layout, i);
    const fine = numbers.every((p) => points.at(p) < time || points.fineFrom(p) <= time);
    const from = judge.changes.start(i, time, fine);
    const g = generalOf(layout, judge.generals, i, numbers[0] as number);
    const known = { i, g, program, points: numbers };
    const since = program.timeline?.from ?? never;
    if (from <= since) return { ...known, from: since, reach: since, fresh: true };
    // A gateway broke its word, or sent again what was judged; notes from before then may be gone.
    const lost = from < judge.edge(i) && judge.changes.thinnedOf(i) > never;
    if (lost || judge.blind.has(i) || numbers.some((p) => !points.covers(p, from))) {
      return { ...known, from: never, reach: never, fresh: true };
    }
    let reach = from;
    let fresh = true;
    for (const [k, p] of numbers.entries()) {
      const back = points.at(p) < from ? from : points.reach(p, from, 1);
      if (points.at(p) === never || back === Number.POSITIVE_INFINITY) continue;
      fresh = false;
      reach = Math.min(reach, back, this.windowReach(program, k, p, from));
    }
    return { ...known, from, reach, fresh };
  }

  /** Where the windows over input k begin. */
  private windowReach(program: Program, k: number, p: number, from: number): number {
    const { points } = this.judge;
    if (points.at(p) < from) return from;
    let reach = from;
    for (const leaf of program.leaves) {
      if (leaf.input !== k || !leaf.remembers) continue;
      const { span, count } = extentOf(leaf);
      // What holds at `from` was made of the window of the last reading before it.
      const begin = points.reach(p, from, 1) - span;
      const back = points.reach(p, begin, count);
      // Readings before the window that cannot be told apart from it are read with it.
      const all = Math.floor(begin / day) * day;
      reach = Math.min(reach, back === Number.POSITIVE_INFINITY ? all : back);
    }
    return reach;
  }

  /** Brings the instances of a job back to where they begin. */
  private goBack({ starts, work }: Job): Again {
    const { judge } = this;
    const { points, generals } = judge;
    const numbers = [...new Set(starts.flatMap((start) => start.points))];
    const slotOf = new Map(numbers.map((p, slot) => [p, slot]));
    const records = new Float64Array(numbers.length * fields).fill(never);
    for (const [slot, p] of numbers.entries()) {
      records[slot * fields + field.value] = Number.NaN;
      records[slot * fields + field.is] = 0;
      if (points.at(p) >= work.from) continue;
      records.set(points.records.subarray(p * fields, (p + 1) * fields), slot * fields);
    }
    const feeds: Fed[][] = numbers.map(() => []);
    for (const start of starts) {
      const { i, g, program, from, fresh } = start;
      const before = judge.changes.rewind(i, from);
      if (judge.blind.delete(i)) this.said.ignore(i, judge.edge(i));
      if (fresh) judge.states.clear(i, judge.machine.work);
      else if (before !== undefined) judge.states.restore(i, before, judge.machine.work);
      else judge.states.shut(i);
      this.said.reopen(i, fresh || before === undefined ? from : before.last + 1);
      const slots = Int32Array.from(start.points, (p) => slotOf.get(p) as number);
      for (const [input, p] of start.points.entries()) {
        const refills = points.at(p) >= from;
        if (refills && g >= 0) this.forget(generals.firstMemory[g] as number, program, input);
        feeds[slots[input] as number]?.push({ start, slots, input, refills });
      }
      if (g >= 0) generals.quietUntil[g] = never;
    }
    return { records, slotOf, feeds };
  }

  private forget(first: number, program: Program, input: number): void {
    let m = first;
    for (const leaf of program.leaves) {
      if (!leaf.remembers) continue;
      if (leaf.input === input) (this.judge.generals.memories[m] as Memory).clear();
      m += 1;
    }
  }
}

/** How far back a leaf's memory of its point goes: a reading from before `span`, and at least `count` of them. */
function extentOf({ spec }: ProgramLeaf): { span: number; count: number } {
  const { window, count, absent, share, baseline } = spec;
  let span = Math.max(window, absent, share?.window ?? 0);
  if (baseline !== null) span += baseline.bucket * (baseline.of * baseline.step + 1);
  if (count === null) return { span, count: 1 };
  if (count.within > 0) return { span: count.within, count: 2 };
  return { span: 0, count: Math.max(count.of, count.clearOf) + 1 };
}
