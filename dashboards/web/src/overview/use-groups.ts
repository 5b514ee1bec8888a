import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { standardQuery } from '../api/queries.ts';
import { useAssets } from '../live/use-live.ts';
import { groupAssets } from './groups.ts';

/** The tiles of the estate on screen, live. */
export function useGroups() {
  const assets = useAssets();
  const standard = useQuery(standardQuery);
  const named = standard.data?.groups;
  const grouped = useMemo(() => groupAssets(assets, named ?? []), [assets, named]);
  return { ...grouped, assets, standard };
}
