import type { Phase } from '../../severity.ts';
import type { Ended } from '../ended.ts';
import type { Condition } from '../engine.ts';
import type { Core } from '../folding.ts';
import type { Said } from '../said.ts';
import { generalOf } from './generals.ts';
import type { Judge } from './judge.ts';
import { instanceOf, type PointClass, pointOf, pointsOf, programOf, subjectOf } from './layout.ts';
import { flag } from './points.ts';
import { Queue } from './queue.ts';
import { row, state } from './row.ts';
import { bit, unknownPhase } from './states.ts';
import { programAt } from './timeline.ts';

/** How long a gateway's complete-to must pass without a reading of a device that empties its buffer. */
const quiet = 10_000;
const forever = Number.POSITIVE_INFINITY;
/**
 * The look at the end of a value that is renewed may come earlier than that end, by this part of the silence limit:
 * in time order looks need no sorting, and one that finds newer readings only queues the next.
 */
const ahead = 1 / 8;
/** Nothing is ever put into it. */
const nothing: readonly Ended[] = [];

/** By the numbers of `row.state`, and one more. */
const phases: readonly Phase[] = ['ok', 'pending', 'breach', 'clearing', 'unknown'];

/** What is known of an instance while it is looked at. */
interface View {
  readonly points: readonly number[];
  /** Until when nothing is said by time alone because a device catches up; 0: said now. */
  readonly held: number;
  /** Up to which time alone speaks. */
  readonly now: number;
  /** Time of its newest reading. */
  readonly reading: number;
}

/** What time alone brings: when to look at an instance, and what is then said of it. */
export class Look {
  /** Subjects whose conditions changed. */
  readonly touched = new Set<number>();
  /** By gateway: instances, and points (as −1 − p) whose value ends. */
  readonly queues: Queue[];
  /** When an instance is looked at next. */
  readonly queued: Map<number, number> = new Map();
  private readonly judge: Judge;
  private readonly said: Said;

  constructor(judge: Judge, said: Said) {
    this.judge = judge;
    this.said = said;
    this.queues = judge.layout.gateways.map(() => new Queue());
  }

  /** Sees to it that the point's rules are looked at when its value ends. */
  arm(p: number, until: number): void {
    const { points, layout } = this.judge;
    points.flag(p, points.flags(p) | flag.armed);
    if (until < forever) this.queues[layout.gatewayOf[p] as number]?.push(until, -1 - p);
  }

  /** A gateway has said all it received up to `time`. */
  advance(gateway: number, time: number): void {
    const { judge } = this;
    judge.complete[gateway] = time;
    if (time > judge.latest) judge.latest = time;
    const queue = this.queues[gateway] as Queue;
    while (queue.next <= time) {
      const due = queue.next;
      const what = queue.pop();
      if (what < 0) this.expire(-1 - what, time);
      else if (this.queued.get(what) === due && judge.completeOf(what) >= due) {
        this.unqueue(what);
        judge.touch(what);
      }
    }
  }

  /** Looks at all rules that a point feeds. */
  touchPoint(p: number): void {
    const { judge } = this;
    const { first, feedsFirst, feeds } = judge.layout;
    for (let i = first[p] as number; i < (first[p + 1] as number); i += 1) judge.touch(i);
    for (let k = feedsFirst[p] as number; k < (feedsFirst[p + 1] as number); k += 1) {
      judge.touch(judge.narrow + (feeds[k] as number));
    }
  }

  /** Brings what is said of an instance up to date. */
  settle(i: number): void {
    const { judge, said } = this;
    const { states, machine } = judge;
    states.bytes[i] = (states.bytes[i] as number) & ~bit.dirty;
    const before = machine.ended.length;
    const view = this.project(i);
    const ended = machine.ended.length > before ? machine.ended.splice(before) : nothing;
    const standing = this.standing();
    let changed = false;
    if (standing !== null || ended.length > 0 || said.knows(i)) {
      const recent = said.forget(i, judge.edge(i), standing, ended);
      changed = said.say(i, standing, view.now, recent);
    }
    this.schedule(i, view, changed || standing !== null);
    machine.turn(view.reading);
    const phase = this.phase();
    const moved = phase !== states.shown(i);
    if (changed || moved || phase !== 0) this.touched.add(subjectOf(judge.layout, i));
    states.show(i, phase);
    if (moved) judge.calm.ruffle(i);
  }

  /** The live verdict; null of a program that is not in force. */
  condition(i: number): Condition | null {
    const { judge, said } = this;
    const { machine, layout } = judge;
    const before = machine.ended.length;
    const { now, points, reading } = this.project(i);
    machine.ended.length = before;
    const instance = instanceOf(layout, i);
    const { timeline } = instance.program;
    const judged = machine.judged();
    const until = machine.deadline();
    machine.turn(reading);
    if (timeline !== null && (now < timeline.from || now >= timeline.stop)) return null;
    const number = this.phase();
    const phase = phases[number] as Phase;
    const running = phase === 'pending' || phase === 'clearing';
    const breach = phase === 'breach' || phase === 'clearing';
    const { subject } = instance;
    const { rule, item, effect } = programAt(instance.program, now);
    return {
      subject,
      rule,
      item,
      verdict: phase === 'unknown' ? 'unknown' : breach ? 'breach' : 'ok',
      phase,
      since: this.since(number),
      until: running && until < forever ? until : null,
      value: phase === 'unknown' ? null : said.decode(instance, judged),
      severity: said.severityOf(i, this.standing(), now),
      effect,
      points: points.map((p) => layout.points[p] ?? ''),
    };
  }

  /** Puts on the bench what holds of an instance now. */
  private project(i: number): View {
    const { judge } = this;
    const { layout, states, machine, points } = judge;
    const program = programOf(layout, i);
    let reading: number;
    let numbers: readonly number[];
    if (i < judge.narrow) {
      const p = pointOf(layout, i);
      numbers = [p];
      reading = judge.bench(i, generalOf(layout, judge.generals, i, p), program, points, p);
    } else {
      const w = i - judge.narrow;
      const from = layout.wideFirst[w] as number;
      numbers = [...layout.widePoints.subarray(from, layout.wideFirst[w + 1])];
      const g = judge.generals.narrow + w;
      reading = judge.bind(i, g, program, points, layout.widePoints, from);
    }
    states.load(i, reading, machine.work);
    const complete = judge.completeOf(i);
    const held = this.holdsBack(numbers, complete);
    const now = held > 0 ? reading : Math.max(reading, complete);
    machine.project(now);
    return { points: numbers, held, now, reading };
  }

  private holdsBack(numbers: readonly number[], complete: number): number {
    const { points } = this.judge;
    let until = forever;
    for (const p of numbers) {
      if ((points.flags(p) & flag.catchingUp) === 0) continue;
      const calm = points.received(p) + quiet;
      if (complete < calm && calm < until) until = calm;
    }
    return until === forever ? 0 : until;
  }

  /** Queues the next look at the instance on the bench. */
  private schedule(i: number, { points, held, now, reading }: View, steps: boolean): void {
    const { machine, layout } = this.judge;
    if (reading === Number.NEGATIVE_INFINITY) {
      this.unqueue(i);
      return;
    }
    let next = held;
    const gateway = layout.gatewayOf[points[0] as number];
    if (held === 0) {
      next = Math.min(machine.deadline(), machine.nextTurn(now));
      if (steps) next = Math.min(next, this.said.nextStep(i, now));
      // A point's own queue knows its end; a slower gateway's does not.
      if (points.length > 1 && points.some((p) => layout.gatewayOf[p] !== gateway)) {
        next = Math.min(next, machine.nextExpiry(now));
      }
      if (next === forever) {
        this.unqueue(i);
        return;
      }
    }
    this.queue(i, next);
  }

  private unqueue(i: number): void {
    if (this.queued.delete(i)) this.queuedGeneral(i, forever);
  }

  private queuedGeneral(i: number, time: number): void {
    const { layout, generals, narrow } = this.judge;
    const g = generalOf(layout, generals, i, i < narrow ? pointOf(layout, i) : 0);
    if (g >= 0) generals.queued[g] = time;
  }

  /** Queues a look at an instance, in place of the one that was. */
  queue(i: number, time: number): void {
    if (this.queued.get(i) === time) return;
    this.queued.set(i, time);
    this.queuedGeneral(i, time);
    const { layout, narrow } = this.judge;
    if (i < narrow) {
      this.queues[layout.gatewayOf[pointOf(layout, i)] as number]?.push(time, i);
      return;
    }
    const gateways = new Set(pointsOf(layout, i).map((p) => layout.gatewayOf[p] as number));
    for (const gateway of gateways) this.queues[gateway]?.push(time, i);
  }

  /** The look at the end of a point's value is due, unless newer readings have moved it. */
  private expire(p: number, time: number): void {
    const { layout, points } = this.judge;
    const { silentAfter } = layout.classes[layout.classOf[p] as number] as PointClass;
    const until = points.at(p) + silentAfter;
    if (until > time) {
      const early = until - silentAfter * ahead;
      const queue = this.queues[layout.gatewayOf[p] as number];
      if (early > time) queue?.pushBetween(early, until, -1 - p);
      else queue?.push(until, -1 - p);
      return;
    }
    points.flag(p, points.flags(p) & ~flag.armed);
    this.touchPoint(p);
  }

  private standing(): (Core & { readonly end: null }) | null {
    const { work } = this.judge.machine;
    const at = work[row.state];
    if (at !== state.breach && at !== state.clearing) return null;
    return {
      onset: work[row.onset] as number,
      detected: work[row.detected] as number,
      end: null,
      worst: work[row.worst] as number,
      worstAt: work[row.worstAt] as number,
      history: work[row.history] === 1,
    };
  }

  private phase(): number {
    const { work } = this.judge.machine;
    return work[row.unknown] === 1 ? unknownPhase : (work[row.state] as number);
  }

  private since(phase: number): number {
    const { work } = this.judge.machine;
    if (phase === state.pending || phase === state.breach) return work[row.onset] as number;
    return work[phase === state.clearing ? row.clearing : row.since] as number;
  }
}
