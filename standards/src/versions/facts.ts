import { kinds } from '@caretaker/devices/kinds';
import type { Text } from '@caretaker/readings/base';
import type { TimeLimit } from '../catalogue/standard.ts';
import type { CalendarSpec, Clause, Hiding, Limit, Rule, Step } from '../rules/clause.ts';
import { calendarText } from '../text/phrases.ts';
import { timeText } from '../text/times.ts';
import {
  attributes,
  band,
  duration,
  join,
  nothing,
  small,
  text,
  together,
  value,
} from '../text/words.ts';
import { labelOf } from './labels.ts';

/** One number, duration or phrase of a rule or item, to be held against the same of another version. */
export type Fact = {
  /** What is compared: two facts may differ in what a phrase does not show. */
  readonly exact: string;
} & (
  | { readonly type: 'number'; readonly value: number; readonly unit: string; readonly side?: Text }
  /** Milliseconds. */
  | { readonly type: 'duration'; readonly value: number }
  | { readonly type: 'text'; readonly value: Text }
);

/** By a path that names the same thing in both versions: `for`, `when.0.limit`. */
export type Facts = ReadonlyMap<string, { readonly label: Text; readonly fact: Fact }>;

type Entry = readonly [path: string, label: Text, fact: Fact];

/** Keys whose numbers are milliseconds. `every` is one only inside a baseline. */
const spans = new Set([
  'for',
  'clearFor',
  'proving',
  'fold',
  'window',
  'absent',
  'within',
  'bucket',
  'every',
]);

/** Every field of `of` but those named. */
export function factsOf(of: object, without: readonly string[], unit = ''): Facts {
  return collect(
    Object.entries(of)
      .filter(([key]) => !without.includes(key))
      .flatMap(([key, inner]) => entriesOf(key, labelOf(key), inner, unit)),
  );
}

/**
 * What a condition is made of; `shape` is the same for two conditions that differ in numbers only.
 * @param kind of asset, for names and units of its metrics
 */
export function conditionFacts(rule: Rule): { readonly shape: string; readonly facts: Facts } {
  const parts = [rule.when, rule.only, rule.clearWhen];
  const names = ['when', 'only', 'clearWhen'];
  const leaves = parts.flatMap((part) => (part === undefined ? [] : leavesOf(part)));
  const several = new Set(leaves.map((leaf) => leaf.metric)).size > 1;
  const entries: Entry[] = [];
  const shapes = parts.map((part, k) => {
    if (part === undefined) return '';
    let n = 0;
    return shapeOf(part, (leaf) => {
      entries.push(...leafEntries(rule.kind, leaf, `${names[k]}.${n}`, several));
      n += 1;
    });
  });
  return { shape: shapes.join(' | '), facts: collect(entries) };
}

function collect(entries: readonly Entry[]): Facts {
  return new Map(entries.map(([path, label, fact]) => [path, { label, fact }]));
}

function leavesOf(clause: Clause): readonly Clause[] {
  const inner = clause.all ?? clause.any ?? (clause.not === undefined ? undefined : [clause.not]);
  return inner === undefined ? [clause] : inner.flatMap(leavesOf);
}

/** The tree without its numbers; `visit` gets its leaves and calendars in order. */
function shapeOf(clause: Clause, visit: (leaf: Clause) => void): string {
  if (clause.all !== undefined) return `all(${clause.all.map((c) => shapeOf(c, visit)).join()})`;
  if (clause.any !== undefined) return `any(${clause.any.map((c) => shapeOf(c, visit)).join()})`;
  if (clause.not !== undefined) return `not(${shapeOf(clause.not, visit)})`;
  visit(clause);
  if (clause.calendar !== undefined) return 'calendar';
  return clause.from === undefined ? `${clause.metric}` : `${clause.from}/${clause.metric}`;
}

/** Words of the comparisons with one limit; they stand under one path, so that a turned side is one change. */
const sides: Readonly<Record<string, Text>> = {
  above: text('above', '高于'),
  atLeast: text('at or above', '达到或超过'),
  below: text('below', '低于'),
  atMost: text('at or below', '不高于'),
};

function leafEntries(kind: string, clause: Clause, path: string, several: boolean): Entry[] {
  const metric = kinds[kind]?.metrics[clause.metric ?? ''];
  const unit = clause.unit ?? metric?.unit ?? '';
  const name = small(metric?.label ?? text(clause.metric ?? '', clause.metric ?? ''));
  const named = (label: Text): Text =>
    several && clause.metric !== undefined
      ? text(`${name.en}: ${label.en}`, `${name.zh}：${label.zh}`)
      : label;
  const { metric: _, from: __, ...fields } = clause;
  return Object.entries(fields).flatMap(([key, inner]): Entry[] => {
    if (inner === undefined) return [];
    const side = sides[key];
    if (side !== undefined || key === 'clear') {
      const at = side === undefined ? 'clear' : 'limit';
      return [[`${path}.${at}`, named(labelOf(at)), limitFact(inner as Limit, unit, side)]];
    }
    const label = named(key === 'every' ? text('all of them', '全部') : labelOf(key));
    return entriesOf(key, label, inner, unit).map(([at, l, f]) => [`${path}.${at}`, l, f] as const);
  });
}

function entriesOf(key: string, label: Text, inner: unknown, unit: string): Entry[] {
  if (inner === undefined) return [];
  const exact = JSON.stringify(inner);
  const phrase = (shown: Text): Entry[] => [[key, label, { exact, type: 'text', value: shown }]];
  if (typeof inner === 'number') {
    const fact: Fact = spans.has(key)
      ? { exact, type: 'duration', value: inner }
      : { exact, type: 'number', value: inner, unit: '' };
    return [[key, label, fact]];
  }
  if (key === 'outside' || key === 'clearInside') {
    const [low, high] = inner as readonly [number, number];
    return phrase(band([low, high], unit));
  }
  if (key === 'calendar' || key === 'during') return phrase(calendarText(inner as CalendarSpec));
  if (isText(inner)) return phrase(inner);
  if (key === 'steps') return phrase(joined((inner as readonly Step[]).map(stepText)));
  if (key === 'hiddenBy') return phrase(joined((inner as readonly Hiding[]).map(hidingText)));
  if (key === 'times') return phrase(joined((inner as readonly TimeLimit[]).map(timeText)));
  if (Array.isArray(inner)) return phrase(joined(inner.map(plain)));
  if (typeof inner !== 'object' || inner === null) return phrase(plain(inner));
  return Object.entries(inner).flatMap(([own, deeper]) =>
    entriesOf(own, together([label, labelOf(own)], ' '), deeper, unit).map(
      ([at, l, f]) => [`${key}.${at}`, l, f] as const,
    ),
  );
}

const yes = text('yes', '是');
const no = text('no', '否');

function plain(inner: unknown): Text {
  if (typeof inner === 'boolean') return inner ? yes : no;
  const shown = typeof inner === 'object' ? JSON.stringify(inner) : String(inner);
  return text(shown, shown);
}

function joined(list: readonly Text[]): Text {
  return list.length === 0 ? text('none', '无') : join(list, ', ', '、');
}

function stepText(step: Step): Text {
  const { severity } = step;
  if ('after' in step) {
    const age = duration(step.after);
    return text(`${severity} after ${age.en}`, `${age.zh}后 ${severity}`);
  }
  if ('above' in step)
    return text(`${severity} above ${step.above}`, `高于 ${step.above} 时 ${severity}`);
  return text(`${severity} below ${step.below}`, `低于 ${step.below} 时 ${severity}`);
}

function hidingText({ relation, rules }: Hiding): Text {
  const en = rules.join(', ');
  const zh = rules.join('、');
  return relation === undefined ? text(en, zh) : text(`${relation}: ${en}`, `${relation}：${zh}`);
}

function isText(inner: unknown): inner is Text {
  if (typeof inner !== 'object' || inner === null) return false;
  return Object.keys(inner).length === 2 && 'en' in inner && 'zh' in inner;
}

function limitFact(limit: Limit, unit: string, side: Text | undefined): Fact {
  const exact = JSON.stringify([limit, side?.en]);
  if (typeof limit === 'number') {
    const fact = { exact, type: 'number', value: limit, unit } as const;
    return side === undefined ? fact : { ...fact, side };
  }
  const { attribute, otherwise, scale = 1, offset = 0, log10 } = limit;
  const name = attributes[attribute] ?? text(attribute, attribute);
  const times = scale === 1 ? '' : `${scale} × `;
  const of = log10 === true ? text(`log10 of the ${name.en}`, `${name.zh}的常用对数`) : name;
  const plus = offset === 0 ? '' : ` ${offset < 0 ? '−' : '+'} ${Math.abs(offset)}`;
  const computed = text(times + of.en + plus, times + of.zh + plus);
  const shown = together([side ?? nothing, computed], ' ');
  if (otherwise === undefined) return { exact, type: 'text', value: shown };
  const known = value(otherwise, '');
  return {
    exact,
    type: 'text',
    value: text(
      `${shown.en} (${known.en} where it is not known)`,
      `${shown.zh}（未知时取 ${known.zh}）`,
    ),
  };
}
