import type { Page, Ticket } from '@caretaker/cloud/contract';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get } from '../api/client.ts';
import { formatInstant } from '../format/instant.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { useEstate, useZone } from '../live/use-live.ts';
import { useNow } from '../time/use-now.ts';
import { Button } from '../ui/Button.tsx';
import { Empty } from '../ui/Empty.tsx';

interface Props {
  readonly show: 'open' | 'new' | 'all';
  readonly onAll?: () => void;
}

/** Nothing to do: says so, and when the last one was closed. */
export function NoTickets({ show, onAll }: Props) {
  const { t } = useTranslation('tickets');
  const language = useLanguage();
  const zone = useZone();
  const estate = useEstate()?.id;
  const now = useNow(60_000);
  const newest = useQuery({
    queryKey: ['tickets', estate, 'newest'],
    queryFn: ({ signal }) => get<Page<Ticket>>('/api/tickets', { estate, limit: 50 }, signal),
    enabled: show === 'open' && estate !== undefined,
  });
  const closed = newest.data?.items.flatMap((ticket) => ticket.closed ?? []) ?? [];
  const last = closed.length === 0 ? null : Math.max(...closed);
  const why =
    last === null
      ? undefined
      : t('empty.lastClosed', { time: formatInstant(last, zone, language, now) });
  return (
    <Empty title={t(`empty.${show}`)} why={why}>
      {onAll !== undefined && <Button onClick={onAll}>{t('empty.toAll')}</Button>}
    </Empty>
  );
}
