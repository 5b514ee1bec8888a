import type { Page, SavedFilter } from '@caretaker/cloud/contract';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, write } from '../../api/client.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field } from '../../ui/Field.tsx';
import form from '../../ui/Form.module.css';
import { FormProblem } from '../../ui/FormProblem.tsx';
import { textOf, useSubmit } from '../../ui/use-submit.ts';
import styles from './SavedFilters.module.css';
import { blank, countFilters, filterOf, searchOf, type TicketsSearch } from './search.ts';

interface Props {
  readonly search: TicketsSearch;
  readonly set: (change: TicketsSearch) => void;
}

/** Searches that somebody comes back to: kept for themselves, under a name. */
export function SavedFilters({ search, set }: Props) {
  const { t } = useTranslation('ticket-list');
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button className={styles.open} onClick={() => setOpen(true)}>
        {t('saved.button')}
      </Button>
      {open && (
        <Dialog title={t('saved.title')} onClose={() => setOpen(false)}>
          <Kept
            onChoose={(filter) => {
              set({ ...blank, tab: undefined, ...searchOf(filter.query) });
              setOpen(false);
            }}
          />
          <Keep search={search} />
        </Dialog>
      )}
    </>
  );
}

const queryKey = ['ticket-filters'];

function Kept({ onChoose }: { readonly onChoose: (filter: SavedFilter) => void }) {
  const { t } = useTranslation('ticket-list');
  const queries = useQueryClient();
  const filters = useQuery({
    queryKey,
    queryFn: ({ signal }) => get<Page<SavedFilter>>('/api/tickets/filters', {}, signal),
  });
  const { busy, error, run } = useSubmit(async () => {});
  const remove = (id: number) =>
    run(async () => {
      await write('DELETE', `/api/tickets/filters/${id}`);
      await queries.invalidateQueries({ queryKey });
    });
  const kept = filters.data?.items ?? [];
  return (
    <>
      <FormProblem error={filters.error ?? error} />
      {filters.isSuccess && kept.length === 0 && <p className="muted">{t('saved.none')}</p>}
      <ul className={styles.kept}>
        {kept.map((filter) => (
          <li key={filter.id}>
            <Button look="quiet" className={styles.choose} onClick={() => onChoose(filter)}>
              {filter.name}
            </Button>
            <Button
              look="quiet"
              disabled={busy}
              aria-label={t('saved.remove', { name: filter.name })}
              onClick={() => void remove(filter.id)}
            >
              <span aria-hidden="true">×</span>
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}

function Keep({ search }: { readonly search: TicketsSearch }) {
  const { t } = useTranslation('ticket-list');
  const queries = useQueryClient();
  const { busy, error, onSubmit } = useSubmit(async (fields, element) => {
    await write('POST', '/api/tickets/filters', {
      name: textOf(fields, 'name'),
      query: filterOf(search),
    });
    element.reset();
    await queries.invalidateQueries({ queryKey });
  });
  if (countFilters(search) === 0 && search.tab === undefined && search.sort === undefined) {
    return <p className={`${form.hint} ${styles.nothing}`}>{t('saved.nothing')}</p>;
  }
  return (
    <form className={`${form.form} ${styles.keep}`} onSubmit={onSubmit}>
      <Field name="name" label={t('saved.name')} hint={t('saved.hint')} required maxLength={80} />
      <FormProblem error={error} />
      <Button type="submit" look="primary" disabled={busy}>
        {t('saved.keep')}
      </Button>
    </form>
  );
}
