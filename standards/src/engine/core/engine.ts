import type { Reading, ReadingValue } from '@caretaker/readings';
import { CaretakerError } from '@caretaker/readings/base';
import type {
  Condition,
  Engine,
  Episode,
  EpisodeChange,
  LateWork,
  ReadingColumns,
  Restatement,
} from '../engine.ts';
import { Said } from '../said.ts';
import { Intake } from './intake.ts';
import { Judge } from './judge.ts';
import { Late } from './late.ts';
import { instanceCount, instanceOf, instancesOf, type Layout, type PointClass } from './layout.ts';
import { Look } from './look.ts';
import { Rows } from './reading-rows.ts';
import { snapshotParts } from './save.ts';

/** Puts the parts together; what each does is told there. */
export class JudgingEngine implements Engine {
  readonly layout: Layout;
  readonly judge: Judge;
  readonly said: Said;
  readonly look: Look;
  readonly late: Late;
  private readonly intake: Intake;
  private readonly rows: Rows;

  constructor(layout: Layout) {
    this.layout = layout;
    this.said = new Said(layout);
    this.judge = new Judge(layout, (i, machine) => this.said.end(i, machine.ended));
    this.look = new Look(this.judge, this.said);
    this.late = new Late(this.judge, this.said);
    this.intake = new Intake(this.judge, this.late, this.look);
    this.rows = new Rows();
  }

  accept(readings: readonly Reading[]): readonly LateWork[] {
    return this.acceptColumns(this.rows.of(this, readings));
  }

  acceptColumns(columns: ReadingColumns): readonly LateWork[] {
    this.intake.take(columns);
    return this.late.works();
  }

  point(id: string): number {
    return this.layout.pointNumbers.get(id) ?? -1;
  }

  word(text: string): number {
    return this.layout.words.encode(text);
  }

  encode(point: number, value: ReadingValue): number {
    const of = this.layout.classes[this.layout.classOf[point] as number];
    if (of === undefined || (of.type !== null && typeof value !== of.type)) return Number.NaN;
    if (typeof value === 'number') return Number.isFinite(value) ? value : Number.NaN;
    return typeof value === 'string' ? this.layout.words.encode(value) : Number(value);
  }

  rejudge(work: LateWork, readings: readonly Reading[], more = false): void {
    this.rejudgeColumns(work, this.rows.of(this, readings), more);
  }

  rejudgeColumns(work: LateWork, columns: ReadingColumns, more = false): void {
    const { layout, judge, late } = this;
    const job = late.begin(work);
    for (let k = 0; k < columns.length; k += 1) {
      const p = columns.point[k] as number;
      const value = columns.value[k] as number;
      if (p < 0 || Number.isNaN(value)) continue;
      const at = columns.at[k] as number;
      // The store may be ahead: what is newer than all that was accepted is judged in its turn.
      if (at > judge.points.at(p)) continue;
      const { ageless } = layout.classes[layout.classOf[p] as number] as PointClass;
      if (!ageless && at < (columns.received[k] as number) - layout.horizon) continue;
      late.replay(job, p, at, value, columns.history[k] as number);
    }
    if (!more) late.finish(job);
  }

  advance(gateway: string, time: number): void {
    const number = this.layout.gatewayNumbers.get(gateway);
    if (number === undefined || time <= (this.judge.complete[number] as number)) return;
    this.look.advance(number, time);
  }

  drain(limit = Number.POSITIVE_INFINITY): readonly EpisodeChange[] {
    this.settle(limit);
    const { changes } = this.said;
    this.said.changes = [];
    return changes;
  }

  get settled(): boolean {
    return this.judge.dirty.length === 0;
  }

  episodes(): readonly Episode[] {
    this.settle();
    const { said, judge, look, late } = this;
    const { episodes } = said;
    const numbers = Int32Array.from(episodes.keys()).sort();
    const found: Episode[] = [];
    for (const i of numbers) {
      if (said.mayForget(i, judge.edge(i)) && !late.isBusy(i)) look.settle(i);
      for (const episode of episodes.get(i) ?? []) found.push(episode);
    }
    return found;
  }

  conditions(subject?: string): readonly Condition[] {
    const { layout, look } = this;
    if (subject !== undefined) {
      const number = layout.subjectNumbers.get(subject);
      return number === undefined
        ? []
        : instancesOf(layout, number).flatMap((i) => look.condition(i) ?? []);
    }
    return layout.subjects.flatMap((_, number) =>
      instancesOf(layout, number).flatMap((i) => look.condition(i) ?? []),
    );
  }

  drainTouched(): readonly string[] {
    this.settle();
    const subjects = this.look.drainTouched().map((s) => this.layout.subjects[s] as string);
    return subjects.sort();
  }

  snapshot(): Uint8Array {
    return Buffer.concat([...this.snapshotParts()]);
  }

  snapshotParts(): Iterable<Uint8Array> {
    if (this.late.pending) {
      throw new CaretakerError({
        code: 'STANDARDS_WORK_PENDING',
        message: 'A snapshot now would lose late readings that wait to be judged.',
        next: 'Hand every LateWork to rejudge first.',
      });
    }
    this.settle();
    return snapshotParts(this);
  }

  /** Has rules judged again on the readings from an instant on. @returns the work, as for late readings */
  judgeAgain({ from, rules, subjects }: Restatement): readonly LateWork[] {
    const { layout, late } = this;
    for (let i = 0; i < instanceCount(layout); i += 1) {
      const { program, subject } = instanceOf(layout, i);
      if (!rules.has(program.rule) || subjects?.has(subject) === false) continue;
      // It was in force no more by then, before as after: going back would lose that it has stopped.
      if ((program.timeline?.stop ?? Number.POSITIVE_INFINITY) < from) continue;
      late.again(i, from);
    }
    return late.works();
  }

  /** Brings what is said of instances that may have changed up to date, in the order of their numbers. */
  private settle(limit = Number.POSITIVE_INFINITY): void {
    const { judge, look, late } = this;
    if (judge.dirty.length === 0) return;
    const list = Int32Array.from(judge.dirty).sort();
    judge.dirty = [];
    let left = limit;
    for (const i of list) {
      if (left <= 0 || late.isBusy(i)) {
        judge.dirty.push(i);
        continue;
      }
      left -= 1;
      look.settle(i);
    }
  }
}
