import type { Assignee, Page } from '@caretaker/cloud/contract';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.ts';
import formStyles from '../../ui/Form.module.css';
import { FormProblem } from '../../ui/FormProblem.tsx';
import styles from './Choice.module.css';

interface Props {
  readonly id: string;
  readonly estate: string;
  readonly first: boolean;
  readonly value: string;
  readonly onChange: (person: string) => void;
}

/** Somebody by name: a few letters narrow the list, and when one is left they are chosen. */
export function PersonField({ id, estate, first, value, onChange }: Props) {
  const { t } = useTranslation('ticket');
  const [find, setFind] = useState('');
  const people = useQuery({
    queryKey: ['assignees', estate],
    queryFn: ({ signal }) => get<Page<Assignee>>(`/api/estates/${estate}/assignees`, {}, signal),
    staleTime: 60_000,
  });
  const all = people.data?.items ?? [];
  const fitting = all.filter(({ name }) => name.toLowerCase().includes(find.trim().toLowerCase()));
  const narrow = (text: string) => {
    setFind(text);
    const left = all.filter(({ name }) => name.toLowerCase().includes(text.trim().toLowerCase()));
    const best = left[0];
    if (text.trim() !== '' && best !== undefined) onChange(best.id);
  };
  return (
    <>
      <input
        id={id}
        className={formStyles.field}
        data-autofocus={first || undefined}
        autoComplete="off"
        placeholder={t('findPerson')}
        value={find}
        onChange={(event) => narrow(event.currentTarget.value)}
      />
      {people.error !== null && <FormProblem error={people.error} />}
      {people.isSuccess && fitting.length === 0 && (
        <p className={formStyles.hint}>{t('nobodyFound')}</p>
      )}
      {fitting.length > 0 && (
        <div className={styles.people} role="radiogroup" aria-label={t('field.person')}>
          {fitting.map((person) => (
            <label key={person.id}>
              <input
                type="radio"
                name={`${id}-person`}
                checked={value === person.id}
                onChange={() => onChange(person.id)}
              />
              {person.name}
            </label>
          ))}
        </div>
      )}
    </>
  );
}
