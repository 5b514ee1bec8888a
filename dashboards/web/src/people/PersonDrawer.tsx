import type { Invited, Person } from '@caretaker/cloud/contract';
import { Drawer } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { write } from '../api/client.ts';
import { type Grant, roles } from '../session/roles.ts';
import { usePerson } from '../session/use-session.ts';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import form from '../ui/Form.module.css';
import { FormProblem } from '../ui/FormProblem.tsx';
import { textOf, useSubmit } from '../ui/use-submit.ts';
import { ErasePerson } from './ErasePerson.tsx';
import { GrantsEditor } from './GrantsEditor.tsx';
import styles from './People.module.css';
import { useRenewPeople } from './use-renew.ts';

interface Props {
  readonly person: Person;
  readonly onClose: () => void;
  readonly onInvite: (code: string) => void;
}

/** One person: name and roles, and what can be done about their way in. */
export function PersonDrawer({ person, onClose, onInvite }: Props) {
  const { t } = useTranslation(['people', 'shell']);
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={560}
      title={person.name}
      closeButtonProps={{ 'aria-label': t('shell:close') }}
    >
      <div className={styles.drawer}>
        <NameAndRoles person={person} />
        <WayIn person={person} onInvite={onInvite} />
        <ErasePerson person={person} onErased={onClose} />
      </div>
    </Drawer>
  );
}

function NameAndRoles({ person }: { readonly person: Person }) {
  const { t } = useTranslation(['people', 'shell']);
  const renew = useRenewPeople();
  const [grants, setGrants] = useState<readonly Grant[]>(person.grants);
  const [saved, setSaved] = useState(false);
  const { busy, error, onSubmit } = useSubmit(async (fields) => {
    setSaved(false);
    const name = textOf(fields, 'name');
    await write('PATCH', `/api/people/${person.id}`, {
      ...(name === person.name ? {} : { name }),
      ...(grants === person.grants ? {} : { grants }),
    });
    await renew();
    setSaved(true);
  });
  return (
    <form className={`${form.form} ${styles.part}`} onSubmit={onSubmit} autoComplete="off">
      <p className={styles.small}>{t('people:loginIs', { login: person.login })}</p>
      <Field
        name="name"
        label={t('people:name')}
        defaultValue={person.name}
        required
        maxLength={200}
      />
      <GrantsEditor grants={grants} onChange={setGrants} roles={roles} />
      <p className={styles.small}>{t('people:rolesCount')}</p>
      <FormProblem error={error} />
      <div className={form.actions}>
        <span role="status" className="muted">
          {saved && t('people:saved')}
        </span>
        <Button look="primary" type="submit" disabled={busy}>
          {t('shell:save')}
        </Button>
      </div>
    </form>
  );
}

function WayIn({ person, onInvite }: Omit<Props, 'onClose'>) {
  const { t } = useTranslation('people');
  const own = usePerson()?.id === person.id;
  const renew = useRenewPeople();
  const { busy, error, run } = useSubmit(() => Promise.resolve());
  const path = `/api/people/${person.id}`;
  const change = (task: () => Promise<unknown>) =>
    void run(async () => {
      await task();
      await renew();
    });
  const off = person.disabled !== null;
  return (
    <section className={styles.part}>
      <h3>{t('wayIn')}</h3>
      <FormProblem error={error} />
      <Button
        disabled={busy}
        onClick={() => change(() => write('PATCH', path, { disabled: !off }))}
      >
        {t(off ? 'enable' : 'disable')}
      </Button>
      <p className={styles.small}>{t(off ? 'enableWhy' : 'disableWhy')}</p>
      {/* One's own password is changed on one's own page; an invitation would sign one out here. */}
      {!own && (
        <>
          <Button
            disabled={busy || off}
            onClick={() =>
              change(async () =>
                onInvite((await write<Invited>('POST', `${path}/invite`)).invite.code),
              )
            }
          >
            {t('invite.again')}
          </Button>
          <p className={styles.small}>{t('invite.againWhy')}</p>
        </>
      )}
      {person.secondFactor && (
        <>
          <Button
            disabled={busy}
            onClick={() => change(() => write('DELETE', `${path}/second-factor`))}
          >
            {t('factorOff')}
          </Button>
          <p className={styles.small}>{t('factorOffWhy')}</p>
        </>
      )}
    </section>
  );
}
