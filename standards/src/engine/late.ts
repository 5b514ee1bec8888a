import { CaretakerError } from '@caretaker/readings/base';
import type { Checkpoint, Checkpoints } from './checkpoints.ts';
import type { LateWork } from './engine.ts';
import type { Inputs } from './inputs.ts';
import type { Instance, Layout } from './layout.ts';

/** Instances that must be judged again, and from where. */
interface Job {
  readonly work: LateWork;
  readonly starts: ReadonlyMap<number, Checkpoint | undefined>;
}

/** Collects late readings of one `accept` and keeps the work until it is done. */
export class Late {
  /** Earliest late reading of each instance in this call. */
  private readonly earliest = new Map<number, number>();
  private readonly jobs = new Map<number, Job>();
  private readonly busy = new Set<number>();
  private nextId = 1;
  private readonly layout: Layout;

  constructor(layout: Layout) {
    this.layout = layout;
  }

  get pending(): boolean {
    return this.jobs.size > 0;
  }

  /** Whether the instance already waits in this call; then the reading only moves its beginning. */
  joins(i: number, at: number): boolean {
    if (this.earliest.size === 0) return false;
    const earliest = this.earliest.get(i);
    if (earliest === undefined) return false;
    if (at < earliest) this.earliest.set(i, at);
    return true;
  }

  add(i: number, at: number): void {
    this.earliest.set(i, at);
  }

  /** @throws CaretakerError `STANDARDS_WORK_PENDING`: its late readings have not been judged yet. */
  refuseBusy(i: number): void {
    if (this.busy.size === 0 || !this.busy.has(i)) return;
    throw new CaretakerError({
      code: 'STANDARDS_WORK_PENDING',
      message: `Readings of ${this.layout.instances[i]?.subject} came before its late work was done.`,
      next: 'Hand every LateWork to rejudge before the next accept of the same gateway.',
    });
  }

  /** One piece of work per asset concerned. */
  works(checkpoints: Checkpoints, inputs: Inputs): LateWork[] {
    if (this.earliest.size === 0) return [];
    const groups = new Map<string, number[]>();
    for (const i of [...this.earliest.keys()].sort((a, b) => a - b)) {
      const { subject } = this.layout.instances[i] as Instance;
      groups.set(subject, [...(groups.get(subject) ?? []), i]);
    }
    const works = [...groups.values()].map((group) => this.job(group, checkpoints, inputs));
    this.earliest.clear();
    return works;
  }

  /** Takes a piece of work out. @throws CaretakerError `STANDARDS_WORK_UNKNOWN` */
  take(work: LateWork): Job['starts'] {
    const job = this.jobs.get(work.id);
    if (job === undefined) {
      throw new CaretakerError({
        code: 'STANDARDS_WORK_UNKNOWN',
        message: `Late work ${work.id} is not waiting: it was done, or belongs to another engine.`,
      });
    }
    this.jobs.delete(work.id);
    for (const i of job.starts.keys()) this.busy.delete(i);
    return job.starts;
  }

  private job(group: readonly number[], checkpoints: Checkpoints, inputs: Inputs): LateWork {
    const starts = new Map<number, Checkpoint | undefined>();
    const points = new Set<number>();
    let from = Number.POSITIVE_INFINITY;
    for (const i of group) {
      const start = checkpoints.before(i, this.earliest.get(i) ?? 0);
      starts.set(i, start);
      this.busy.add(i);
      from = Math.min(from, start === undefined ? 0 : start.from);
      for (const p of (this.layout.instances[i] as Instance).points) points.add(p);
    }
    let to = from;
    for (const p of points) to = Math.max(to, inputs.lastAt[p] as number);
    const ids = [...points].map((p) => this.layout.points[p]?.id ?? '').sort();
    const work = { id: this.nextId, points: ids, from, to };
    this.nextId += 1;
    this.jobs.set(work.id, { work, starts });
    return work;
  }
}
