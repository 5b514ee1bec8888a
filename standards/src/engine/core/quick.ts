import type { Judge, Sight } from './judge.ts';
import { field, fields } from './points.ts';
import type { Program } from './program.ts';
import { state } from './row.ts';
import { bit } from './states.ts';

const never = Number.NEGATIVE_INFINITY;

/**
 * What the machine does of a simple instance when its value goes beyond the limit for less than its hold, which is
 * nearly all that ever happens to one: it opens nothing and ends nothing, so none of the machine is needed. Every
 * other case is left to the machine.
 */
export class Quick {
  private readonly judge: Judge;

  constructor(judge: Judge) {
    this.judge = judge;
  }

  /** A reading, as `Judge.simple` has it. @returns whether it was taken; otherwise nothing has changed */
  reading(
    i: number,
    program: Program,
    { records }: Sight,
    slot: number,
    at: number,
    value: number,
    history: number,
  ): boolean {
    const { judge } = this;
    const { states } = judge;
    const leaf = program.leaves[0];
    const last = records[slot * fields + field.at] as number;
    const silentAfter = program.silentAfter[0] as number;
    if (leaf === undefined || program.for <= 0 || judge.blind.size > 0) return false;
    if (last === never || at - last > silentAfter || at + silentAfter <= judge.latest) return false;
    const is = (states.bytes[i] as number) & bit.phase;
    if (is !== state.ok && is !== state.pending) return false;
    const breaches = leaf.breaches(value);
    if (is === state.ok) {
      if (!breaches) {
        // It may still be shown as what it was.
        if (states.shown(i) !== state.ok) judge.touch(i);
        return true;
      }
      judge.note(i, at, last);
      states.begin(i, at, value, history);
    } else {
      // What changes at an instant is applied before a deadline at that instant is decided.
      if (breaches || states.due(i, program.for) < at) return false;
      judge.note(i, at, last);
      states.calm(i, at);
    }
    judge.touch(i);
    return true;
  }

  /**
   * A look at an instance of which no episode stands, its device not catching up.
   * @param now up to which time alone speaks
   * @param until when its value ends
   * @returns when it is to be looked at next, Infinity for never; NaN when that takes the machine
   */
  next(i: number, program: Program, now: number, until: number): number {
    const { states, blind } = this.judge;
    const is = (states.bytes[i] as number) & bit.phase;
    if (now >= until || blind.size > 0 || program.leaves.length === 0) return Number.NaN;
    if (is === state.ok) return Number.POSITIVE_INFINITY;
    if (is !== state.pending) return Number.NaN;
    const due = states.due(i, program.for);
    return due > now ? due : Number.NaN;
  }
}
