import type { Text } from '@caretaker/readings/base';
import { type Hiding, lifeOf } from '@caretaker/standards/overlay';
import type { TicketDetail } from '../contract/index.ts';
import type { Database } from '../db/database.ts';
import type { EpisodeRow } from '../episodes/rows.ts';
import { type Directory, gatewaySubject } from '../estates/directory.ts';
import { hideableOf } from './hidden.ts';

type Hides = TicketDetail['hides'];

export interface HidesParts {
  readonly database: Database;
  readonly hiding: Hiding;
  readonly directory: Directory;
  readonly faultOf: (rule: string) => Text;
}

/** More would be a list nobody reads. */
const most = 500;
/** Rules hide rules that hide rules; the standard refuses circles. */
const deepest = 8;

/**
 * What makes no ticket of its own because of these episodes: the breaches that they hide and those that these
 * hide in turn; for the absence of a gateway, every asset behind it.
 * @param episodes of one ticket
 */
export async function hidesOf(parts: HidesParts, episodes: readonly EpisodeRow[]): Promise<Hides> {
  const standing = episodes.filter((row) => row.state === 'standing');
  const found = new Map<number, EpisodeRow>();
  let hiders: readonly EpisodeRow[] = standing;
  for (let depth = 0; depth < deepest && hiders.length > 0 && found.size < most; depth += 1) {
    const under = await hiddenUnder(parts, hiders);
    hiders = under.filter((row) => !found.has(row.id));
    for (const row of hiders) found.set(row.id, row);
  }
  const { directory, faultOf } = parts;
  const hidden = [...found.values()]
    .sort((a, b) => a.onset - b.onset || a.id - b.id)
    .map(({ subject, item, rule }) => ({
      subject,
      subjectName: directory.nameOf(subject).name,
      item,
      rule,
      title: faultOf(rule),
    }));
  return [...hidden, ...standing.flatMap((row) => behind(directory, row))].slice(0, most);
}

/** Episodes without a ticket of which one of these hides a part at least. */
async function hiddenUnder(
  { database, hiding }: HidesParts,
  hiders: readonly EpisodeRow[],
): Promise<readonly EpisodeRow[]> {
  const under = hiders.flatMap((hider) => hiding.hiddenBy(hider)).slice(0, most);
  if (under.length === 0) return [];
  const rows = await database.read
    .selectFrom('episodes')
    .selectAll()
    .where('subject', 'in', [...new Set(under.map(({ subject }) => subject))])
    .where('rule', 'in', [...new Set(under.map(({ rule }) => rule))])
    .where('state', '=', 'standing')
    .where('ticket', 'is', null)
    .where('severity', 'not in', ['advice', 'emergency'])
    .execute();
  return rows.filter((row) => {
    const on = hiding.hidersOf(row);
    const life = lifeOf(hideableOf(row));
    return hiders.some(
      (hider) =>
        on.some(({ subject, rule }) => subject === hider.subject && rule === hider.rule) &&
        hider.onset < life.to &&
        life.from < (hider.ended ?? Infinity),
    );
  });
}

/** Assets of which nothing is known while this gateway is away. */
function behind(directory: Directory, { subject, estate, ended, effect }: EpisodeRow): Hides {
  if (effect !== 'unknown' || ended !== null) return [];
  const assets = [...directory.assets].filter(
    ([, asset]) => gatewaySubject(estate, asset.gateway) === subject,
  );
  return assets.map(([id, asset]) => ({
    subject: id,
    subjectName: asset.name,
    item: null,
    rule: null,
    title: null,
  }));
}
