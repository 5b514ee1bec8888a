import type { Asset, Standard } from '@caretaker/cloud/contract';
import { type PointCounts, sumPoints } from '../state/counts.ts';
import { isAbnormal, type Mark, markOf, rankOf } from '../state/mark.ts';

/** One tile: a touchpoint group with the assets that belong to it. */
export interface Group {
  readonly id: string;
  /** 1 to 20 in the standard's list; groups it does not name come last. */
  readonly number: number;
  readonly name: { readonly en: string; readonly zh: string };
  /** Worst first. */
  readonly assets: readonly Asset[];
  readonly mark: Mark;
  readonly points: PointCounts & { readonly total: number };
  /** Open tickets of its assets. */
  readonly tickets: readonly number[];
}

type NamedGroup = Standard['groups'][number];

/** Worst first; of equals in breach the longer one, of the others by name: rows keep their places. */
export function byState(a: Asset, b: Asset): number {
  const rank = rankOf(markOf(a.state)) - rankOf(markOf(b.state));
  if (rank !== 0) return rank;
  const since = isAbnormal(markOf(a.state)) ? (a.state.since ?? 0) - (b.state.since ?? 0) : 0;
  return since || a.id.localeCompare(b.id, 'en', { numeric: true });
}

function groupOf(named: NamedGroup, members: readonly Asset[]): Group {
  const assets = members.toSorted(byState);
  const worst = assets[0];
  return {
    id: named.id,
    number: named.number,
    name: named.name,
    assets,
    mark: worst === undefined ? 'ok' : markOf(worst.state),
    points: sumPoints(assets.map((asset) => asset.state.points)),
    tickets: [...new Set(assets.flatMap((asset) => asset.state.tickets))],
  };
}

/**
 * The tiles of an estate, in the order of the standard, and the groups that no asset belongs to. An
 * asset whose group the standard does not name still gets a tile: nothing may vanish.
 */
export function groupAssets(
  assets: readonly Asset[],
  named: readonly NamedGroup[],
): { readonly groups: Group[]; readonly unwatched: NamedGroup[] } {
  const members = Map.groupBy(assets, (asset) => asset.group);
  const strays = [...members.keys()].filter((id) => !named.some((group) => group.id === id));
  const all = [
    ...named,
    ...strays.map((id): NamedGroup => ({ id, number: 99, name: { en: id, zh: id } })),
  ].toSorted((a, b) => a.number - b.number);
  return {
    groups: all.flatMap((one) => {
      const own = members.get(one.id);
      return own === undefined ? [] : [groupOf(one, own)];
    }),
    unwatched: all.filter((one) => !members.has(one.id)),
  };
}

/** Worst first, of equals in the order of the standard. */
export function byWorst(a: Group, b: Group): number {
  return rankOf(a.mark) - rankOf(b.mark) || a.number - b.number;
}
