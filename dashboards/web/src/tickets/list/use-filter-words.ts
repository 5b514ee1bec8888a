import type { Standard } from '@caretaker/cloud/contract';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { standardQuery } from '../../api/queries.ts';
import { formatInstant } from '../../format/instant.ts';
import { useLanguage, usePick } from '../../i18n/use-language.ts';
import { useAsset, useZone } from '../../live/use-live.ts';
import { useNow } from '../../time/use-now.ts';
import type { Narrowing, TicketsSearch } from './search.ts';

const none: Standard['touchpoints'] = [];

export function useTouchpoints(): Standard['touchpoints'] {
  return useQuery(standardQuery).data?.touchpoints ?? none;
}

type Wordy = 'severity' | 'team' | 'class' | 'source';

/** Says what the list is narrowed by, in words. */
export function useFilterWords(search: TicketsSearch): (name: Narrowing) => string {
  const { t } = useTranslation(['ticket-list', 'ticket', 'words']);
  const say = usePick();
  const language = useLanguage();
  const zone = useZone();
  const now = useNow(60_000);
  const touchpoints = useTouchpoints();
  const asset = useAsset(search.subject ?? '');
  const wordOf = (name: Wordy, value: string) => {
    if (name === 'severity') return t(`words:mark.${value as 'high'}`);
    if (name === 'source') return t(`ticket-list:source.${value as 'report'}`);
    return t(`ticket:option.${value as 'engineering'}`);
  };
  return (name) => {
    const value = search[name];
    if (value === undefined) return '';
    if (typeof value === 'number') return formatInstant(value, zone, language, now);
    switch (name) {
      case 'severity':
      case 'team':
      case 'class':
      case 'source':
        return value
          .split(',')
          .map((one) => wordOf(name, one))
          .join(language === 'zh-CN' ? '、' : ', ');
      case 'touchpoint': {
        const known = touchpoints.find(({ id }) => id === value);
        return known === undefined ? value : say(known.name);
      }
      case 'owner':
      case 'assigned':
        return value === 'me' || value === 'nobody' ? t(`ticket-list:filter.${value}`) : value;
      case 'subject':
        return asset === undefined ? value : say(asset.name);
      default:
        return value;
    }
  };
}
