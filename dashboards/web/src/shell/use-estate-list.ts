import { useQuery } from '@tanstack/react-query';
import { loadEstates } from '../app/live.ts';

/** Fetches the estates until the service answers; the live data keeps them fresh from then on. */
export function useEstateList() {
  return useQuery({
    queryKey: ['estates'],
    queryFn: ({ signal }) => loadEstates(signal),
    retry: false,
    refetchInterval: (query) => (query.state.data === undefined ? 2000 : false),
    staleTime: 60_000,
  });
}
