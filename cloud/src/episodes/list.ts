import { z } from 'zod';
import type { Database } from '../db/database.ts';
import type { EpisodeRow } from './rows.ts';

export const episodeKey = z.tuple([z.number(), z.number()]);

export interface EpisodeQuery {
  /** Null for all. */
  readonly estates: readonly string[] | null;
  readonly subject?: string | undefined;
  readonly item?: string | undefined;
  readonly rule?: string | undefined;
  readonly ids?: readonly number[] | undefined;
  readonly open?: boolean | undefined;
  readonly state?: EpisodeRow['state'] | undefined;
  /** Episodes that touch [from, to). */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly limit: number;
  /** Onset and id of the last one of the page before. */
  readonly after: readonly [onset: number, id: number] | null;
}

/** Newest onset first. */
export async function listEpisodes(database: Database, query: EpisodeQuery): Promise<EpisodeRow[]> {
  const { after, from, to } = query;
  if (query.ids?.length === 0 || query.estates?.length === 0) return [];
  let select = database.read
    .selectFrom('episodes')
    .selectAll()
    .orderBy('onset', 'desc')
    .orderBy('id', 'desc')
    .limit(query.limit);
  for (const name of ['subject', 'item', 'rule', 'state'] as const) {
    const value = query[name];
    if (value !== undefined) select = select.where(name, '=', value);
  }
  if (query.estates !== null) select = select.where('estate', 'in', query.estates);
  if (query.ids !== undefined) select = select.where('id', 'in', query.ids);
  if (query.open !== undefined) select = select.where('ended', query.open ? 'is' : 'is not', null);
  if (from !== undefined) {
    select = select.where((eb) => eb.or([eb('ended', 'is', null), eb('ended', '>', from)]));
  }
  if (to !== undefined) select = select.where('onset', '<', to);
  if (after !== null) {
    const [onset, id] = after;
    select = select.where((eb) =>
      eb.or([eb('onset', '<', onset), eb.and([eb('onset', '=', onset), eb('id', '<', id)])]),
    );
  }
  return select.execute();
}
