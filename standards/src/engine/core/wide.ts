import type { Judge, Sight } from './judge.ts';
import type { Program } from './program.ts';
import { row } from './row.ts';
import { bit, idle, idleUnknown, quietMask } from './states.ts';

const never = Number.NEGATIVE_INFINITY;

/**
 * How readings change instances with several points, and those whose numbers change: an instant is decided only
 * when a later one comes, for readings of its other points may belong to it.
 */
export class Wide {
  private readonly judge: Judge;

  constructor(judge: Judge) {
    this.judge = judge;
  }

  /**
   * A reading of input `k`.
   * @param slots where the points' newest readings are in `sight`, from `first` on
   */
  reading(
    i: number,
    g: number,
    program: Program,
    sight: Sight,
    slots: Int32Array,
    first: number,
    k: number,
    at: number,
    value: number,
    history: number,
  ): void {
    const { judge } = this;
    const { generals, states } = judge;
    const { timeline } = program;
    if (timeline !== null && at >= timeline.stop) {
      this.stop(i, g, program, sight, slots, first, at);
      return;
    }
    if (timeline !== null && at < timeline.from) return;
    judge.machine.take(program, g, generals.firstMemory[g] as number);
    let bound = never;
    if (((states.bytes[i] as number) & bit.open) !== 0) {
      bound = judge.bind(i, g, program, sight, slots, first);
      if (at > bound) this.closeOpen(i, g, bound);
    }
    const byte = (states.bytes[i] as number) & quietMask;
    const restful = byte === idle || byte === idleUnknown;
    let quiet = restful && at < (generals.quietUntil[g] as number);
    if (restful && !quiet) {
      if (bound === never) bound = judge.bind(i, g, program, sight, slots, first);
      quiet = judge.refresh(g, bound, at);
    }
    if (quiet) {
      judge.machine.turn(at);
      if (judge.same(g, judge.machine.program, k, at, value)) {
        if ((generals.quietUntil[g] as number) <= judge.latest) judge.touch(i);
        return;
      }
    }
    if (bound === never) bound = judge.bind(i, g, program, sight, slots, first);
    this.apply(i, g, quiet, bound, k, at, value, history);
  }

  /**
   * A reading that may change an instance with several points, whose inputs are on the bench.
   * @param remembered its memories have it already, and nothing else happened since `reading`, the one before
   */
  private apply(
    i: number,
    g: number,
    remembered: boolean,
    reading: number,
    k: number,
    at: number,
    value: number,
    history: number,
  ): void {
    const { judge } = this;
    const { machine, states } = judge;
    const { silentAfter } = machine.program;
    states.load(i, reading, machine.work);
    if (machine.work[row.open] === 0) judge.note(i, at, reading, machine.timed);
    if (at > reading && !remembered) machine.approach(at);
    machine.turn(at);
    if (!remembered) judge.remember(machine.program, k, at, value);
    machine.feed(k, at, value, history);
    machine.work[row.reading] = at;
    machine.work[row.open] = 1;
    judge.generals.quietUntil[g] = never;
    const alone = silentAfter.length === 1;
    if (alone) machine.close();
    states.store(i, machine.work);
    judge.mark(i, !alone || judge.settleDown(g, at));
  }

  /** Decides the newest instant of an instance with several points, whose inputs are on the bench. */
  private closeOpen(i: number, g: number, reading: number): void {
    const { judge } = this;
    const { machine, states } = judge;
    states.load(i, reading, machine.work);
    machine.close();
    states.store(i, machine.work);
    judge.mark(i, judge.settleDown(g, reading));
  }

  /** A reading of one with several points from when its program is in force no more. */
  private stop(
    i: number,
    g: number,
    program: Program,
    sight: Sight,
    slots: Int32Array,
    first: number,
    at: number,
  ): void {
    const { judge } = this;
    const { machine, states } = judge;
    const reading = judge.bind(i, g, program, sight, slots, first);
    if (reading === never || reading >= (program.timeline?.stop ?? never)) return;
    states.load(i, reading, machine.work);
    if (machine.work[row.open] === 1) machine.close();
    states.store(i, machine.work);
    judge.note(i, at, reading, true);
    machine.stop();
    states.store(i, machine.work);
    judge.generals.quietUntil[g] = never;
    judge.mark(i, true);
  }
}
