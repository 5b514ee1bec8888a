import type {
  Episode,
  Kpi,
  KpiStretches,
  Standard,
  StandardDiff,
  StandardVersion,
} from '@caretaker/cloud/contract';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { serverClock } from '../time/server-clock.ts';
import { get, getAll } from './client.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

/** The standard in force; it changes rarely. */
export const standardQuery = queryOptions({
  queryKey: ['standard'],
  queryFn: ({ signal }) => get<Standard>('/api/standard', {}, signal),
  staleTime: 10 * minute,
});

/** Every time a standard came into force, newest first. */
export const versionsQuery = queryOptions({
  queryKey: ['standard', 'versions'],
  queryFn: () => getAll<StandardVersion>('/api/standard/versions', {}, 500),
  staleTime: minute,
});

/** What reads otherwise in version `to` than in version `from`, both by number. */
export function standardDiffQuery(from: number, to: number) {
  return queryOptions({
    queryKey: ['standard', 'diff', from, to],
    queryFn: ({ signal }) =>
      get<StandardDiff>(`/api/standard/versions/${from}/diff/${to}`, {}, signal),
    // A stored version never changes.
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Episodes of an estate that touch the last 24 hours. */
export function dayQuery(estate: string | undefined) {
  return queryOptions({
    queryKey: ['day', estate],
    queryFn: () => {
      const to = serverClock.now();
      return getAll<Episode>('/api/episodes', { estate, from: to - day, to });
    },
    enabled: estate !== undefined,
    refetchInterval: 2 * minute,
    staleTime: minute,
  });
}

/** Episodes of one subject, newest first. */
export function episodesQuery(subject: string) {
  return queryOptions({
    queryKey: ['episodes', subject],
    queryFn: () => getAll<Episode>('/api/episodes', { subject }, 500),
    refetchInterval: minute,
  });
}

/** Some episodes by their numbers, at most 200. */
export function episodesByIdQuery(ids: readonly number[]) {
  const list = ids.slice(0, 200).join(',');
  return queryOptions({
    queryKey: ['episodes', 'ids', list],
    queryFn: () => getAll<Episode>('/api/episodes', { ids: list, state: 'all' }),
    enabled: list !== '',
    staleTime: minute,
  });
}

/** In this time a gateway has said that all up to an instant was sent; what is known of it then stays as it is. */
const saidWithin = 10_000;

/** Uptime over the last days, up to the last full minute of which all is told. */
export function kpiQuery(estate: string | undefined, days: 7 | 30) {
  return queryOptions({
    queryKey: ['kpi', estate, days],
    queryFn: ({ signal }) => {
      const to = Math.floor((serverClock.now() - saidWithin) / minute) * minute;
      return get<Kpi>('/api/kpi', { estate, from: to - days * day, to }, signal);
    },
    enabled: estate !== undefined,
    refetchInterval: minute,
    placeholderData: keepPreviousData,
  });
}

/** What the figure of one asset is made of, over the very same window. */
export function stretchesQuery(asset: string, from: number, to: number) {
  return queryOptions({
    queryKey: ['stretches', asset, from, to],
    queryFn: ({ signal }) => get<KpiStretches>('/api/kpi/stretches', { asset, from, to }, signal),
    staleTime: minute,
  });
}
