import { type Memory, memoryFor } from '../window/memory.ts';
import { type Layout, narrowCount, type PointClass } from './layout.ts';
import type { Program } from './program.ts';
import { programAt } from './timeline.ts';

/**
 * What instances have that are more than a comparison of one point's newest reading: those of one point first,
 * numbered as `Layout.firstGeneral` says, then those of several.
 */
export class Generals {
  /** Nothing happens to an instance before this by time alone, as far as its last change knew. */
  readonly quietUntil: Float64Array;
  /** Truth of its leaves then. */
  readonly signature: Int32Array;
  /** When each is looked at next by time alone; Infinity for never. */
  readonly queued: Float64Array;
  /** Time of the newest reading of an instance with several points. */
  readonly reading: Float64Array;
  /** First memory of each, and one more. */
  readonly firstMemory: Int32Array;
  readonly memories: readonly Memory[];
  /** How many have one point. */
  readonly narrow: number;

  constructor(layout: Layout) {
    const { firstGeneral, points, classes, classOf, widePrograms } = layout;
    this.narrow = firstGeneral[points.length] as number;
    const count = this.narrow + widePrograms.length;
    this.quietUntil = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
    this.signature = new Int32Array(count).fill(-1);
    this.queued = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
    this.reading = new Float64Array(widePrograms.length).fill(Number.NEGATIVE_INFINITY);
    this.firstMemory = new Int32Array(count + 1);
    const memories: Memory[] = [];
    let g = 0;
    const add = (program: Program) => {
      this.firstMemory[g] = memories.length;
      g += 1;
      // Those of the first numbers; the machine turns them to later ones.
      for (const [k, leaf] of programAt(program, Number.NEGATIVE_INFINITY).leaves.entries()) {
        if (!leaf.remembers) continue;
        const limit = limitOf(program, leaf.input);
        const reach = longestAbsence(program, k);
        const memory = memoryFor(leaf.spec, leaf.is, leaf.during, limit, reach);
        if (memory !== null) memories.push(memory);
      }
    };
    for (let p = 0; p < points.length; p += 1) {
      const { programs, simple } = classes[classOf[p] as number] as PointClass;
      for (let k = simple; k < programs.length; k += 1) add(programs[k] as Program);
    }
    for (const program of widePrograms) add(program);
    this.firstMemory[count] = memories.length;
    this.memories = memories;
  }
}

/** How long readings of an input hold: always the same, or by their time. */
function limitOf(program: Program, input: number): number | ((at: number) => number) {
  const of = ({ silentAfter }: Program) => silentAfter[input] as number;
  const spans = program.timeline?.spans ?? [];
  if (spans.every((span) => of(span.program) === of(program))) return of(program);
  return (at) => of(programAt(program, at));
}

/** Of the k-th leaf under any numbers, milliseconds. */
function longestAbsence(program: Program, k: number): number {
  const programs = program.timeline?.spans.map((span) => span.program) ?? [program];
  return Math.max(...programs.map(({ leaves }) => leaves[k]?.spec.absent ?? 0));
}

/** The general number of an instance that has one; −1 for a simple one. */
export function generalOf(layout: Layout, generals: Generals, i: number, point: number): number {
  const narrow = narrowCount(layout);
  if (i >= narrow) return generals.narrow + i - narrow;
  const { simple } = layout.classes[layout.classOf[point] as number] as PointClass;
  const k = i - (layout.first[point] as number);
  return k < simple ? -1 : (layout.firstGeneral[point] as number) + k - simple;
}
