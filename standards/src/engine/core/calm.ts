import type { Generals } from './generals.ts';
import { type Layout, type PointClass, pointOf } from './layout.ts';
import { field, type Points, fields as pointFields } from './points.ts';
import type { Program } from './program.ts';
import { idle, idleUnknown, quietMask, type States } from './states.ts';

const never = Number.NEGATIVE_INFINITY;
const forever = Number.POSITIVE_INFINITY;

/** Fields of a point's band. */
export const band = { until: 0, low: 1, high: 2 } as const;
export const bandFields = 3;
const fields = bandFields;

/**
 * Which readings of a point change none of its rules that are more than a comparison but remember nothing, such as
 * those with a guard, a calendar or a second point: all of them at rest, no truth of theirs changed by a value
 * within the band, and nothing brought by time alone before its end. Whatever judges a reading otherwise ruffles it;
 * what time brings lies behind the band's end.
 */
export class Calm {
  /** By class of a point: places of its programs that must see every reading. */
  readonly watchful: readonly Int32Array[];
  private readonly layout: Layout;
  private readonly states: States;
  private readonly generals: Generals;
  private readonly points: Points;
  private readonly single = new Int32Array(1);
  /** By point, the fields of `band`. */
  readonly bands: Float64Array;
  /** By class: places of its general programs that are not watchful. */
  private readonly steady: readonly Int32Array[];
  /** By wide instance: 1 where it must see every reading. */
  readonly watchfulWide: Uint8Array;

  constructor(layout: Layout, states: States, generals: Generals, points: Points) {
    this.layout = layout;
    this.states = states;
    this.generals = generals;
    this.points = points;
    // Where every rule is a comparison with the newest reading, no point has a band.
    const banded = generals.signature.length === 0 ? 0 : layout.points.length;
    this.bands = new Float64Array(banded * fields).fill(never);
    this.watchful = layout.classes.map((of) => places(of, isWatchful));
    this.steady = layout.classes.map((of) => places(of, (program) => !isWatchful(program)));
    this.watchfulWide = Uint8Array.from(layout.widePrograms, (one) => Number(isWatchful(one)));
  }

  /** Whether a reading changes nothing but the watchful instances of its point. */
  holds(p: number, at: number, value: number, latest: number): boolean {
    const { bands } = this;
    const o = p * fields;
    const until = bands[o + band.until] as number;
    return (
      at < until &&
      latest < until &&
      value >= (bands[o + band.low] as number) &&
      value <= (bands[o + band.high] as number)
    );
  }

  /**
   * Whether a reading leaves all at rest for which `holds` has said no, because only the values that were to end by
   * then have been renewed. Asked of points whose instances have seen all of their readings.
   */
  goesOn(p: number, at: number, value: number, latest: number): boolean {
    const { bands, layout, generals } = this;
    const o = p * fields;
    const known = bands[o + band.until] as number;
    if (known === never || at < known || latest >= known) return false;
    const c = layout.classOf[p] as number;
    const { programs, simple } = layout.classes[c] as PointClass;
    const g = (layout.firstGeneral[p] as number) - simple;
    let until = forever;
    for (const k of this.steady[c] as Int32Array) {
      this.single[0] = p;
      until = Math.min(until, this.renew(g + k, programs[k] as Program, this.single, 0));
    }
    const { feedsFirst, feeds, wideFirst, widePoints, widePrograms } = layout;
    for (let f = feedsFirst[p] as number; f < (feedsFirst[p + 1] as number); f += 1) {
      const w = feeds[f] as number;
      if (this.watchfulWide[w] === 1) continue;
      const program = widePrograms[w] as Program;
      const from = wideFirst[w] as number;
      until = Math.min(until, this.renew(generals.narrow + w, program, widePoints, from));
    }
    if (until <= latest) return false;
    bands[o + band.until] = until;
    return this.holds(p, at, value, latest);
  }

  /** Looks again until when time brings nothing to an instance at rest. */
  private renew(g: number, program: Program, points: Int32Array, first: number): number {
    const { silentAfter, calendars } = program;
    const { records } = this.points;
    let newest = never;
    for (let k = 0; k < silentAfter.length; k += 1) {
      const at = records[(points[first + k] as number) * pointFields + field.at] as number;
      if (at > newest) newest = at;
    }
    let until = forever;
    for (let k = 0; k < silentAfter.length; k += 1) {
      const at = records[(points[first + k] as number) * pointFields + field.at] as number;
      const ends = at + (silentAfter[k] as number);
      if (ends > newest && ends < until) until = ends;
    }
    for (const calendar of calendars) until = Math.min(until, calendar.next(newest));
    this.generals.quietUntil[g] = until;
    return until;
  }

  /** A reading was judged that may have changed an instance: the next one of each of its points looks at it. */
  ruffle(i: number): void {
    const { layout, bands } = this;
    const narrow = layout.first[layout.points.length] as number;
    if (i < narrow) {
      bands[pointOf(layout, i) * fields] = never;
      return;
    }
    const { wideFirst, widePoints } = layout;
    const end = wideFirst[i - narrow + 1] as number;
    for (let k = wideFirst[i - narrow] as number; k < end; k += 1) {
      bands[(widePoints[k] as number) * fields] = never;
    }
  }

  /** Looks for the band of a point, of which a reading was judged just now. */
  settle(p: number, at: number, value: number): void {
    const { layout, bands, generals } = this;
    const o = p * fields;
    bands[o + band.until] = forever;
    bands[o + band.low] = never;
    bands[o + band.high] = forever;
    const c = layout.classOf[p] as number;
    const { programs, simple } = layout.classes[c] as PointClass;
    const first = layout.first[p] as number;
    const g = (layout.firstGeneral[p] as number) - simple;
    for (const k of this.steady[c] as Int32Array) {
      if (!this.narrow(o, first + k, g + k, programs[k] as Program, 0, value)) return;
    }
    const { feedsFirst, feeds, wideFirst, widePoints, widePrograms } = layout;
    const wide = layout.first[layout.points.length] as number;
    for (let f = feedsFirst[p] as number; f < (feedsFirst[p + 1] as number); f += 1) {
      const w = feeds[f] as number;
      if (this.watchfulWide[w] === 1) continue;
      const from = wideFirst[w] as number;
      let input = 0;
      while (widePoints[from + input] !== p) input += 1;
      const program = widePrograms[w] as Program;
      if (!this.narrow(o, wide + w, generals.narrow + w, program, input, value)) return;
    }
    if ((bands[o + band.until] as number) <= at) bands[o + band.until] = never;
  }

  /** Narrows the band to what an instance bears. @returns whether there is one */
  private narrow(
    o: number,
    i: number,
    g: number,
    { leaves }: Program,
    input: number,
    value: number,
  ): boolean {
    const { bands, generals } = this;
    const byte = (this.states.bytes[i] as number) & quietMask;
    const signature = generals.signature[g] as number;
    const until = generals.quietUntil[g] as number;
    if ((byte !== idle && byte !== idleUnknown) || signature < 0 || until === never) {
      bands[o + band.until] = never;
      return false;
    }
    if (until < (bands[o + band.until] as number)) bands[o + band.until] = until;
    for (let k = 0; k < leaves.length; k += 1) {
      const leaf = leaves[k];
      if (leaf === undefined || leaf.input !== input) continue;
      if (((signature >> (2 * k)) & 3) !== (leaf.breaches(value) ? 2 : 0)) {
        bands[o + band.until] = never;
        return false;
      }
      const low = leaf.lowAround(value);
      const high = leaf.highAround(value);
      if (low > (bands[o + band.low] as number)) bands[o + band.low] = low;
      if (high < (bands[o + band.high] as number)) bands[o + band.high] = high;
    }
    return true;
  }
}

/** What remembers readings must see each of them, and what is not in force for all time asks when it is. */
function isWatchful({ memories, timeline }: Program): boolean {
  return memories > 0 || timeline !== null;
}

function places({ programs, simple }: PointClass, is: (program: Program) => boolean): Int32Array {
  return Int32Array.from(programs.keys().filter((k) => k >= simple && is(programs[k] as Program)));
}
