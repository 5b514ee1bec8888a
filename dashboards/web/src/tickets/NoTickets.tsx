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
import { blank, narrowing, type TicketsSearch, tabOf } from './list/search.ts';
import { useFilterWords } from './list/use-filter-words.ts';

interface Props {
  readonly search: TicketsSearch;
  readonly set: (change: TicketsSearch) => void;
}

/** Nothing to show: says what was asked for, and the way on. */
export function NoTickets({ search, set }: Props) {
  const { t } = useTranslation(['ticket-list', 'tickets']);
  const language = useLanguage();
  const words = useFilterWords(search);
  const lastClosed = useLastClosed(tabOf(search) === 'open');
  const asked = narrowing.filter((name) => search[name] !== undefined).map(words);
  if (asked.length > 0) {
    const list = asked.join(language === 'zh-CN' ? '、' : ', ');
    return (
      <Empty title={t('empty.filtered')} why={t('empty.filters', { list })}>
        <Button onClick={() => set(blank)}>{t('filter.clear')}</Button>
      </Empty>
    );
  }
  const tab = tabOf(search);
  if (tab === 'all') return <Empty title={t('tickets:empty.all')} />;
  const title = tab === 'open' ? t('tickets:empty.open') : t(`ticket-list:empty.${tab}`);
  return (
    <Empty title={title} why={lastClosed}>
      <Button onClick={() => set({ tab: 'all' })}>{t('tickets:empty.toAll')}</Button>
    </Empty>
  );
}

/** When somebody last was done with one. */
function useLastClosed(wanted: boolean): string | undefined {
  const { t } = useTranslation('tickets');
  const language = useLanguage();
  const zone = useZone();
  const estate = useEstate()?.id;
  const now = useNow(60_000);
  const newest = useQuery({
    queryKey: ['tickets', estate, 'newest'],
    queryFn: ({ signal }) => get<Page<Ticket>>('/api/tickets', { estate, limit: 50 }, signal),
    enabled: wanted && estate !== undefined,
  });
  const closed = newest.data?.items.flatMap((ticket) => ticket.closed ?? []) ?? [];
  if (!wanted || closed.length === 0) return undefined;
  return t('empty.lastClosed', {
    time: formatInstant(Math.max(...closed), zone, language, now),
  });
}
