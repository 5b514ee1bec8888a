import type { AssetDetail } from '@caretaker/cloud/contract';
import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client.ts';

/** `estate/asset` as a path of the service; null when the subject is a gateway. */
function pathOf(subject: string): string | null {
  const [estate, asset] = subject.split('/');
  if (estate === undefined || asset === undefined || asset.includes(':')) return null;
  return `/api/assets/${encodeURIComponent(estate)}/${encodeURIComponent(asset)}`;
}

/** The asset a ticket is about, with its points; nothing for a gateway. */
export function useAssetDetail(subject: string): AssetDetail | undefined {
  const path = pathOf(subject);
  const query = useQuery({
    queryKey: ['asset', subject],
    queryFn: ({ signal }) => get<AssetDetail>(path ?? '', {}, signal),
    enabled: path !== null,
    refetchInterval: 30_000,
  });
  return query.data;
}
