import type { Readings } from '@caretaker/cloud/contract';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { get } from '../api/client.ts';
import { hub } from '../app/live.ts';
import type { Reading, Span } from '../chart/series.ts';

/** More pixels than a chart is wide: each column still has its own lowest and highest value. */
const buckets = 600;
/** Readings kept between two fetches; at one a second, over half an hour. */
const mostSince = 2000;

/** A window that moves with the clock, or one that stands where somebody zoomed. */
export interface View {
  readonly range: '1h' | '24h' | '7d';
  readonly zoom: Span | null;
}

export const lengths = { '1h': 3_600_000, '24h': 86_400_000, '7d': 604_800_000 } as const;
/** How often the picture moves on: less than a pixel. */
export const steps = { '1h': 2000, '24h': 15_000, '7d': 60_000 } as const;
const renewals = { '1h': 60_000, '24h': 120_000, '7d': 600_000 } as const;

/** The readings of a point in a window that is renewed as it moves. */
export function useReadings(point: string, view: View, now: number) {
  const zoom = view.zoom;
  return useQuery({
    queryKey: ['readings', point, view.range, zoom?.from, zoom?.to],
    queryFn: ({ signal }) => {
      const to = zoom?.to ?? now;
      const from = zoom?.from ?? to - lengths[view.range];
      return get<Readings>('/api/readings', { point, from, to, buckets }, signal);
    },
    refetchInterval: zoom === null ? renewals[view.range] : false,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });
}

/** Numbers that arrived on the stream while the page is open. */
export function useSince(point: string): readonly Reading[] {
  const since = useRef<Reading[]>([]);
  useEffect(() => {
    since.current = [];
    return hub.subscribe(`point:${point}`, () => {
      const live = hub.point(point);
      if (typeof live?.value !== 'number') return;
      since.current.push({ at: live.at, value: live.value });
      if (since.current.length > mostSince) since.current.shift();
    });
  }, [point]);
  return since.current;
}
