import type { Reading, ReadingValue } from '@caretaker/readings';
import { CaretakerError } from '@caretaker/readings/base';
import type { Phase } from '../severity.ts';
import { type Checkpoint, Checkpoints } from './checkpoints.ts';
import { compile, type EngineOptions } from './compile.ts';
import type {
  Condition,
  Engine,
  Episode,
  EpisodeChange,
  LateWork,
  ReadingColumns,
} from './engine.ts';
import { Inputs } from './inputs.ts';
import { Late } from './late.ts';
import { type EnginePoint, type Instance, type Layout, Words } from './layout.ts';
import { leaf, leafFields } from './leaves.ts';
import { Machine } from './machine.ts';
import { type Ended, row, rowFields, standing, state } from './rows.ts';
import { Said } from './said.ts';
import { readSnapshot, restoreState, takeSnapshot } from './snapshot.ts';

/** By the numbers of `state`, and one more. */
const phases: readonly Phase[] = ['ok', 'pending', 'breach', 'clearing', 'unknown'];
const okPhase = 0;
const unknownPhase = 4;

/** An engine that has seen nothing yet. */
export function createEngine(options: EngineOptions): Engine {
  return new JudgingEngine(compile(options, new Words()));
}

/**
 * An engine with the state of a snapshot. Rules that are the same, with the same numbers, carry their state
 * over; others begin anew.
 * @throws CaretakerError `STANDARDS_SNAPSHOT_FOREIGN` when the bytes are no snapshot of this program.
 */
export function restoreEngine(options: EngineOptions, snapshot: Uint8Array): Engine {
  const image = readSnapshot(snapshot);
  const engine = new JudgingEngine(compile(options, new Words(image.words)));
  restoreState(image, engine.parts);
  return engine;
}

class JudgingEngine implements Engine {
  private readonly layout: Layout;
  private readonly machine: Machine;
  private readonly inputs: Inputs;
  private readonly said: Said;
  private readonly checkpoints: Checkpoints;
  private readonly late: Late;
  /** Complete-to at which time alone may change what is said of an instance. */
  private readonly nextLook: Float64Array;
  /** What was last shown of an instance: the number of its phase, and since when. */
  private readonly shownPhase: Uint8Array;
  private readonly shownSince: Float64Array;
  private readonly dirty = new Set<number>();
  private readonly touched = new Set<string>();
  private readonly ended: Ended[] = [];

  constructor(layout: Layout) {
    this.layout = layout;
    this.machine = new Machine(layout);
    this.inputs = new Inputs(layout);
    this.said = new Said(layout);
    this.checkpoints = new Checkpoints(this.machine, layout.instances, layout.horizon);
    this.late = new Late(layout);
    this.nextLook = new Float64Array(layout.instances.length).fill(Number.POSITIVE_INFINITY);
    this.shownPhase = new Uint8Array(layout.instances.length).fill(unknownPhase);
    this.shownSince = new Float64Array(layout.instances.length);
  }

  get parts() {
    const { layout, machine, inputs, said, checkpoints } = this;
    const { nextLook, shownPhase, shownSince } = this;
    return { layout, machine, inputs, said, checkpoints, nextLook, shownPhase, shownSince };
  }

  accept(readings: readonly Reading[]): readonly LateWork[] {
    for (const reading of inTimeOrder(readings)) {
      const number = this.layout.pointNumbers.get(reading.point);
      if (number !== undefined) this.take(number, reading);
    }
    return this.late.works(this.checkpoints, this.inputs);
  }

  acceptColumns(columns: ReadingColumns): readonly LateWork[] {
    return this.accept(this.readingsOf(columns));
  }

  point(id: string): number {
    return this.layout.pointNumbers.get(id) ?? -1;
  }

  word(text: string): number {
    return this.layout.words.encode(text);
  }

  encode(point: number, value: ReadingValue): number {
    const declared = this.layout.points[point];
    return declared === undefined ? Number.NaN : this.inputs.number(declared, value);
  }

  private readingsOf(columns: ReadingColumns): Reading[] {
    return Array.from({ length: columns.length }, (_, k) => {
      const point = this.layout.points[columns.point[k] as number];
      const number = columns.value[k] as number;
      const { type } = point ?? { type: null };
      const value =
        type === 'string'
          ? this.layout.words.decode(number)
          : type === 'boolean'
            ? number === 1
            : number;
      return {
        point: point?.id ?? '',
        at: columns.at[k] as number,
        received: columns.received[k] as number,
        value,
        stamped: true,
        history: columns.history[k] === 1,
      };
    });
  }

  rejudgeColumns(work: LateWork, columns: ReadingColumns, more = false): void {
    this.rejudge(work, this.readingsOf(columns), more);
  }

  private readonly unfinished = new Map<number, Reading[]>();

  rejudge(work: LateWork, part: readonly Reading[], more = false): void {
    const readings = [...(this.unfinished.get(work.id) ?? []), ...part];
    if (more) {
      this.unfinished.set(work.id, readings);
      return;
    }
    this.unfinished.delete(work.id);
    this.replay(this.late.take(work), readings);
  }

  private replay(
    starts: ReadonlyMap<number, Checkpoint | undefined>,
    readings: readonly Reading[],
  ) {
    for (const [i, start] of starts) {
      this.checkpoints.restore(i, start);
      this.said.reopen(i, start?.at ?? Number.NEGATIVE_INFINITY);
      this.dirty.add(i);
    }
    for (const reading of readings) {
      const number = this.layout.pointNumbers.get(reading.point);
      if (number === undefined) continue;
      const point = this.layout.points[number] as EnginePoint;
      const value = this.inputs.encode(point, reading);
      if (Number.isNaN(value)) continue;
      for (const i of point.instances) {
        if (!starts.has(i)) continue;
        const start = starts.get(i);
        if (start === undefined || reading.at >= start.at) {
          this.apply(i, number, reading.at, value, reading.history);
        } else if (reading.at >= start.from) {
          this.refill(i, number, reading.at, value);
        }
      }
    }
  }

  advance(gateway: string, time: number): void {
    const number = this.layout.gatewayNumbers.get(gateway);
    if (number === undefined || time <= (this.inputs.complete[number] as number)) return;
    this.inputs.complete[number] = time;
    for (const i of this.layout.ofGateway[number] ?? []) {
      if ((this.nextLook[i] as number) <= time) this.dirty.add(i);
    }
  }

  drain(): readonly EpisodeChange[] {
    this.settle();
    const { changes } = this.said;
    this.said.changes = [];
    return changes;
  }

  episodes(): readonly Episode[] {
    this.settle();
    const numbers = [...this.said.episodes.keys()].sort((a, b) => a - b);
    for (const i of numbers) {
      this.said.forget(i, this.forgetsBefore(this.layout.instances[i] as Instance));
    }
    return numbers.flatMap((i) => this.said.episodes.get(i) ?? []);
  }

  conditions(subject?: string): readonly Condition[] {
    const numbers =
      subject === undefined
        ? this.layout.instances.keys()
        : (this.layout.ofSubject.get(subject) ?? []);
    return Array.from(numbers, (i) => this.condition(i));
  }

  drainTouched(): readonly string[] {
    this.settle();
    const subjects = [...this.touched].sort();
    this.touched.clear();
    return subjects;
  }

  get settled(): boolean {
    return this.dirty.size === 0;
  }

  snapshotParts(): Iterable<Uint8Array> {
    return [this.snapshot()];
  }

  snapshot(): Uint8Array {
    if (this.late.pending) {
      throw new CaretakerError({
        code: 'STANDARDS_WORK_PENDING',
        message: 'A snapshot now would lose late readings that wait to be judged.',
        next: 'Hand every LateWork to rejudge first.',
      });
    }
    this.settle();
    return takeSnapshot(this.parts);
  }

  private take(number: number, reading: Reading): void {
    const { inputs, late } = this;
    const point = this.layout.points[number] as EnginePoint;
    const value = inputs.encode(point, reading);
    if (Number.isNaN(value)) return;
    const lastAt = inputs.lastAt[number] as number;
    if (reading.at === lastAt) return;
    if (reading.received > (inputs.lastReceived[number] as number)) {
      inputs.lastReceived[number] = reading.received;
    }
    const isLate = reading.at < lastAt;
    if (!isLate) inputs.newest(number, reading);
    for (const i of point.instances) {
      late.refuseBusy(i);
      if (late.joins(i, reading.at)) continue;
      if (isLate || reading.at < this.machine.rows.get(i, row.reading)) late.add(i, reading.at);
      else this.apply(i, number, reading.at, value, reading.history);
    }
  }

  private apply(i: number, point: number, at: number, value: number, history: boolean): void {
    const { machine, ended, layout } = this;
    const { cells } = machine.rows;
    const o = i * rowFields;
    let calm = false;
    if (at > (cells[o + row.reading] as number)) {
      calm = machine.isCalm(i, at);
      if (!calm) machine.approach(i, at, ended);
      this.checkpoints.consider(i, at);
      machine.begin(i, at);
    }
    const first = layout.firstSlot[i] as number;
    const end = layout.firstSlot[i + 1] as number;
    for (let s = first; s < end; s += 1) {
      if (layout.slotPoint[s] === point) machine.leaves.apply(s, at, value, history);
    }
    if (calm && machine.passes(i, at) && this.shownPhase[i] === okPhase) {
      const next = machine.leaves.cells[first * leafFields + leaf.until] as number;
      this.nextLook[i] = next;
      const complete = this.inputs.complete[layout.gatewayOf[i] as number] as number;
      if (next <= complete) this.dirty.add(i);
      return;
    }
    if (cells[o + row.open] === 1 && layout.instances[i]?.points.length === 1) {
      machine.close(i, i, ended);
    }
    this.mark(i, o);
  }

  /** Notes endings, and that the instance must be looked at unless it plainly is as it was shown. */
  private mark(i: number, o: number): void {
    const { machine, ended, layout } = this;
    const { cells } = machine.rows;
    if (ended.length > 0) {
      this.said.end(i, ended);
      ended.length = 0;
      this.dirty.add(i);
      return;
    }
    const plain = cells[o + row.state] === state.ok && cells[o + row.open] === 0;
    const phase = cells[o + row.unknown] === 1 ? unknownPhase : okPhase;
    if (!plain || this.shownPhase[i] !== phase) {
      this.dirty.add(i);
      return;
    }
    const next = machine.nextChange(i, i);
    this.nextLook[i] = next;
    const complete = this.inputs.complete[layout.gatewayOf[i] as number] as number;
    if (next <= complete) this.dirty.add(i);
  }

  private refill(i: number, point: number, at: number, value: number): void {
    const { firstSlot, slots } = this.layout.instances[i] as Instance;
    for (let s = firstSlot; s < firstSlot + slots; s += 1) {
      if (this.layout.slots[s]?.point === point) this.machine.leaves.refill(s, at, value);
    }
  }

  /** Brings what is said of every instance that may have changed up to date. */
  private settle(): void {
    for (const i of [...this.dirty].sort((a, b) => a - b)) this.settleOne(i);
    this.dirty.clear();
  }

  private settleOne(i: number): void {
    const instance = this.layout.instances[i] as Instance;
    const { machine, said } = this;
    const held = this.heldBack(instance);
    const ended: Ended[] = [];
    const until = this.saysUntil(i, instance, held);
    const target = machine.project(i, until, ended);
    const oldest = this.forgetsBefore(instance);
    said.forget(i, oldest);
    const recent = ended.filter((episode) => episode.end >= oldest);
    const changed = said.say(i, standing(machine.rows, target), until, recent);
    const next = Math.min(machine.nextChange(target, i), said.nextStep(i, until));
    this.nextLook[i] = held > 0 ? held : next;
    const phase = phases.indexOf(this.phase(target));
    const since = this.since(target);
    const moved = phase !== this.shownPhase[i] || since !== this.shownSince[i];
    if (changed || moved || phase !== okPhase) this.touched.add(instance.subject);
    this.shownPhase[i] = phase;
    this.shownSince[i] = since;
  }

  private heldBack(instance: Instance): number {
    const complete = this.inputs.complete[instance.gateway] as number;
    return this.inputs.holdsBack(instance.points, complete);
  }

  /** How far time counts for an instance: to complete-to, or its newest reading when that is later. */
  private saysUntil(i: number, instance: Instance, held: number): number {
    const reading = this.machine.rows.get(i, row.reading);
    return held > 0 ? reading : Math.max(reading, this.inputs.complete[instance.gateway] as number);
  }

  /** Episodes that ended before this are behind the horizon. */
  private forgetsBefore(instance: Instance): number {
    if (instance.ageless) return Number.NEGATIVE_INFINITY;
    let newest = Number.NEGATIVE_INFINITY;
    for (const p of instance.points) {
      newest = Math.max(newest, this.inputs.lastReceived[p] as number);
    }
    return newest - this.layout.horizon;
  }

  private condition(i: number): Condition {
    const instance = this.layout.instances[i] as Instance;
    const { machine } = this;
    const held = this.heldBack(instance);
    const now = this.saysUntil(i, instance, held);
    const target = machine.project(i, now, []);
    const phase = this.phase(target);
    const running = phase === 'pending' || phase === 'clearing';
    const until = running ? machine.deadline(target, i) : Number.POSITIVE_INFINITY;
    const value = machine.leaves.cells[instance.primary * leafFields + leaf.value] as number;
    const breach = phase === 'breach' || phase === 'clearing';
    return {
      subject: instance.subject,
      rule: instance.rule,
      item: instance.item,
      verdict: phase === 'unknown' ? 'unknown' : breach ? 'breach' : 'ok',
      phase,
      since: this.since(target),
      until: until === Number.POSITIVE_INFINITY ? null : until,
      value: phase === 'unknown' ? null : this.said.decode(instance, value),
      severity: this.said.severityOf(i, standing(machine.rows, target), now),
      effect: instance.effect,
      points: instance.points.map((p) => this.layout.points[p]?.id ?? ''),
    };
  }

  private phase(target: number): Phase {
    const { rows } = this.machine;
    if (rows.get(target, row.unknown) === 1) return 'unknown';
    return phases[rows.get(target, row.state)] ?? 'unknown';
  }

  private since(target: number): number {
    const { rows } = this.machine;
    const phase = this.phase(target);
    if (phase === 'pending' || phase === 'breach') return rows.get(target, row.onset);
    return rows.get(target, phase === 'clearing' ? row.clearing : row.since);
  }
}

/** Within one call order does not matter, and readings in time order make no late work. */
function inTimeOrder(readings: readonly Reading[]): readonly Reading[] {
  for (let k = 1; k < readings.length; k += 1) {
    if ((readings[k] as Reading).at < (readings[k - 1] as Reading).at) {
      return readings.toSorted((a, b) => a.at - b.at);
    }
  }
  return readings;
}
