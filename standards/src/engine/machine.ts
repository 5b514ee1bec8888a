import { no, unknown, yes } from './kleene.ts';
import { type CompiledNode, type Instance, type Layout, shape } from './layout.ts';
import { Leaves, leaf, leafFields } from './leaves.ts';
import { type Ended, Rows, row, rowFields, state } from './rows.ts';

/**
 * The state machine of one rule on one subject, driven by instants in event time: readings, expiries of
 * values, edges of calendars, and the deadlines of holds. What changes at an instant is applied before a
 * deadline at that instant is decided, so a hold is a closed interval.
 */
export class Machine {
  readonly rows: Rows;
  readonly leaves: Leaves;
  private readonly instances: readonly Instance[];
  private readonly shapes: Uint8Array;
  private readonly firstSlot: Int32Array;
  /** Results of `evaluate`: Kleene truth of "opens" and of "clears". */
  private opens = unknown as number;
  private clears = unknown as number;

  constructor(layout: Layout) {
    this.instances = layout.instances;
    this.shapes = layout.shape;
    this.firstSlot = layout.firstSlot;
    this.rows = new Rows(layout.instances.length);
    const silentAfter = layout.slots.map(
      (slot) => layout.points[slot.point]?.silentAfter ?? Number.POSITIVE_INFINITY,
    );
    this.leaves = new Leaves(layout.slots, Float64Array.from(silentAfter));
  }

  /**
   * The quick way for what happens almost always: one input, nothing breached, nothing expired since, and
   * the newer reading breaches nothing either. Returns false, with only the input applied, when the reading
   * does breach; `isCalm` must have been asked before.
   */
  passes(i: number, time: number): boolean {
    const slot = this.firstSlot[i] as number;
    const breach = this.leaves.cells[slot * leafFields + leaf.breach];
    if (this.shapes[i] === shape.leaf && breach !== no) return false;
    const o = i * rowFields;
    this.rows.cells[o + row.cursor] = time;
    this.rows.cells[o + row.open] = 0;
    return true;
  }

  /** Whether nothing happens to a simple instance between its last reading and one at `time`. */
  isCalm(i: number, time: number): boolean {
    if (this.shapes[i] === shape.general) return false;
    const o = i * rowFields;
    const cells = this.rows.cells;
    if (cells[o + row.state] !== state.ok || cells[o + row.unknown] === 1) return false;
    return (
      (this.leaves.cells[(this.firstSlot[i] as number) * leafFields + leaf.until] as number) >= time
    );
  }

  /** Moves the instance to just before `time`, that of a newer reading. Ended episodes go to `ended`. */
  approach(i: number, time: number, ended: Ended[]): void {
    const o = i * rowFields;
    const cells = this.rows.cells;
    if (cells[o + row.reading] === Number.NEGATIVE_INFINITY) {
      cells[o + row.since] = time;
      return;
    }
    if (cells[o + row.open] === 1) this.close(i, i, ended);
    this.roll(i, i, time, false, ended);
  }

  /** Begins the instant of a newer reading; its inputs are applied until it is closed. */
  begin(i: number, time: number): void {
    const o = i * rowFields;
    this.rows.cells[o + row.reading] = time;
    this.rows.cells[o + row.open] = 1;
  }

  /** Decides the instant of the newest reading: no other reading of that instant will come. */
  close(target: number, i: number, ended: Ended[]): void {
    const o = target * rowFields;
    const cells = this.rows.cells;
    const time = cells[o + row.reading] as number;
    cells[o + row.open] = 0;
    cells[o + row.cursor] = time;
    this.evaluate(i, time);
    this.step(target, i, time);
    this.roll(target, i, time, true, ended);
  }

  /** Tries out on the scratch row what holds at `time`, without changing the state. Returns its number. */
  project(i: number, time: number, ended: Ended[]): number {
    const { rows } = this;
    rows.copy(i, rows.scratch);
    const o = rows.scratch * rowFields;
    if (rows.cells[o + row.reading] === Number.NEGATIVE_INFINITY) return rows.scratch;
    if (rows.cells[o + row.open] === 1) this.close(rows.scratch, i, ended);
    this.roll(rows.scratch, i, time, true, ended);
    return rows.scratch;
  }

  /** The next instant at which time alone changes anything; Infinity when nothing will. */
  nextChange(target: number, i: number): number {
    return Math.min(this.deadline(target, i), this.nextEdge(target, i));
  }

  /** When the running hold is fulfilled; Infinity when none runs. */
  deadline(target: number, i: number): number {
    const o = target * rowFields;
    const cells = this.rows.cells;
    const at = cells[o + row.state] as number;
    if (at !== state.pending && at !== state.clearing) return Number.POSITIVE_INFINITY;
    const runs = cells[o + row.runs] as number;
    if (Number.isNaN(runs)) return Number.POSITIVE_INFINITY;
    const instance = this.instances[i] as Instance;
    const hold = at === state.pending ? instance.for : instance.clearFor;
    return runs + Math.max(0, hold - (cells[o + row.elapsed] as number));
  }

  /** Processes every edge and deadline before `limit` (and at it, when inclusive), in order. */
  private roll(target: number, i: number, limit: number, inclusive: boolean, ended: Ended[]): void {
    const last = inclusive ? limit : limit - 1;
    for (;;) {
      const deadline = this.deadline(target, i);
      const edge = this.nextEdge(target, i);
      if (deadline < edge) {
        if (deadline > last) return;
        this.fire(target, deadline, ended);
      } else {
        if (edge > last) return;
        this.rows.cells[target * rowFields + row.cursor] = edge;
        this.evaluate(i, edge);
        this.step(target, i, edge);
      }
    }
  }

  /** The next instant after the cursor at which an input changes by time alone. */
  private nextEdge(target: number, i: number): number {
    const { firstSlot, slots, calendars } = this.instances[i] as Instance;
    const cursor = this.rows.get(target, row.cursor);
    const cells = this.leaves.cells;
    let next = Number.POSITIVE_INFINITY;
    for (let s = firstSlot; s < firstSlot + slots; s += 1) {
      const until = cells[s * leafFields + leaf.until] as number;
      if (until > cursor && until < next) next = until;
    }
    if (calendars.length === 0 || cursor === Number.NEGATIVE_INFINITY) return next;
    for (const calendar of calendars) next = Math.min(next, calendar.next(cursor));
    return next;
  }

  private evaluate(i: number, time: number): void {
    const instance = this.instances[i] as Instance;
    if (instance.when === null) {
      this.opens = this.silent(instance.primary, time);
      this.clears = 2 - this.opens;
      return;
    }
    this.opens = this.truth(instance.when, time, leaf.breach);
    const ends =
      instance.clearWhen === null
        ? 2 - this.truth(instance.when, time, leaf.stays)
        : this.truth(instance.clearWhen, time, leaf.breach);
    // Whatever clears cannot breach at the same time, however the two conditions were written.
    this.clears = Math.min(ends, 2 - this.opens);
    if (instance.only !== null) {
      const guard = this.truth(instance.only, time, leaf.breach);
      this.opens = Math.min(this.opens, guard);
      this.clears = Math.min(this.clears, guard);
    }
  }

  private silent(slot: number, time: number): number {
    const o = slot * leafFields;
    const cells = this.leaves.cells;
    if (cells[o + leaf.at] === Number.NEGATIVE_INFINITY) return unknown;
    return time >= (cells[o + leaf.until] as number) ? yes : no;
  }

  private truth(node: CompiledNode, time: number, field: number): number {
    switch (node.op) {
      case 'leaf': {
        const o = node.slot * leafFields;
        const cells = this.leaves.cells;
        return time >= (cells[o + leaf.until] as number) ? unknown : (cells[o + field] as number);
      }
      case 'calendar':
        return node.calendar.at(time) ? yes : no;
      case 'not':
        return 2 - this.truth(node.of, time, field);
      case 'all':
        return node.of.reduce((low, n) => Math.min(low, this.truth(n, time, field)), yes as number);
      case 'any':
        return node.of.reduce(
          (high, n) => Math.max(high, this.truth(n, time, field)),
          no as number,
        );
    }
  }

  /** Moves the row by the verdict that holds from `time` on. */
  private step(target: number, i: number, time: number): void {
    const o = target * rowFields;
    const cells = this.rows.cells;
    const was = cells[o + row.state] as number;
    const wasUnknown = cells[o + row.unknown];
    if (was === state.ok || was === state.pending) this.stepOpening(o, time, was);
    else this.stepClearing(o, time, was);
    const is = cells[o + row.state] as number;
    const relevant = is === state.ok || is === state.pending ? this.opens : this.clears;
    cells[o + row.unknown] = relevant === unknown ? 1 : 0;
    if (is === state.ok && (was !== is || wasUnknown !== cells[o + row.unknown])) {
      cells[o + row.since] = time;
    } else if (cells[o + row.unknown] === 1 && wasUnknown === 0) {
      cells[o + row.since] = time;
    }
    if (is === state.pending || is === state.breach) this.witness(o, i, time, was, is);
  }

  private stepOpening(o: number, time: number, was: number): void {
    const cells = this.rows.cells;
    if (this.opens === no) {
      cells[o + row.state] = state.ok;
    } else if (this.opens === unknown) {
      this.pause(o, time, was === state.pending);
    } else if (was === state.ok) {
      cells[o + row.state] = state.pending;
      cells[o + row.onset] = time;
      cells[o + row.runs] = time;
      cells[o + row.elapsed] = 0;
      cells[o + row.worst] = Number.NaN;
      cells[o + row.worstAt] = Number.NaN;
      cells[o + row.history] = 1;
    } else if (Number.isNaN(cells[o + row.runs])) {
      cells[o + row.runs] = time;
    }
  }

  private stepClearing(o: number, time: number, was: number): void {
    const cells = this.rows.cells;
    if (this.clears === no) {
      cells[o + row.state] = state.breach;
    } else if (this.clears === unknown) {
      this.pause(o, time, was === state.clearing);
    } else if (was === state.breach) {
      cells[o + row.state] = state.clearing;
      cells[o + row.clearing] = time;
      cells[o + row.runs] = time;
      cells[o + row.elapsed] = 0;
    } else if (Number.isNaN(cells[o + row.runs])) {
      cells[o + row.runs] = time;
    }
  }

  private pause(o: number, time: number, holding: boolean): void {
    const cells = this.rows.cells;
    const runs = cells[o + row.runs] as number;
    if (!holding || Number.isNaN(runs)) return;
    cells[o + row.elapsed] = (cells[o + row.elapsed] as number) + time - runs;
    cells[o + row.runs] = Number.NaN;
  }

  /** Notes the worst value and whether anything but history stands behind the breach. */
  private witness(o: number, i: number, time: number, was: number, is: number): void {
    const { firstSlot, slots, primary } = this.instances[i] as Instance;
    const cells = this.rows.cells;
    const inputs = this.leaves.cells;
    if (is === state.pending) {
      for (let s = firstSlot; s < firstSlot + slots; s += 1) {
        if (inputs[s * leafFields + leaf.at] === Number.NEGATIVE_INFINITY) continue;
        if (inputs[s * leafFields + leaf.history] === 0) cells[o + row.history] = 0;
      }
    }
    const p = primary * leafFields;
    const entered = was === state.ok;
    if (!entered && inputs[p + leaf.at] !== time) return;
    const value = inputs[p + leaf.value] as number;
    if (Number.isNaN(value) || time >= (inputs[p + leaf.until] as number)) return;
    const worst = cells[o + row.worst] as number;
    if (Number.isNaN(worst) || this.isWorse(i, value, worst)) {
      cells[o + row.worst] = value;
      cells[o + row.worstAt] = time;
    }
  }

  private isWorse(i: number, value: number, worst: number): boolean {
    const spec = this.instances[i]?.resolved?.leaves[0];
    switch (spec?.comparison) {
      case 'above':
      case 'atLeast':
        return value > worst;
      case 'below':
      case 'atMost':
        return value < worst;
      case 'outside': {
        const [low, high] = spec.outside;
        return Math.max(low - value, value - high) > Math.max(low - worst, worst - high);
      }
      default:
        return false;
    }
  }

  /** The running hold is fulfilled. */
  private fire(target: number, time: number, ended: Ended[]): void {
    const o = target * rowFields;
    const cells = this.rows.cells;
    if (cells[o + row.state] === state.pending) {
      cells[o + row.state] = state.breach;
      cells[o + row.detected] = time;
      return;
    }
    const end = cells[o + row.clearing] as number;
    ended.push({
      onset: cells[o + row.onset] as number,
      detected: cells[o + row.detected] as number,
      end,
      worst: cells[o + row.worst] as number,
      worstAt: cells[o + row.worstAt] as number,
      history: cells[o + row.history] === 1,
      clearedAt: time,
    });
    cells[o + row.state] = state.ok;
    cells[o + row.since] = end;
  }
}
