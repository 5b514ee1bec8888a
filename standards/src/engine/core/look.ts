import type { Phase } from '../../severity.ts';
import type { Ended } from '../ended.ts';
import type { Condition } from '../engine.ts';
import type { Core } from '../folding.ts';
import type { Said } from '../said.ts';
import { generalOf } from './generals.ts';
import type { Judge } from './judge.ts';
import { classOf, holdsFor, instanceOf, pointOf, pointsOf, subjectOf } from './layout.ts';
import { flag } from './points.ts';
import type { Program } from './program.ts';
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

/** What time alone brings: when to look at an instance, and what is then said of it. */
export class Look {
  /** Subjects whose conditions changed, each marked and listed once. */
  private touchedSubjects: number[] = [];
  private readonly isTouched: Uint8Array;
  /** By gateway: instances, and points (as −1 − p) whose value ends. */
  readonly queues: Queue[];
  /** When an instance is looked at next. */
  readonly queued: Map<number, number> = new Map();
  private readonly judge: Judge;
  private readonly said: Said;
  /* Of the instance that is looked at: */
  /** Its point; −1 when it has several. */
  private point = -1;
  /** Its number among the general ones; −1 for a simple one. */
  private general = -1;
  /** Until when nothing is said by time alone because a device catches up; 0: said now. */
  private held = 0;
  /** Up to which time alone speaks. */
  private now = 0;
  /** Time of its newest reading. */
  private reading = 0;

  constructor(judge: Judge, said: Said) {
    this.judge = judge;
    this.said = said;
    this.queues = judge.layout.gateways.map(() => new Queue());
    this.isTouched = new Uint8Array(judge.layout.subjects.length);
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

  /** Subjects whose conditions changed since this was asked last. */
  drainTouched(): number[] {
    const subjects = this.touchedSubjects;
    this.touchedSubjects = [];
    for (const s of subjects) this.isTouched[s] = 0;
    return subjects;
  }

  /** Brings what is said of an instance up to date. */
  settle(i: number): void {
    const { judge, said } = this;
    const { states, machine } = judge;
    states.bytes[i] = (states.bytes[i] as number) & ~bit.dirty;
    if (this.glance(i)) return;
    const before = machine.ended.length;
    this.project(i);
    const ended = machine.ended.length > before ? machine.ended.splice(before) : nothing;
    const at = machine.work[row.state] as number;
    const stands = at === state.breach || at === state.clearing;
    let changed = false;
    if (stands || ended.length > 0 || said.knows(i)) {
      const standing = stands ? this.standing() : null;
      const recent = said.again(i, ended);
      changed = said.say(i, standing, this.now, recent);
      said.forget(i, judge.edge(i), standing, recent);
    }
    this.schedule(i, changed || stands);
    machine.turn(this.reading);
    const phase = this.phase();
    const moved = phase !== states.shown(i);
    if (changed || moved || phase !== 0) this.touch(i);
    states.show(i, phase);
  }

  /** The look at a simple instance of which nothing stands and all else is said. @returns whether it is one */
  private glance(i: number): boolean {
    const { judge, said } = this;
    const { layout, points, states } = judge;
    if (i >= judge.narrow || (said.knows(i) && !said.rests(i, judge.edge(i)))) return false;
    const p = pointOf(layout, i);
    const { simple, programs } = classOf(layout, p);
    const k = i - (layout.first[p] as number);
    if (k >= simple || (points.flags(p) & flag.catchingUp) !== 0) return false;
    const program = programs[k] as Program;
    const reading = points.at(p);
    const complete = judge.complete[layout.gatewayOf[p] as number] as number;
    const until = reading + (program.silentAfter[0] as number);
    const next = judge.quick.next(i, program, Math.max(reading, complete), until);
    if (Number.isNaN(next)) return false;
    if (next === forever) this.queued.delete(i);
    else this.queueNarrow(i, p, next);
    const phase = (states.bytes[i] as number) & bit.phase;
    this.point = p;
    if (phase !== 0 || phase !== states.shown(i)) this.touch(i);
    states.show(i, phase);
    return true;
  }

  private touch(i: number): void {
    const { layout } = this.judge;
    const subject =
      this.point < 0 ? subjectOf(layout, i) : (layout.subjectOf[this.point] as number);
    if (this.isTouched[subject] === 1) return;
    this.isTouched[subject] = 1;
    this.touchedSubjects.push(subject);
  }

  /** The live verdict; null of a program that is not in force. */
  condition(i: number): Condition | null {
    const { judge, said } = this;
    const { machine, layout } = judge;
    const before = machine.ended.length;
    this.project(i);
    const { now, reading } = this;
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
      points: instance.points.map((p) => layout.points[p] ?? ''),
    };
  }

  /** Puts on the bench what holds of an instance now. */
  private project(i: number): void {
    const { judge } = this;
    const { layout, states, machine, points } = judge;
    let complete: number;
    if (i < judge.narrow) {
      const p = pointOf(layout, i);
      const { simple, programs } = classOf(layout, p);
      const k = i - (layout.first[p] as number);
      this.point = p;
      this.general = k < simple ? -1 : (layout.firstGeneral[p] as number) + k - simple;
      this.reading = judge.bench(i, this.general, programs[k] as Program, points, p);
      complete = judge.complete[layout.gatewayOf[p] as number] as number;
      this.held = this.holdsBack(p, complete);
    } else {
      const w = i - judge.narrow;
      const from = layout.wideFirst[w] as number;
      this.point = -1;
      this.general = judge.generals.narrow + w;
      const program = layout.widePrograms[w] as Program;
      this.reading = judge.bind(i, this.general, program, points, layout.widePoints, from);
      complete = judge.completeOf(i);
      this.held = forever;
      for (let k = from; k < (layout.wideFirst[w + 1] as number); k += 1) {
        const held = this.holdsBack(layout.widePoints[k] as number, complete);
        if (held > 0 && held < this.held) this.held = held;
      }
      if (this.held === forever) this.held = 0;
    }
    states.load(i, this.reading, machine.work);
    this.now = this.held > 0 ? this.reading : Math.max(this.reading, complete);
    machine.project(this.now);
  }

  private holdsBack(p: number, complete: number): number {
    const { points } = this.judge;
    if ((points.flags(p) & flag.catchingUp) === 0) return 0;
    const calm = points.received(p) + quiet;
    return complete < calm ? calm : 0;
  }

  /** Queues the next look at the instance on the bench. */
  private schedule(i: number, steps: boolean): void {
    const { held, now } = this;
    if (this.reading === Number.NEGATIVE_INFINITY) {
      this.unqueue(i);
      return;
    }
    let next = held;
    if (held === 0) {
      const { machine } = this.judge;
      next = Math.min(machine.deadline(), machine.nextTurn(now));
      if (steps) next = Math.min(next, this.said.nextStep(i, now));
      // A point's own queue knows its end; a slower gateway's does not.
      if (this.point < 0 && this.spansGateways(i)) next = Math.min(next, machine.nextExpiry(now));
      if (next === forever) {
        this.unqueue(i);
        return;
      }
    }
    this.queue(i, next);
  }

  private spansGateways(i: number): boolean {
    const { gatewayOf, widePoints, wideFirst } = this.judge.layout;
    const w = i - this.judge.narrow;
    const from = wideFirst[w] as number;
    const gateway = gatewayOf[widePoints[from] as number];
    for (let k = from + 1; k < (wideFirst[w + 1] as number); k += 1) {
      if (gatewayOf[widePoints[k] as number] !== gateway) return true;
    }
    return false;
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
    const { layout, narrow } = this.judge;
    if (i < narrow) {
      this.queuedGeneral(i, time);
      this.queueNarrow(i, pointOf(layout, i), time);
      return;
    }
    if (this.queued.get(i) === time) return;
    this.queued.set(i, time);
    this.queuedGeneral(i, time);
    const gateways = new Set(pointsOf(layout, i).map((p) => layout.gatewayOf[p] as number));
    for (const gateway of gateways) this.queues[gateway]?.push(time, i);
  }

  private queueNarrow(i: number, p: number, time: number): void {
    if (this.queued.get(i) === time) return;
    this.queued.set(i, time);
    this.queues[this.judge.layout.gatewayOf[p] as number]?.push(time, i);
  }

  /** The look at the end of a point's value is due, unless newer readings have moved it. */
  private expire(p: number, time: number): void {
    const { layout, points } = this.judge;
    const silentAfter = holdsFor(classOf(layout, p), points.at(p));
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
