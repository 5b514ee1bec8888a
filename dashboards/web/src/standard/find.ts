import type { Standard, StandardItem } from '@caretaker/cloud/contract';

export type Check = StandardItem['check'];
export const checks = ['sensor', 'inspection', 'process', 'name-only'] as const;

/** A group with the items that were asked for, below their touchpoints. */
export interface Section {
  readonly group: Standard['groups'][number];
  readonly touchpoints: readonly {
    readonly touchpoint: Standard['touchpoints'][number];
    readonly items: readonly StandardItem[];
  }[];
  readonly counts: CheckCounts;
}

export type CheckCounts = Readonly<Record<Check | 'all', number>>;

/** Items whose id or name, or that of their touchpoint, holds every word of the text, in either language. */
export function itemsWith(standard: Standard, text: string): StandardItem[] {
  const names = new Map(standard.touchpoints.map(({ id, name }) => [id, name]));
  const words = text.toLocaleLowerCase().split(/\s+/);
  return standard.items.filter((item) => {
    const touchpoint = names.get(item.touchpoint);
    const all = [item.id, item.name.en, item.name.zh, touchpoint?.en, touchpoint?.zh]
      .join('\n')
      .toLocaleLowerCase();
    return words.every((word) => all.includes(word));
  });
}

export function countChecks(items: readonly StandardItem[]): CheckCounts {
  const by = (check: Check) => items.filter((item) => item.check === check).length;
  return {
    all: items.length,
    sensor: by('sensor'),
    inspection: by('inspection'),
    process: by('process'),
    'name-only': by('name-only'),
  };
}

/** The items in the order of the standard: group by group, touchpoint by touchpoint, none left out. */
export function sectionsOf(standard: Standard, items: readonly StandardItem[]): Section[] {
  const byTouchpoint = Map.groupBy(items, (item) => item.touchpoint);
  return standard.groups.flatMap((group) => {
    const touchpoints = standard.touchpoints.flatMap((touchpoint) => {
      const own = byTouchpoint.get(touchpoint.id) ?? [];
      return touchpoint.group === group.id && own.length > 0 ? [{ touchpoint, items: own }] : [];
    });
    const found = touchpoints.flatMap((one) => one.items);
    return found.length === 0 ? [] : [{ group, touchpoints, counts: countChecks(found) }];
  });
}
