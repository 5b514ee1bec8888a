import type { Estate, Point } from '@caretaker/devices/model';
import { pointsWith } from '@caretaker/standards';
import type { OwnLimit, Restatement, StandardFault, StandardVersion } from '../contract/index.ts';
import type { InForce } from './in-force.ts';
import type { Restated } from './restatements.ts';
import type { Entry, StandardVersions } from './versions.ts';

/** Every version, the one that was published last first. */
export function versionViews({ versions }: InForce, now: number): StandardVersion[] {
  return versions.known.map((entry) => viewOf(entry, versions, now)).toReversed();
}

function viewOf(entry: Entry, versions: StandardVersions, now: number): StandardVersion {
  const { number, version, effective, by, note, recorded, withdrawn, withdrawn_by } = entry;
  const chain = versions.all;
  const place = chain.indexOf(entry);
  const until = place < 0 ? null : (chain[place + 1]?.effective ?? null);
  return {
    number,
    version,
    // The first one counts from the beginning: what is restated may end it before the time it was given.
    effective: Math.min(effective, until ?? effective),
    until,
    by,
    note,
    recorded,
    inForce: versions.at(now) === entry,
    withdrawn: withdrawn === null ? null : { at: withdrawn, by: withdrawn_by ?? '' },
    restated: entry.restatement === null ? null : { at: recorded, by, reason: note },
    replacedBy:
      entry.replaced_by === null
        ? null
        : (versions.known.find((other) => other.restatement === entry.replaced_by)?.number ?? null),
  };
}

/** Restatements as they are shown. */
export function restatementViews(list: readonly Restated[]): Restatement[] {
  return list.map(({ since, rules, subjects: _, ...one }) => ({
    ...one,
    from: since,
    rules: JSON.parse(rules) as string[],
  }));
}

export function faultViews(
  faults: readonly { code: string; message: string; where?: string }[],
): StandardFault[] {
  return faults.map(({ code, message, where }) => ({ code, message, where: where ?? null }));
}

/** Every number of its own that an estate has, had or will have, in the order of point, rule, name and time. */
export function ownLimits(inForce: InForce, estate: Estate, now: number): OwnLimit[] {
  const points = estate.assets.flatMap((asset) => asset.points);
  const seeded = points.flatMap((point) => seeds(estate.id, point));
  const changed = inForce.overrides.known(estate.id).map((change) => ({
    estate: estate.id,
    point: change.point,
    rule: change.rule,
    name: change.name,
    value: change.value,
    from: change.effective,
    by: change.by,
    reason: change.reason,
    recorded: change.recorded,
    restated: change.restatement !== null,
    replaced: change.replaced_by !== null,
  }));
  const series = Map.groupBy([...seeded, ...changed], (own) => keyOf(own));
  return [...series.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, list]) => {
      const first = list[0];
      const read = first !== undefined && isRead(inForce, estate, first);
      return list.map(({ replaced, ...own }, k) => {
        if (replaced) return { ...own, until: null, state: 'replaced' as const, read };
        const until = list.slice(k + 1).find((other) => !other.replaced)?.from ?? null;
        return { ...own, until, state: stateOf(own.from, until, now), read };
      });
    });
}

type Seed = Omit<OwnLimit, 'until' | 'state' | 'read'> & { readonly replaced: boolean };

const keyOf = ({ point, rule, name }: Pick<Seed, 'point' | 'rule' | 'name'>) =>
  `${point}\n${rule}\n${name}`;

function seeds(estate: string, { id, limits }: Point): Seed[] {
  return Object.entries(limits).flatMap(([rule, numbers]) =>
    Object.entries(numbers).map(([name, value]) => ({
      estate,
      point: id,
      rule,
      name,
      value,
      from: null,
      by: 'estate file',
      reason: '',
      recorded: null,
      restated: false,
      replaced: false,
    })),
  );
}

function stateOf(from: number | null, until: number | null, now: number): OwnLimit['state'] {
  if (from !== null && from > now) return 'to-come';
  return until !== null && until <= now ? 'past' : 'in-force';
}

function isRead(
  { standard }: InForce,
  estate: Estate,
  of: Pick<Seed, 'point' | 'rule' | 'name'>,
): boolean {
  const { point, rule, name } = of;
  const asset = estate.assets.find((a) => a.points.some((p) => p.id === point));
  return asset !== undefined && pointsWith(standard, estate, asset, rule, name).includes(point);
}
