import type { FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/Field.tsx';
import { Segmented } from '../../ui/Segmented.tsx';
import { textOf } from '../../ui/use-submit.ts';
import { FilterFields } from '../list/FilterFields.tsx';
import styles from './Ledger.module.css';
import { type LedgerSearch, ledgerSearch, sharedFilters } from './search.ts';

interface Props {
  readonly search: LedgerSearch;
  readonly set: (change: LedgerSearch) => void;
}

type Period = '7' | '30' | '90' | 'days';

/** Which period, and which matters of it. */
export function LedgerFilters({ search, set }: Props) {
  const { t } = useTranslation('ticket-list');
  const named = search.from !== undefined || search.to !== undefined;
  const period: Period = named ? 'days' : (search.days ?? '7');
  const choose = (next: Period) =>
    set({
      days: next === '30' || next === '90' ? next : undefined,
      from: undefined,
      to: undefined,
    });
  const apply = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const { from, to } = ledgerSearch({ from: textOf(fields, 'from'), to: textOf(fields, 'to') });
    set({ days: undefined, from, to });
  };
  const day = (name: 'from' | 'to') => (
    <Field
      name={name}
      label={t(`ledger.${name}`)}
      defaultValue={search[name]}
      placeholder="2026-11-28"
      pattern="\d{4}-\d{2}-\d{2}"
      title={t('ledger.dayForm')}
      inputMode="numeric"
    />
  );
  return (
    <div className={styles.filters}>
      <Segmented<Period>
        label={t('missed.period')}
        value={period}
        onChange={choose}
        options={[
          { value: '7', label: t('missed.days7') },
          { value: '30', label: t('missed.days30') },
          { value: '90', label: t('ledger.days90') },
        ]}
      />
      <form key={`${search.from} ${search.to}`} className={styles.days} onSubmit={apply}>
        {day('from')}
        {day('to')}
        <Button type="submit">{t('ledger.apply')}</Button>
      </form>
      <div className={styles.picks}>
        <FilterFields
          search={sharedFilters(search)}
          set={(change) => set(change as LedgerSearch)}
          sorted={false}
        />
      </div>
    </div>
  );
}
