import type { Text } from '@caretaker/readings/base';
import type { Item, Standard, Touchpoint } from '../catalogue/standard.ts';
import type { Rule } from '../rules/clause.ts';
import { sentenceOf } from '../text/sentence.ts';
import { duration, glue, text, together, value } from '../text/words.ts';
import { conditionFacts, type Fact, type Facts, factsOf } from './facts.ts';
import { labelOf } from './labels.ts';

export type What = 'added' | 'removed' | 'changed';

/** One thing that reads otherwise: `limit 80 → 82 dB(A)`. */
export interface FieldChange {
  /** Where it stands, `for`, `when.0.limit`. */
  readonly path: string;
  readonly text: Text;
}

export interface RuleChange {
  readonly id: string;
  readonly what: What;
  readonly title: Text;
  /** The whole rule, as it is after the change, or was when it is gone. */
  readonly sentence: Text;
  /** Empty for a rule that is new or gone. */
  readonly changes: readonly FieldChange[];
}

export interface ItemChange {
  readonly id: string;
  readonly what: What;
  readonly name: Text;
  readonly changes: readonly FieldChange[];
  readonly rules: readonly RuleChange[];
}

export interface TouchpointChange {
  readonly id: string;
  readonly what: What;
  readonly name: Text;
  readonly changes: readonly FieldChange[];
  readonly items: readonly ItemChange[];
}

/** What is otherwise in one standard than in another; what is the same is left out. */
export interface StandardDiff {
  /** Versions. */
  readonly from: string;
  readonly to: string;
  /** Names of groups that are new, gone or called otherwise. */
  readonly groups: readonly FieldChange[];
  readonly touchpoints: readonly TouchpointChange[];
  readonly counts: {
    readonly items: Readonly<Record<What, number>>;
    readonly rules: Readonly<Record<What, number>>;
  };
}

/** Touchpoint by touchpoint, item by item, rule by rule; in the order of their ids. */
export function diffStandards(before: Standard, after: Standard): StandardDiff {
  const touchpoints = paired(before.touchpoints, after.touchpoints).flatMap(([id, was, is]) => {
    const items = paired(itemsOf(before, id), itemsOf(after, id));
    return touchpointChange(id, was, is, items);
  });
  const items = touchpoints.flatMap((touchpoint) => touchpoint.items);
  return {
    from: before.version,
    to: after.version,
    groups: compare(groupFacts(before), groupFacts(after)),
    touchpoints,
    counts: { items: countOf(items), rules: countOf(items.flatMap((item) => item.rules)) },
  };
}

const itemsOf = (standard: Standard, touchpoint: string): readonly Item[] =>
  standard.items.filter((item) => item.touchpoint === touchpoint);

function groupFacts({ groups }: Standard): Facts {
  return factsOf(
    Object.fromEntries(groups.map((group) => [`${group.number} ${group.id}`, group.name])),
    [],
  );
}

function touchpointChange(
  id: string,
  was: Touchpoint | undefined,
  is: Touchpoint | undefined,
  pairs: readonly Pair<Item>[],
): TouchpointChange[] {
  const items = pairs.flatMap(([item, before, after]) => itemChange(item, before, after));
  const changes = both(was, is, (x) => factsOf(x, ['id']));
  const what = whatOf(was, is);
  if (what === 'changed' && changes.length === 0 && items.length === 0) return [];
  return [{ id, what, name: (is ?? was)?.name ?? text(id, id), changes, items }];
}

function itemChange(id: string, was: Item | undefined, is: Item | undefined): ItemChange[] {
  // Most items of two versions are the same, and putting facts into words is slow.
  if (JSON.stringify(was) === JSON.stringify(is)) return [];
  const rules = paired(was?.rules ?? [], is?.rules ?? []).flatMap(([rule, before, after]) =>
    ruleChange(rule, before, after),
  );
  const changes = both(was, is, (x) => factsOf(x, ['id', 'touchpoint', 'group', 'rules']));
  const what = whatOf(was, is);
  if (what === 'changed' && changes.length === 0 && rules.length === 0) return [];
  return [{ id, what, name: (is ?? was)?.name ?? text(id, id), changes, rules }];
}

function ruleChange(id: string, was: Rule | undefined, is: Rule | undefined): RuleChange[] {
  const rule = is ?? was;
  const what = whatOf(was, is);
  if (rule === undefined || JSON.stringify(was) === JSON.stringify(is)) return [];
  const changes = was === undefined || is === undefined ? [] : ruleFields(was, is);
  if (what === 'changed' && changes.length === 0) return [];
  return [{ id, what, title: rule.title, sentence: sentenceOf(rule), changes }];
}

/** Kept out of the plain fields: what is told by their place, and the condition, which is a tree. */
const apart = ['id', 'item', 'when', 'only', 'clearWhen'];

function ruleFields(was: Rule, is: Rule): FieldChange[] {
  const [before, after] = [conditionFacts(was), conditionFacts(is)];
  const fields = compare(factsOf(was, apart), factsOf(is, apart));
  if (before.shape === after.shape) return [...compare(before.facts, after.facts), ...fields];
  const [from, to] = [sentenceOf(was), sentenceOf(is)];
  const label = text('condition', '条件');
  return [{ path: 'when', text: changeText(label, quoted(from), quoted(to)) }, ...fields];
}

const quoted = ({ en, zh }: Text): Text => text(`"${en}"`, `“${zh}”`);

function both<T>(was: T | undefined, is: T | undefined, facts: (of: T) => Facts): FieldChange[] {
  return was === undefined || is === undefined ? [] : compare(facts(was), facts(is));
}

function compare(before: Facts, after: Facts): FieldChange[] {
  const paths = new Set([...after.keys(), ...before.keys()]);
  return [...paths].flatMap((path) => {
    const [was, is] = [before.get(path), after.get(path)];
    if (was?.fact.exact === is?.fact.exact) return [];
    const label = is?.label ?? was?.label ?? labelOf(path);
    const [from, to] = pairText(was?.fact, is?.fact);
    return [{ path, text: changeText(label, from, to) }];
  });
}

function changeText(label: Text, from: Text, to: Text): Text {
  // Figures stand apart from their label by themselves, words do not.
  const between = /^\p{Script=Han}/u.test(from.zh) ? '：' : '';
  return text(`${label.en} ${from.en} → ${to.en}`, glue(label.zh, between, from.zh, ' → ', to.zh));
}

const none = text('none', '无');

/** Both sides so that they are read against each other: in one unit, which is said once. */
function pairText(was: Fact | undefined, is: Fact | undefined): readonly [Text, Text] {
  if (was === undefined || is === undefined) {
    return [was === undefined ? none : factText(was), is === undefined ? none : factText(is)];
  }
  const pair = pairOf(was, is);
  // Where words do not show the difference, the content itself does.
  return pair[0].en === pair[1].en ? [text(was.exact, was.exact), text(is.exact, is.exact)] : pair;
}

function pairOf(was: Fact, is: Fact): readonly [Text, Text] {
  if (was.type === 'duration' && is.type === 'duration') {
    return [durationLike(was.value, is.value), durationLike(is.value, was.value)];
  }
  const alike =
    was.type === 'number' &&
    is.type === 'number' &&
    was.unit === is.unit &&
    was.side?.en === is.side?.en;
  return alike ? [value(was.value, ''), value(is.value, is.unit)] : [factText(was), factText(is)];
}

function factText(fact: Fact): Text {
  if (fact.type === 'text') return fact.value;
  if (fact.type === 'duration') return duration(fact.value);
  return together([fact.side ?? text('', ''), value(fact.value, fact.unit)], ' ');
}

const units = [
  [3_600_000, 'h', '小时'],
  [60_000, 'min', '分钟'],
  [1_000, 's', '秒'],
] as const;

/** In the largest unit of which both are whole numbers; one of nothing in the unit of the other. */
function durationLike(milliseconds: number, other: number): Text {
  if (milliseconds === 0) return none;
  if (other === 0) return duration(milliseconds);
  const unit = units.find(([size]) => milliseconds % size === 0 && other % size === 0);
  if (unit === undefined) return text(`${milliseconds} ms`, `${milliseconds} 毫秒`);
  const n = milliseconds / unit[0];
  return text(`${n} ${unit[1]}`, `${n} ${unit[2]}`);
}

type Pair<T> = readonly [id: string, before: T | undefined, after: T | undefined];

function paired<T extends { readonly id: string }>(
  before: readonly T[],
  after: readonly T[],
): Pair<T>[] {
  const was = new Map(before.map((x) => [x.id, x]));
  const is = new Map(after.map((x) => [x.id, x]));
  return [...new Set([...was.keys(), ...is.keys()])]
    .sort()
    .map((id) => [id, was.get(id), is.get(id)] as const);
}

function whatOf(was: unknown, is: unknown): What {
  if (was === undefined) return 'added';
  return is === undefined ? 'removed' : 'changed';
}

function countOf(list: readonly { readonly what: What }[]): Record<What, number> {
  const counts = { added: 0, removed: 0, changed: 0 };
  for (const { what } of list) counts[what] += 1;
  return counts;
}
