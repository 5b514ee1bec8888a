import type { Program, ValueType } from './program.ts';

/** A silence limit that was in force up to an instant, exclusive. */
export interface SilentFor {
  readonly silentAfter: number;
  readonly until: number;
}

/** What points that feed the same rules with the same numbers have in common. */
export interface PointClass {
  readonly metric: string;
  /** Infinity: never silent. */
  readonly silentAfter: number;
  /** Oldest first, up to an instant, exclusive; null where it is the same for all time. */
  readonly silences: readonly SilentFor[] | null;
  /** Judged at any age. */
  readonly ageless: boolean;
  /** What its leaves compare; null when none does. */
  readonly type: ValueType | null;
  /** Of the rules that have this point only, the simple ones first. */
  readonly programs: readonly Program[];
  /** How many of them are simple. */
  readonly simple: number;
  /** Values on [low, high] breach none of the simple ones. */
  readonly low: number;
  readonly high: number;
}

/** A rule on one subject: what never changes of it. */
export interface Instance {
  readonly program: Program;
  readonly subject: string;
  /** More than one, and readings of one instant are judged together. */
  readonly points: readonly number[];
}

/**
 * Everything the engine knows before the first reading, in columns: estates have 10⁵ points, and a rule on one
 * point has nothing of its own but its place. Instances are numbered: first those with one point, point by point
 * in the order of the point's class; then those with several, asset by asset.
 */
export interface Layout {
  readonly standardVersion: string;
  /** Oldest first, each in force up to an instant, exclusive. */
  readonly earlierVersions: readonly { readonly version: string; readonly until: number }[];
  readonly horizon: number;
  readonly gateways: readonly string[];
  readonly gatewayNumbers: ReadonlyMap<string, number>;
  readonly subjects: readonly string[];
  readonly subjectNumbers: ReadonlyMap<string, number>;
  readonly points: readonly string[];
  readonly pointNumbers: ReadonlyMap<string, number>;
  readonly classes: readonly PointClass[];
  /** By point. */
  readonly classOf: Int32Array;
  readonly gatewayOf: Int32Array;
  readonly subjectOf: Int32Array;
  /** First instance of each point, and one more: where those with several points begin. */
  readonly first: Int32Array;
  /** Point of every sixteenth instance with one point, from which that of the others is near. */
  readonly sixteenth: Int32Array;
  /** First general one of each point among all that are general. */
  readonly firstGeneral: Int32Array;
  /** First point of each subject, and one more. */
  readonly firstPoint: Int32Array;
  /** First instance with several points of each subject, counted from 0, and one more. */
  readonly firstWide: Int32Array;
  readonly widePrograms: readonly Program[];
  readonly wideSubject: Int32Array;
  /** Points of instance `wide`: [wideFirst[wide], wideFirst[wide + 1]) of `widePoints`. */
  readonly wideFirst: Int32Array;
  readonly widePoints: Int32Array;
  /** Wide instances that each point feeds: [feedsFirst[p], feedsFirst[p + 1]) of `feeds`. */
  readonly feedsFirst: Int32Array;
  readonly feeds: Int32Array;
  readonly words: Words;
  /** The point last looked for by one of its instances: mostly it is asked for again. */
  readonly hint: { point: number };
}

/** How many instances have one point; the number of the first one with several. */
export function narrowCount(layout: Layout): number {
  return layout.first[layout.points.length] as number;
}

export function instanceCount(layout: Layout): number {
  return narrowCount(layout) + layout.widePrograms.length;
}

/** The point of an instance that has one. */
export function pointOf({ first, hint, sixteenth }: Layout, i: number): number {
  let { point } = hint;
  if (i >= (first[point] as number) && i < (first[point + 1] as number)) return point;
  point = sixteenth[i >> 4] as number;
  while ((first[point + 1] as number) <= i) point += 1;
  hint.point = point;
  return point;
}

/** What `Layout.sixteenth` is. @param first as in `Layout` */
export function sixteenthsOf(first: Int32Array): Int32Array {
  const sixteenth = new Int32Array(((first.at(-1) as number) >> 4) + 1);
  let point = 0;
  for (let k = 0; k < sixteenth.length; k += 1) {
    while ((first[point + 1] as number) <= k << 4) point += 1;
    sixteenth[k] = point;
  }
  return sixteenth;
}

export function programOf(layout: Layout, i: number): Program {
  const narrow = narrowCount(layout);
  if (i >= narrow) return layout.widePrograms[i - narrow] as Program;
  const p = pointOf(layout, i);
  const { programs } = layout.classes[layout.classOf[p] as number] as PointClass;
  return programs[i - (layout.first[p] as number)] as Program;
}

export function pointsOf(layout: Layout, i: number): readonly number[] {
  const narrow = narrowCount(layout);
  if (i < narrow) return [pointOf(layout, i)];
  const { wideFirst, widePoints } = layout;
  const wide = i - narrow;
  return [...widePoints.subarray(wideFirst[wide], wideFirst[wide + 1])];
}

export function subjectOf(layout: Layout, i: number): number {
  const narrow = narrowCount(layout);
  return (
    i < narrow ? layout.subjectOf[pointOf(layout, i)] : layout.wideSubject[i - narrow]
  ) as number;
}

export function instanceOf(layout: Layout, i: number): Instance {
  const subject = layout.subjects[subjectOf(layout, i)] as string;
  return { program: programOf(layout, i), subject, points: pointsOf(layout, i) };
}

/** The version in force at an instant. */
export function versionAt({ earlierVersions, standardVersion }: Layout, time: number): string {
  return earlierVersions.find(({ until }) => time < until)?.version ?? standardVersion;
}

/** What points like this one have in common. */
export function classOf({ classes, classOf: of }: Layout, point: number): PointClass {
  return classes[of[point] as number] as PointClass;
}

/** How long a reading of that instant holds, milliseconds; Infinity: until the next one. */
export function holdsFor({ silentAfter, silences }: PointClass, at: number): number {
  if (silences === null) return silentAfter;
  return silences.find(({ until }) => at < until)?.silentAfter ?? silentAfter;
}

/** Whether some point of an instance is judged at any age: nothing of it is ever forgotten. */
export function isAgeless(layout: Layout, i: number): boolean {
  const narrow = narrowCount(layout);
  if (i < narrow) return classOf(layout, pointOf(layout, i)).ageless;
  const { wideFirst, widePoints } = layout;
  const end = wideFirst[i - narrow + 1] as number;
  for (let k = wideFirst[i - narrow] as number; k < end; k += 1) {
    if (classOf(layout, widePoints[k] as number).ageless) return true;
  }
  return false;
}

/** Instances of a subject in the order of the standard. */
export function instancesOf(layout: Layout, subject: number): number[] {
  const { first, firstPoint, firstWide } = layout;
  const narrow = narrowCount(layout);
  const found: number[] = [];
  const points = [firstPoint[subject] as number, firstPoint[subject + 1] as number] as const;
  for (let i = first[points[0]] as number; i < (first[points[1]] as number); i += 1) found.push(i);
  for (let w = firstWide[subject] as number; w < (firstWide[subject + 1] as number); w += 1) {
    found.push(narrow + w);
  }
  return found
    .map((i) => ({ i, rank: programOf(layout, i).rank }))
    .sort((a, b) => a.rank - b.rank || a.i - b.i)
    .map(({ i }) => i);
}

/** Numbers words as they are met, so that a state is a number inside. */
export class Words {
  private readonly numbers = new Map<string, number>();
  private readonly list: string[] = [];

  constructor(words: readonly string[] = []) {
    for (const word of words) this.encode(word);
  }

  encode(word: string): number {
    let number = this.numbers.get(word);
    if (number === undefined) {
      number = this.list.length;
      this.numbers.set(word, number);
      this.list.push(word);
    }
    return number;
  }

  decode(number: number): string {
    return this.list[number] ?? '';
  }

  all(): readonly string[] {
    return this.list;
  }
}
