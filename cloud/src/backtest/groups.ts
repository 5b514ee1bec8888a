import type { Estate } from '@caretaker/devices/model';

/**
 * The points of an estate in groups that no rule joins: those of assets that are related, directly or over
 * others. A group can be judged by itself, through all of its time, before the next one begins.
 */
export function pointGroups(estate: Estate): string[][] {
  const leaders = new Map(estate.assets.map((asset) => [asset.id, asset.id]));
  const leaderOf = (id: string): string => {
    let leader = id;
    for (let next = leaders.get(leader); next !== undefined && next !== leader; ) {
      leader = next;
      next = leaders.get(leader);
    }
    // What was walked through is led directly from now on.
    leaders.set(id, leader);
    return leader;
  };
  for (const asset of estate.assets) {
    for (const related of Object.values(asset.relations).flat()) {
      if (leaders.has(related)) leaders.set(leaderOf(asset.id), leaderOf(related));
    }
  }
  const groups = Map.groupBy(estate.assets, (asset) => leaderOf(asset.id));
  return Array.from(groups.values(), (assets) =>
    assets.flatMap((asset) => asset.points.map((point) => point.id)),
  ).filter((points) => points.length > 0);
}
