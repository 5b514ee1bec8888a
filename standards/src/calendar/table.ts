/** When something holds, as a function of time alone. */
export interface Calendar {
  at(time: number): boolean;
  /** The first instant after `time` at which it changes; Infinity when it does not within three years. */
  next(time: number): number;
  /** Its table of one UTC year, compiled when first asked for. */
  year(year: number): Year;
}

/** One UTC year: the value just before it, and every instant in it at which the value changes. */
export interface Year {
  readonly start: boolean;
  readonly edges: readonly number[];
}

/** Never changes. */
export const always: Calendar = {
  at: () => true,
  next: () => Number.POSITIVE_INFINITY,
  year: () => ({ start: true, edges: [] }),
};

const known = new Map<string, Calendar>();
/** Bounds what is remembered; a restart or a second engine over the same estates stays far below it. */
const mostKnown = 256;

/** The calendar of that key, which names everything it depends on: a year takes some 40 ms to compile. */
export function remembered(key: string, create: () => Calendar): Calendar {
  let calendar = known.get(key);
  if (calendar === undefined) {
    if (known.size >= mostKnown) known.clear();
    calendar = create();
    known.set(key, calendar);
  }
  return calendar;
}

/** A calendar compiled year by year, when a year is first asked for. */
export function yearly(compile: (year: number) => Year): Calendar {
  return new Yearly(compile);
}

/** Holds while both do. */
export function both(one: Calendar, other: Calendar): Calendar {
  if (one === always) return other;
  if (other === always) return one;
  return yearly((year) => combine(one.year(year), other.year(year), (a, b) => a && b));
}

/** Holds while one of the two does. */
export function either(one: Calendar, other: Calendar): Calendar {
  if (one === always || other === always) return always;
  return yearly((year) => combine(one.year(year), other.year(year), (a, b) => a || b));
}

function combine(one: Year, other: Year, holds: (a: boolean, b: boolean) => boolean): Year {
  const edges: number[] = [];
  let first = one.start;
  let second = other.start;
  const start = holds(first, second);
  let value = start;
  let i = 0;
  let j = 0;
  while (i < one.edges.length || j < other.edges.length) {
    const a = one.edges[i] ?? Number.POSITIVE_INFINITY;
    const b = other.edges[j] ?? Number.POSITIVE_INFINITY;
    const edge = Math.min(a, b);
    if (a === edge) {
      first = !first;
      i += 1;
    }
    if (b === edge) {
      second = !second;
      j += 1;
    }
    if (holds(first, second) === value) continue;
    value = !value;
    edges.push(edge);
  }
  return { start, edges };
}

class Yearly implements Calendar {
  private readonly years = new Map<number, Year>();
  private readonly compile: (year: number) => Year;
  /** The stretch last asked for: time mostly moves within one. */
  private from = Number.POSITIVE_INFINITY;
  private to = Number.NEGATIVE_INFINITY;
  private value = false;

  constructor(compile: (year: number) => Year) {
    this.compile = compile;
  }

  at(time: number): boolean {
    this.find(time);
    return this.value;
  }

  next(time: number): number {
    this.find(time);
    return this.to;
  }

  private find(time: number): void {
    if (time >= this.from && time < this.to) return;
    const year = new Date(time).getUTCFullYear();
    const { start, edges } = this.year(year);
    let low = 0;
    let high = edges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((edges[middle] as number) <= time) low = middle + 1;
      else high = middle;
    }
    this.value = low % 2 === 0 ? start : !start;
    this.from = low === 0 ? Date.UTC(year) : (edges[low - 1] as number);
    this.to = edges[low] ?? this.firstEdgeAfter(year);
  }

  private firstEdgeAfter(year: number): number {
    for (let later = year + 1; later <= year + 3; later += 1) {
      const edge = this.year(later).edges[0];
      if (edge !== undefined) return edge;
    }
    return Number.POSITIVE_INFINITY;
  }

  year(year: number): Year {
    let table = this.years.get(year);
    if (table === undefined) {
      table = this.compile(year);
      this.years.set(year, table);
    }
    return table;
  }
}
