import type { Page, PlaceCode } from '@caretaker/cloud/contract';
import { useQuery } from '@tanstack/react-query';
import { Link, Navigate, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.ts';
import { useEstateList } from '../../shell/use-estate-list.ts';
import { Empty } from '../../ui/Empty.tsx';
import { ErrorBand } from '../../ui/ErrorBand.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';

/** Where the camera of a phone leads that reads the code on a wall: to the open tickets of what hangs there. */
export function CodePage() {
  const { t } = useTranslation('ticket');
  const { code } = useParams({ from: '/c/$code' });
  const { data: estates = [] } = useEstateList();
  const place = useQuery({
    queryKey: ['place-code', code, estates.length],
    queryFn: ({ signal }) =>
      placeOf(
        code,
        estates.map(({ id }) => id),
        signal,
      ),
    enabled: estates.length > 0,
    retry: false,
  });
  if (place.error !== null) {
    return <ErrorBand error={place.error} onRetry={() => void place.refetch()} />;
  }
  if (place.data === undefined) return <Skeleton heights={[48, 48]} />;
  if (place.data === null) {
    return (
      <Empty title={t('code.unknown')} why={t('code.why')}>
        <Link to="/tickets">{t('code.tickets')}</Link>
      </Empty>
    );
  }
  const { estate, subject } = place.data;
  const where = subject.includes('/place:') ? { place: subject.split('/place:')[1] } : { subject };
  return <Navigate to="/tickets" search={{ estate, ...where }} replace />;
}

async function placeOf(
  code: string,
  estates: readonly string[],
  signal: AbortSignal,
): Promise<PlaceCode | null> {
  const lists = await Promise.all(
    estates.map((estate) => get<Page<PlaceCode>>(`/api/estates/${estate}/place-codes`, {}, signal)),
  );
  return lists.flatMap(({ items }) => items).find((one) => one.code === code) ?? null;
}
