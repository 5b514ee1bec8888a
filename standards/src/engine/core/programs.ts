import { createHash } from 'node:crypto';
import { kinds } from '@caretaker/devices/kinds';
import type { Estate, Point } from '@caretaker/devices/model';
import type { Calendar } from '../../calendar/index.ts';
import type { CalendarSpec, Rule } from '../../rules/clause.ts';
import { type Leaf, type Node, type Resolved, windowless } from '../../rules/resolve.ts';
import type { Words } from './layout.ts';
import { type Expression, type Program, ProgramLeaf, type ValueType } from './program.ts';

/** What a program needs to know of the estate around its subject. */
export interface Surroundings {
  readonly estate: Estate;
  readonly calendars: (spec: CalendarSpec) => Calendar;
  readonly standardVersion: string;
}

/** Makes programs, one for all subjects on which a rule has the same numbers. */
export class Programs {
  private readonly known = new Map<string, Program>();
  private readonly words: Words;

  constructor(words: Words) {
    this.words = words;
  }

  /**
   * The program of a resolved rule.
   * @param places what the points of its leaves are to the subject, the same on all subjects alike
   * @param silentAfter by distinct point, in the order of the leaves
   */
  of(
    resolved: Resolved,
    kind: string,
    rank: number,
    places: readonly string[],
    silentAfter: readonly number[],
    around: Surroundings,
  ): Program {
    const { estate } = around;
    const { rule } = resolved;
    const inputs = [...new Set(places)];
    const leaves = resolved.leaves.map((leaf, k) => ({ ...leaf, point: places[k] }));
    const { zone, location, calendars, holidays } = estate;
    const key = `${rule.id} ${hash([{ ...resolved, leaves }, zone, location, calendars, holidays])}`;
    const name = [key, kind, rank, around.standardVersion, estate.id, ...silentAfter].join(' ');
    const known = this.known.get(name);
    if (known !== undefined) return known;
    const used = new Set<Calendar>();
    const expression = (node: Node): Expression => {
      if (node.op === 'leaf') return node;
      if (node.op === 'not') return { op: 'not', of: expression(node.of) };
      if (node.op !== 'calendar') return { op: node.op, of: node.of.map(expression) };
      const calendar = around.calendars(node.calendar);
      used.add(calendar);
      return { op: 'calendar', calendar };
    };
    const own = resolved.leaves.map((leaf, k) =>
      this.leaf(leaf, inputs.indexOf(places[k] as string), around),
    );
    const when = expression(resolved.when);
    const only = resolved.only === null ? null : expression(resolved.only);
    const clearWhen = resolved.clearWhen === null ? null : expression(resolved.clearWhen);
    const memories = own.filter((leaf) => leaf.remembers).length;
    const [first] = own;
    const simple =
      when.op === 'leaf' &&
      only === null &&
      clearWhen === null &&
      own.length === 1 &&
      memories === 0;
    const [low, high] = simple && first !== undefined ? first.quiet() : [0, 0];
    const program: Program = {
      ...named(rule, rule.id, around.standardVersion),
      resolved,
      kind,
      rank,
      silentAfter,
      leaves: own,
      memories,
      when,
      only,
      clearWhen,
      calendars: [...used],
      for: resolved.for,
      clearFor: resolved.clearFor,
      simple,
      low,
      high,
      key,
      shape: shapeOf(resolved, places),
      timeline: null,
    };
    this.known.set(name, program);
    return program;
  }

  /** The program of the silence of a point. */
  silence(rule: Rule, kind: string, point: Point, rank: number, standardVersion: string): Program {
    const id = `silence:${point.metric}`;
    const key = `${id} ${hash([rule, point.silentAfter])}`;
    const name = [key, kind, rank, standardVersion].join(' ');
    const known = this.known.get(name);
    if (known !== undefined) return known;
    const program: Program = {
      ...named(rule, id, standardVersion),
      resolved: null,
      kind,
      rank,
      silentAfter: [point.silentAfter ?? Number.POSITIVE_INFINITY],
      leaves: [],
      memories: 0,
      when: null,
      only: null,
      clearWhen: null,
      calendars: [],
      for: 0,
      clearFor: 0,
      simple: true,
      low: Number.NEGATIVE_INFINITY,
      high: Number.POSITIVE_INFINITY,
      key,
      shape: 'silence',
      timeline: null,
    };
    this.known.set(name, program);
    return program;
  }

  private leaf(spec: Leaf, input: number, { calendars }: Surroundings): ProgramLeaf {
    const during = spec.count?.during ?? null;
    const is = spec.is.map((v) => (typeof v === 'string' ? this.words.encode(v) : Number(v)));
    return new ProgramLeaf(
      spec,
      input,
      !windowless(spec),
      new Set(is),
      during === null ? null : calendars(during),
    );
  }
}

/** What the readings of a leaf's point are; null when the leaf takes any. */
export function typeOf(leaf: Leaf): ValueType | null {
  const [first] = leaf.is;
  if (first !== undefined) return typeof first as ValueType;
  if (leaf.comparison !== 'changed') return 'number';
  const type = kinds[leaf.kind]?.metrics[leaf.metric]?.type;
  if (type === undefined) return null;
  return type === 'state' ? 'string' : type === 'flag' ? 'boolean' : 'number';
}

function named(rule: Rule, id: string, standardVersion: string) {
  const { item, severity, effect, latched } = rule;
  return { rule: id, item, severity, effect, latched, standardVersion };
}

/** What a rule's limits are compared with; other numbers change what is remembered of the readings. */
const limits = new Set([
  ...['above', 'atLeast', 'below', 'atMost', 'clear', 'outside', 'clearInside'],
  ...['least', 'clearLeast', 'share', 'clearShare', 'absent'],
]);

/** The same for rules that differ in nothing but such limits. */
function shapeOf({ rule, leaves }: Resolved, places: readonly string[]): string {
  const text = JSON.stringify([rule.when, rule.only, rule.clearWhen], (key, value) => {
    if (!limits.has(key) || value === undefined) return value;
    return key === 'share' && typeof value === 'object' ? { window: value.window } : '#';
  });
  const counts = leaves.map(({ count }) => count && [count.of, count.clearOf]);
  return hash([text, places, counts]);
}

/** What decides no verdict. */
const aside = new Set(['title', 'proving']);

/** Of everything that decides a verdict. */
function hash(content: unknown): string {
  const text = JSON.stringify(content, (key, value) => (aside.has(key) ? undefined : value));
  return createHash('sha256').update(text).digest('base64url').slice(0, 12);
}
