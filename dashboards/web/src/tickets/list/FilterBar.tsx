import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import styles from './FilterBar.module.css';
import { FilterFields } from './FilterFields.tsx';
import { FindField } from './FindField.tsx';
import { SavedFilters } from './SavedFilters.tsx';
import { blank, countFilters, type Narrowing, type TicketsSearch } from './search.ts';
import { useFilterWords } from './use-filter-words.ts';

interface Props {
  readonly search: TicketsSearch;
  readonly set: (change: TicketsSearch) => void;
}

/** Narrowed by these only through a link or a kept filter: shown, and taken away, one by one. */
const chips = ['class', 'owner', 'assigned', 'place', 'subject', 'item', 'from', 'to'] as const;

/** What to look for. On a phone the search and the filters lie at the bottom, where the thumb is. */
export function FilterBar({ search, set }: Props) {
  const { t } = useTranslation('ticket-list');
  const [open, setOpen] = useState(false);
  const words = useFilterWords(search);
  const count = countFilters(search);
  const inSheet = count - (search.text === undefined ? 0 : 1);
  const clear = () => set(blank);
  const shown = chips.filter((name) => search[name] !== undefined);
  const chip = (name: Narrowing) => {
    const what = `${t(`filter.${name as 'owner'}`)}: ${words(name)}`;
    return (
      <Button
        key={name}
        className={styles.chip}
        aria-label={t('filter.remove', { what })}
        onClick={() => set({ [name]: undefined })}
      >
        {what} <span aria-hidden="true">×</span>
      </Button>
    );
  };
  return (
    <search className={styles.bar}>
      <FindField
        text={search.text ?? ''}
        onText={(text) => set({ text: text === '' ? undefined : text })}
      />
      <Button className={styles.open} onClick={() => setOpen(true)}>
        {inSheet === 0 ? t('filter.button') : t('filter.count', { count: inSheet })}
      </Button>
      <div className={styles.fields}>
        <FilterFields search={search} set={set} />
        <SavedFilters search={search} set={set} />
        {shown.map(chip)}
        {count > 0 && (
          <Button look="quiet" onClick={clear}>
            {t('filter.clear')}
          </Button>
        )}
      </div>
      {open && (
        <Dialog title={t('filter.title')} onClose={() => setOpen(false)}>
          <div className={styles.sheet}>
            <FilterFields search={search} set={set} />
            <SavedFilters search={search} set={set} />
            {shown.map(chip)}
            <div className={styles.sheetEnd}>
              {count > 0 && (
                <Button look="quiet" onClick={clear}>
                  {t('filter.clear')}
                </Button>
              )}
              <Button look="primary" onClick={() => setOpen(false)}>
                {t('filter.show')}
              </Button>
            </div>
          </div>
        </Dialog>
      )}
    </search>
  );
}
