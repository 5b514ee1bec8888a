import { loadStandard, type Rule, type Standard } from '@caretaker/standards';
import { expect, it } from 'vitest';
import { compare } from './compare.ts';
import type { Breach } from './tally.ts';
import { day, estate, midnight } from './testing.ts';

const hour = day / 24;
const period = { from: midnight, to: midnight + 7 * day, since: midnight };

/** The catalogue with two rules of bins, the first of which hides the second where the standard says so. */
function standardWhere(hides: boolean): Standard {
  const standard = loadStandard();
  const [first, second, ...others] = standard.items.filter((item) => item.rules.length > 0);
  if (first === undefined || second === undefined) throw new Error('the catalogue is empty');
  const ruleOf = (id: string, item: string): Rule => ({
    id,
    title: { en: id, zh: id },
    item,
    kind: 'bin',
    when: { metric: 'temp_c', above: 60 },
    for: 0,
    clearFor: 0,
    severity: 'medium',
    effect: 'none',
    latched: false,
    hiddenBy: hides && id === 'smell' ? [{ rules: ['full'] }] : undefined,
    source: 'test',
    confirmed: false,
  });
  const items = [
    { ...first, rules: [ruleOf('full', first.id)] },
    { ...second, rules: [ruleOf('smell', second.id)] },
    ...others.map((item) => ({ ...item, rules: [] })),
  ];
  return { ...standard, items };
}

it('makes no ticket of what a rule of another item hides, on the side whose standard says so', () => {
  const [draft, inForce] = [standardWhere(true), standardWhere(false)];
  const itemOf = (rule: string) =>
    draft.items.find((item) => item.rules.some(({ id }) => id === rule))?.id ?? '';
  const breach = (rule: string, onset: number, end: number): Breach => ({
    subject: `${estate.id}/bin-1`,
    rule,
    item: itemOf(rule),
    onset: midnight + onset * hour,
    detected: midnight + onset * hour,
    end: midnight + end * hour,
    severity: 'medium',
    latched: false,
  });
  const breaches = [breach('full', 0, 10), breach('smell', 2, 8), breach('smell', 20, 30)];
  const sides = { draft: breaches, inForce: breaches };
  const { total, items } = compare(sides, { draft, inForce }, [estate], period);
  expect(total).toMatchObject({
    draft: { tickets: 2, episodes: 3 },
    inForce: { tickets: 3, episodes: 3 },
    added: 0,
    removed: 1,
  });
  expect(items.find(({ item }) => item === itemOf('smell'))).toMatchObject({
    draft: { tickets: 1, episodes: 2 },
    inForce: { tickets: 2 },
    rules: [{ rule: 'smell', draft: 2, inForce: 2 }],
  });
});
