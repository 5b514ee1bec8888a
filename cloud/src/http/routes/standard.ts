import { type Item, sentenceOf, timeText } from '@caretaker/standards';
import { type Standard, type StandardItem, standardSchema } from '../../contract/index.ts';
import { faultViews, versionViews } from '../../standards/list.ts';
import type { Api, App } from '../api.ts';

/** What good means. */
export function standardRoutes(app: App, api: Api): void {
  app.get(
    '/api/standard',
    {
      schema: {
        tags: ['standard'],
        summary: 'The standard in force: groups, touchpoints, items and their rules',
        response: { 200: standardSchema },
      },
    },
    async (): Promise<Standard> => {
      const { version, groups, touchpoints, items } = api.inForce.standard;
      const effective = versionViews(api.inForce, api.clock.now()).find((v) => v.inForce);
      const { refused } = api.inForce;
      return {
        version,
        effective: effective?.effective ?? 0,
        refused: refused === null ? null : { ...refused, faults: faultViews(refused.faults) },
        groups: [...groups],
        touchpoints: [...touchpoints],
        items: items.map(itemOf),
      };
    },
  );
}

function itemOf({ number, also, process, times, rules, ...item }: Item): StandardItem {
  return {
    ...item,
    number: number ?? null,
    also: also ?? null,
    process: process ?? null,
    times: times.map((time) => ({
      key: time.key,
      text: timeText(time),
      confirmed: time.confirmed,
    })),
    rules: rules.map((rule) => ({
      id: rule.id,
      kind: rule.kind,
      title: rule.title,
      sentence: sentenceOf(rule),
      severity: rule.severity,
      effect: rule.effect,
      latched: rule.latched,
      local: rule.local === true,
      metrics: metricsIn(rule.when),
      source: rule.source,
      confirmed: rule.confirmed,
    })),
  };
}

type Clause = NonNullable<Item['rules'][number]['when']>;

function metricsIn(clause: Clause | undefined): string[] {
  if (clause === undefined) return [];
  const inner = [...(clause.all ?? []), ...(clause.any ?? []), ...(clause.not ? [clause.not] : [])];
  const own = clause.metric === undefined ? [] : [clause.metric];
  return [...new Set([...own, ...inner.flatMap(metricsIn)])];
}
