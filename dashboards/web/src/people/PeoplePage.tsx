import type { Person } from '@caretaker/cloud/contract';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { peopleQuery } from '../api/access.ts';
import { NoPermission } from '../session/NoPermission.tsx';
import { useMay } from '../session/use-session.ts';
import { Button } from '../ui/Button.tsx';
import { ErrorBand } from '../ui/ErrorBand.tsx';
import form from '../ui/Form.module.css';
import { Rows } from '../ui/Rows.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { AddPerson } from './AddPerson.tsx';
import { find } from './find.ts';
import { InviteLink } from './InviteLink.tsx';
import styles from './People.module.css';
import { PersonDrawer } from './PersonDrawer.tsx';
import { PersonRow } from './PersonRow.tsx';

/** Over this many people one looks for a name rather than along the list. */
const mostToScan = 10;

/** Who may sign in, and what each may do where. */
export function PeoplePage() {
  const { t } = useTranslation('people');
  const may = useMay('people.manage');
  return (
    <div className={styles.page}>
      {may ? (
        <People />
      ) : (
        <>
          <h1>{t('title')}</h1>
          <NoPermission action="people.manage" everywhere />
        </>
      )}
    </div>
  );
}

function People() {
  const { t } = useTranslation('people');
  const people = useQuery(peopleQuery);
  const [adding, setAdding] = useState(false);
  const [opened, setOpened] = useState<string | null>(null);
  const [invite, setInvite] = useState<{ name: string; code: string } | null>(null);
  const [text, setText] = useState('');
  const all = (people.data ?? []).filter((person) => person.erased === null);
  const person = all.find((one) => one.id === opened);
  return (
    <>
      <div className={styles.head}>
        <h1>{t('title')}</h1>
        <Button look="primary" onClick={() => setAdding(true)}>
          {t('add')}
        </Button>
      </div>
      {people.error !== null && (
        <ErrorBand
          error={people.error}
          onRetry={() => void people.refetch()}
          dataFrom={people.dataUpdatedAt}
        />
      )}
      {people.isPending && <Skeleton heights={[64, 64, 64]} />}
      {all.length > mostToScan && (
        <input
          type="search"
          className={`${form.field} ${styles.find}`}
          aria-label={t('find')}
          placeholder={t('find')}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      )}
      {all.length > 0 && <List people={find(all, text)} onOpen={setOpened} />}
      {adding && (
        <AddPerson
          onClose={() => setAdding(false)}
          onAdded={(name, code) => {
            setAdding(false);
            setInvite({ name, code });
          }}
        />
      )}
      {person !== undefined && (
        <PersonDrawer
          key={person.id}
          person={person}
          onClose={() => setOpened(null)}
          onInvite={(code) => setInvite({ name: person.name, code })}
        />
      )}
      {invite !== null && <InviteLink {...invite} onClose={() => setInvite(null)} />}
    </>
  );
}

interface ListProps {
  readonly people: readonly Person[];
  readonly onOpen: (id: string) => void;
}

function List({ people, onOpen }: ListProps) {
  const { t } = useTranslation('people');
  if (people.length === 0) return <p className="muted">{t('none')}</p>;
  return (
    <Rows
      rows={people}
      idOf={(person) => person.id}
      render={(person) => <PersonRow person={person} onOpen={() => onOpen(person.id)} />}
      height={64}
    />
  );
}
