import { useTranslation } from 'react-i18next';
import { usePick } from '../../i18n/use-language.ts';
import { Pick } from './Pick.tsx';
import {
  type Narrowing,
  severities,
  sortOf,
  sorts,
  sources,
  type TicketsSearch,
  teams,
} from './search.ts';
import { useFilterWords, useTouchpoints } from './use-filter-words.ts';

interface Props {
  readonly search: TicketsSearch;
  readonly set: (change: TicketsSearch) => void;
  /** Whether the order can be chosen. */
  readonly sorted?: boolean;
}

/** By what the list is narrowed, and its order. */
export function FilterFields({ search, set, sorted = true }: Props) {
  const { t } = useTranslation(['ticket-list', 'ticket', 'words']);
  const say = usePick();
  const touchpoints = useTouchpoints();
  const words = useFilterWords(search);
  /** Several at once come with a kept filter; they stand as one choice. */
  const withSeveral = (
    name: 'team' | 'severity' | 'source',
    options: readonly (readonly [string, string])[],
  ) => {
    const value = search[name];
    return value?.includes(',') ? [...options, [value, words(name)] as const] : options;
  };
  const pick = (
    name: Narrowing & ('touchpoint' | 'team' | 'severity' | 'source'),
    options: readonly (readonly [string, string])[],
  ) => (
    <Pick
      label={t(`ticket-list:filter.${name}`)}
      any={t(`ticket-list:filter.any.${name}`)}
      value={search[name] ?? ''}
      options={options}
      onChange={(value) => set({ [name]: value === '' ? undefined : value })}
    />
  );
  return (
    <>
      {pick(
        'touchpoint',
        touchpoints.map(({ id, name }) => [id, say(name)]),
      )}
      {pick(
        'team',
        withSeveral(
          'team',
          teams.map((one) => [one, t(`ticket:option.${one}`)]),
        ),
      )}
      {pick(
        'severity',
        withSeveral(
          'severity',
          severities.map((one) => [one, t(`words:mark.${one}`)]),
        ),
      )}
      {pick(
        'source',
        withSeveral(
          'source',
          sources.map((one) => [one, t(`ticket-list:source.${one}`)]),
        ),
      )}
      {sorted && (
        <Pick
          label={t('ticket-list:filter.sort')}
          value={sortOf(search) ?? ''}
          {...(search.text === undefined ? {} : { any: t('ticket-list:sort.found') })}
          options={sorts.map((one) => [one, t(`ticket-list:sort.${one}`)])}
          onChange={(value) =>
            set({ sort: value === '' ? undefined : (value as TicketsSearch['sort']) })
          }
        />
      )}
    </>
  );
}
