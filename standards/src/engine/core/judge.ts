import type { Memory } from '../window/memory.ts';
import { Calm } from './calm.ts';
import { Changes } from './changes.ts';
import { Generals } from './generals.ts';
import { instanceCount, isAgeless, type Layout, narrowCount, pointOf } from './layout.ts';
import type { Machine } from './machine.ts';
import { machineFor } from './machine-for.ts';
import { day, field, fields, flag, Points } from './points.ts';
import type { Program, ProgramLeaf } from './program.ts';
import { Quick } from './quick.ts';
import { row, state } from './row.ts';
import { idle, idleUnknown, quietMask, States } from './states.ts';
import { Wide } from './wide.ts';

const never = Number.NEGATIVE_INFINITY;

/** Newest readings of points: of all of them, or of those that are judged again. */
export interface Sight {
  readonly records: Float64Array;
}

/** The engine's state, and how readings of one instance change it. */
export class Judge {
  readonly layout: Layout;
  readonly narrow: number;
  readonly states: States;
  readonly points: Points;
  readonly generals: Generals;
  readonly calm: Calm;
  readonly changes: Changes;
  readonly machine: Machine;
  readonly quick: Quick;
  readonly wide: Wide;
  /** Complete-to of each gateway, and the latest of them. */
  readonly complete: Float64Array;
  latest = never;
  /** Instances that have not seen readings before an instant, though their points have. */
  readonly blind: Map<number, number> = new Map();
  /** Instances to look at before anything is said. */
  dirty: number[] = [];
  /** Takes endings that no later reading of the instance can change. */
  private readonly onEnded: (i: number, machine: Machine) => void;

  constructor(layout: Layout, onEnded: (i: number, machine: Machine) => void) {
    this.layout = layout;
    this.narrow = narrowCount(layout);
    this.states = new States(instanceCount(layout));
    this.points = new Points(layout);
    this.generals = new Generals(layout);
    this.calm = new Calm(layout, this.states, this.generals, this.points);
    this.changes = new Changes();
    this.machine = machineFor(layout);
    this.machine.memories = this.generals.memories;
    this.complete = new Float64Array(layout.gateways.length).fill(never);
    this.quick = new Quick(this);
    this.wide = new Wide(this);
    this.onEnded = onEnded;
  }

  touch(i: number): void {
    const byte = this.states.bytes[i] as number;
    if (byte > quietMask) return;
    this.states.bytes[i] = byte | 128;
    this.dirty.push(i);
  }

  /** A reading of the point of a simple instance, whose newest reading so far is in `sight`. */
  simple(
    i: number,
    program: Program,
    sight: Sight,
    slot: number,
    at: number,
    value: number,
    history: number,
  ): void {
    if (this.quick.reading(i, program, sight, slot, at, value, history)) return;
    const { machine, states } = this;
    const last = this.bench(i, -1, program, sight, slot);
    states.load(i, last, machine.work);
    this.note(i, at, last);
    machine.approach(at);
    machine.feed(0, at, value, history);
    machine.work[row.reading] = at;
    machine.close();
    states.store(i, machine.work);
    this.mark(i, (machine.until[0] as number) <= this.latest);
  }

  /** The same for one that is not simple, with number `g` among these. */
  general(
    i: number,
    g: number,
    program: Program,
    sight: Sight,
    slot: number,
    at: number,
    value: number,
    history: number,
  ): void {
    const rests = this.rests(i, g, program, at, value);
    if (rests !== 1) this.rouse(i, g, program, sight, slot, at, value, history, rests === 0);
  }

  /** A reading that may change such an instance. @param remembered its memories have it already */
  rouse(
    i: number,
    g: number,
    program: Program,
    sight: Sight,
    slot: number,
    at: number,
    value: number,
    history: number,
    remembered: boolean,
  ): void {
    const { machine, states, generals } = this;
    const last = this.bench(i, g, program, sight, slot);
    let quiet = remembered;
    const byte = (states.bytes[i] as number) & quietMask;
    if (!quiet && (byte === idle || byte === idleUnknown) && this.refresh(g, last, at)) {
      if (this.same(g, program, 0, at, value)) {
        if ((generals.quietUntil[g] as number) <= this.latest) this.touch(i);
        return;
      }
      quiet = true;
    }
    states.load(i, last, machine.work);
    this.note(i, at, last);
    if (!quiet) {
      machine.approach(at);
      this.remember(program, 0, at, value);
    }
    machine.feed(0, at, value, history);
    machine.work[row.reading] = at;
    machine.close();
    states.store(i, machine.work);
    this.mark(i, this.settleDown(g, at));
  }

  /** Gives the machine the newest readings of an instance's points. @returns the newest time among them */
  bind(
    i: number,
    g: number,
    program: Program,
    { records }: Sight,
    slots: Int32Array,
    first: number,
  ): number {
    const { machine } = this;
    machine.take(program, g, this.generals.firstMemory[g] as number);
    const blind = this.blindUntil(i, program);
    let reading = never;
    for (let k = 0; k < program.silentAfter.length; k += 1) {
      const slot = slots[first + k] as number;
      const o = slot * fields;
      const seen = records[o + field.at] as number;
      const at = seen < blind ? never : seen;
      const history = ((records[o + field.is] as number) & flag.history) >> 1;
      machine.feed(k, at, records[o + field.value] as number, history);
      if (at > reading) reading = at;
    }
    machine.turn(reading);
    return reading;
  }

  /** The same for an instance with one point. */
  bench(i: number, g: number, program: Program, { records }: Sight, slot: number): number {
    const { machine } = this;
    machine.take(program, g, g < 0 ? 0 : (this.generals.firstMemory[g] as number));
    const o = slot * fields;
    const seen = records[o + field.at] as number;
    const at = seen < this.blindUntil(i, program) ? never : seen;
    const history = ((records[o + field.is] as number) & flag.history) >> 1;
    machine.feed(0, at, records[o + field.value] as number, history);
    return at;
  }

  private blindUntil(i: number, { timeline }: Program): number {
    const from = timeline === null ? never : timeline.from;
    return this.blind.size === 0 ? from : Math.max(from, this.blind.get(i) ?? never);
  }

  /** Keeps the state from before a reading at `at` that may change it. */
  note(i: number, at: number, last: number, first = false): void {
    if (last === never && !first) return;
    const { changes } = this;
    if (!changes.wants(i, at)) return;
    this.states.note(changes, i, at, last);
    if (changes.full(i)) changes.thin(i, at, this.edge(i));
  }

  /** Complete-to of the slowest gateway concerned. */
  completeOf(i: number): number {
    const { layout, complete, narrow } = this;
    if (i < narrow) return complete[layout.gatewayOf[pointOf(layout, i)] as number] as number;
    const w = i - narrow;
    let least = Number.POSITIVE_INFINITY;
    for (let k = layout.wideFirst[w] as number; k < (layout.wideFirst[w + 1] as number); k += 1) {
      const p = layout.widePoints[k] as number;
      least = Math.min(least, complete[layout.gatewayOf[p] as number] as number);
    }
    return least;
  }

  /**
   * Nothing of an instance from before this instant is judged any more: what a gateway still sends was received
   * after its complete-to. The start of a day, since judging again begins there at the earliest.
   */
  edge(i: number): number {
    if (isAgeless(this.layout, i)) return never;
    return Math.floor((this.completeOf(i) - this.layout.horizon) / day) * day;
  }

  /** Puts a reading of input k into the memories of its leaves. */
  remember(program: Program, k: number, at: number, value: number): void {
    if (program.memories === 0) return;
    const { machine, generals } = this;
    let m = machine.firstMemory;
    for (const leaf of program.leaves) {
      if (!leaf.remembers) continue;
      if (leaf.input === k) (generals.memories[m] as Memory).push(at, value);
      m += 1;
    }
  }

  /** Remembers a reading. @returns whether every leaf is then as true as before */
  same(g: number, { leaves }: Program, k: number, at: number, value: number): boolean {
    const { signature, firstMemory, memories } = this.generals;
    let truths = signature[g] as number;
    let m = firstMemory[g] as number;
    let same = truths >= 0;
    for (let j = 0; j < leaves.length; j += 1) {
      const leaf = leaves[j] as ProgramLeaf;
      let truth = truths & 3;
      if (leaf.remembers) {
        if (leaf.input === k) {
          const memory = memories[m] as Memory;
          memory.push(at, value);
          truth = memory.breach;
        }
        m += 1;
      } else if (leaf.input === k) truth = leaf.breaches(value) ? 2 : 0;
      if ((truths & 3) !== truth) same = false;
      truths >>= 2;
    }
    return same;
  }

  /**
   * Whether a reading leaves an instance with one point at rest.
   * @returns 1 when it does; 0 when its truth has changed; in both its memories have the reading. −1 when that
   * cannot be told so quickly, and they have it not.
   */
  private rests(i: number, g: number, program: Program, at: number, value: number): -1 | 0 | 1 {
    const byte = (this.states.bytes[i] as number) & quietMask;
    const until = this.generals.quietUntil[g] as number;
    if ((byte !== idle && byte !== idleUnknown) || at >= until || this.latest >= until) return -1;
    return this.same(g, program, 0, at, value) ? 1 : 0;
  }

  /** Looks again until when nothing happens. @returns whether that is beyond `at` */
  refresh(g: number, reading: number, at: number): boolean {
    if (reading === never || (this.generals.quietUntil[g] as number) === never) return false;
    const { machine } = this;
    const until = Math.min(machine.nextExpiry(reading), machine.nextTurn(reading));
    this.generals.quietUntil[g] = until;
    return at < until;
  }

  /** Notes until when an instance stays as it was just decided. @returns whether that must be looked at */
  settleDown(g: number, at: number): boolean {
    const { machine, generals } = this;
    if (machine.work[row.state] !== state.ok) {
      generals.quietUntil[g] = never;
      return true;
    }
    const turn = machine.nextTurn(at);
    const until = Math.min(machine.nextExpiry(at), turn);
    generals.quietUntil[g] = until;
    generals.signature[g] = machine.signature(at);
    return until <= this.latest || turn < (generals.queued[g] as number);
  }

  /** Notes endings, and that the instance must be looked at unless it plainly is as it was shown. */
  mark(i: number, look: boolean): void {
    const { machine, states } = this;
    const { memories, simple } = machine.program;
    if (memories === 0 && !simple) this.calm.ruffle(i);
    if (machine.ended.length > 0) {
      this.onEnded(i, machine);
      machine.ended.length = 0;
      this.touch(i);
      return;
    }
    const byte = (states.bytes[i] as number) & quietMask;
    if (look || (byte !== idle && byte !== idleUnknown)) this.touch(i);
  }
}
