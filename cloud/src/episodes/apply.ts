import type { Text } from '@caretaker/readings/base';
import type { EpisodeChange, EpisodeKey, Episode as Judged } from '@caretaker/standards/engine';
import type { Insertable } from 'kysely';
import { otherSeverity } from '../alarms/texts.ts';
import type { Severity } from '../contract/index.ts';
import type { Tx } from '../db/database.ts';
import type { Tables } from '../db/schema.ts';
import { sideBySide, together } from '../db/together.ts';
import { pause } from '../host/pause.ts';
import type { EpisodeNews } from '../tickets/model.ts';
import { columnsOf, type EpisodeRow } from './rows.ts';

/** What became of the episodes of one (subject, item); what its tickets are reconciled with. */
export interface ItemNews {
  readonly subject: string;
  readonly item: string;
  /** Event time of the earliest thing that changed. */
  since: number;
  readonly news: EpisodeNews[];
}

/** A rule on a subject of which an episode came, went or moved. */
export interface Moved {
  readonly subject: string;
  readonly rule: string;
  /** Event time of the earliest thing that changed. */
  readonly since: number;
}

export interface Applied {
  /** Those that were not known before. */
  readonly fresh: ReadonlySet<number>;
  /** Every episode that was written. */
  readonly episodes: ReadonlySet<number>;
  readonly items: readonly ItemNews[];
  readonly moved: readonly Moved[];
}

/**
 * Writes the engine's changes. Applying the same changes twice leaves the same rows: a key that already stands
 * is amended, one that no longer stands is opened.
 *
 * Withdrawals go first and moved onsets pass through a place of their own, so that the unique key of standing
 * episodes holds whatever order the engine speaks in.
 */
export async function applyChanges(
  tx: Tx,
  estate: string,
  changes: readonly EpisodeChange[],
  now: number,
): Promise<Applied> {
  const applied = collector();
  for (const change of changes) {
    if (change.type === 'withdrawn') await withdraw(tx, change.was, change.reason, applied);
  }
  const moves = await setAside(tx, changes);
  let first = true;
  for (const part of apart(changes)) {
    if (!first) await pause();
    first = false;
    await sideBySide(tx, part, async (change) => {
      const row = change.type === 'amended' ? moves.get(keyOf(change.was)) : undefined;
      if (row === undefined) await open(tx, estate, change.episode, now, applied);
      else await amend(tx, row, change.episode, applied);
    });
  }
  return applied;
}

type Written = Exclude<EpisodeChange, { type: 'withdrawn' }>;

/** In their order, in parts of which no two changes are about one rule on one subject. */
function* apart(changes: readonly EpisodeChange[]): Generator<readonly Written[]> {
  let part: Written[] = [];
  let about = new Set<string>();
  for (const change of changes) {
    if (change.type === 'withdrawn') continue;
    const key = `${change.episode.subject}\n${change.episode.rule}`;
    if (about.has(key) || part.length === changesPerTurn) {
      yield part;
      part = [];
      about = new Set();
    }
    about.add(key);
    part.push(change);
  }
  if (part.length > 0) yield part;
}

/** Changes written between two turns of the event loop. */
const changesPerTurn = 50;

const keyOf = (key: EpisodeKey) => `${key.subject}\n${key.rule}\n${key.onset}`;

function collector() {
  const episodes = new Set<number>();
  const items = new Map<string, ItemNews>();
  const moved: Moved[] = [];
  const fresh = new Set<number>();
  return {
    moved,
    fresh,
    episodes,
    get items() {
      return [...items.values()];
    },
    note(
      row: EpisodeRow,
      since: number,
      news: EpisodeNews['what'] | 'new' | 'same',
      reason?: Text,
    ) {
      episodes.add(row.id);
      const key = `${row.subject}\n${row.item}`;
      const found = items.get(key) ?? { subject: row.subject, item: row.item, since, news: [] };
      items.set(key, found);
      found.since = Math.min(found.since, since);
      if (news === 'new') fresh.add(row.id);
      if (news !== 'same') moved.push({ subject: row.subject, rule: row.rule, since });
      if (news === 'new' || news === 'same') return;
      found.news.push({ id: row.id, ticket: row.ticket, what: news, reason: reason ?? null });
    },
  };
}
type Collector = ReturnType<typeof collector>;

const standing = (tx: Tx, key: EpisodeKey) =>
  tx
    .selectFrom('episodes')
    .selectAll()
    .where('subject', '=', key.subject)
    .where('rule', '=', key.rule)
    .where('onset', '=', key.onset)
    .where('state', '=', 'standing')
    .executeTakeFirst();

/** What is known of an episode that the engine opens. */
const knownAs = together(async (tx, keys: readonly EpisodeKey[]) => {
  const rows = await tx
    .selectFrom('episodes')
    .selectAll()
    .where('subject', 'in', [...new Set(keys.map(({ subject }) => subject))])
    .where('rule', 'in', [...new Set(keys.map(({ rule }) => rule))])
    .where('onset', 'in', [...new Set(keys.map(({ onset }) => onset))])
    .where('state', 'in', ['standing', 'reported'])
    .execute();
  const found = Map.groupBy(rows, keyOf);
  return keys.map((key) => {
    const same = found.get(keyOf(key)) ?? [];
    const of = (state: EpisodeRow['state']) => same.find((row) => row.state === state);
    return { held: of('standing'), reported: of('reported') };
  });
});

const insert = together(async (tx, all: readonly Insertable<Tables['episodes']>[]) => {
  const rows = await tx.insertInto('episodes').values(all).returningAll().execute();
  // Numbers are given in the order of the values; rows may come in any.
  return rows.sort((a, b) => a.id - b.id);
});

/** The engine says what a gateway had said before: its episode takes the place of the reported one, ticket and all. */
async function confirm(tx: Tx, before: EpisodeRow, episode: Judged, into: Collector) {
  const after = { ...columnsOf(episode), state: 'standing' } as const;
  await tx.updateTable('episodes').set(after).where('id', '=', before.id).execute();
  const versions = { gateway: before.standard_version, cloud: after.standard_version };
  const reason = otherSeverity(before.severity as Severity, after.severity, versions);
  into.note({ ...before, item: after.item }, before.onset, 'confirmed', reason ?? undefined);
}

async function withdraw(tx: Tx, key: EpisodeKey, reason: Text, into: Collector): Promise<void> {
  const row = await standing(tx, key);
  if (row === undefined) return;
  await tx
    .updateTable('episodes')
    .set({ state: 'withdrawn', reason: JSON.stringify(reason) })
    .where('id', '=', row.id)
    .execute();
  into.note(row, row.onset, 'withdrawn', reason);
}

/** Finds the rows to be amended and gives those whose onset moves a key that nothing else can have. */
async function setAside(
  tx: Tx,
  changes: readonly EpisodeChange[],
): Promise<Map<string, EpisodeRow>> {
  const rows = new Map<string, EpisodeRow>();
  for (const change of changes) {
    if (change.type !== 'amended') continue;
    const row = await standing(tx, change.was);
    if (row === undefined) continue;
    rows.set(keyOf(change.was), row);
    if (row.onset === change.episode.onset) continue;
    await tx.updateTable('episodes').set({ onset: -row.id }).where('id', '=', row.id).execute();
  }
  return rows;
}

async function open(tx: Tx, estate: string, episode: Judged, now: number, into: Collector) {
  const { held, reported } = await knownAs(tx, episode);
  if (held !== undefined) return amend(tx, held, episode, into);
  if (reported !== undefined) return confirm(tx, reported, episode, into);
  const row = await insert(tx, { ...columnsOf(episode), estate, state: 'standing', learnt: now });
  into.note(row, episode.onset, 'new');
}

async function amend(tx: Tx, before: EpisodeRow, episode: Judged, into: Collector) {
  const after = columnsOf(episode);
  await tx.updateTable('episodes').set(after).where('id', '=', before.id).execute();
  const ended = after.ended !== null && before.ended === null;
  const moved =
    after.onset !== before.onset ||
    after.ended !== before.ended ||
    after.severity !== before.severity;
  into.note(
    { ...before, item: after.item },
    Math.min(before.onset, after.onset),
    ended ? 'ended' : moved ? 'amended' : 'same',
  );
}
