import type { Invited } from '@caretaker/cloud/contract';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { write } from '../api/client.ts';
import { type Grant, roles } from '../session/roles.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Field } from '../ui/Field.tsx';
import form from '../ui/Form.module.css';
import { FormProblem } from '../ui/FormProblem.tsx';
import { textOf, useSubmit } from '../ui/use-submit.ts';
import { GrantsEditor } from './GrantsEditor.tsx';
import { useRenewPeople } from './use-renew.ts';

interface Props {
  readonly onClose: () => void;
  /** @param code for the link by which they set their password */
  readonly onAdded: (name: string, code: string) => void;
}

/** A new person; they set their own password by a link. */
export function AddPerson({ onClose, onAdded }: Props) {
  const { t } = useTranslation(['people', 'shell']);
  const renew = useRenewPeople();
  const [grants, setGrants] = useState<readonly Grant[]>([{ role: 'viewer', estates: 'all' }]);
  const { busy, error, onSubmit } = useSubmit(async (fields) => {
    const added = await write<Invited>('POST', '/api/people', {
      login: textOf(fields, 'login'),
      name: textOf(fields, 'name'),
      grants,
    });
    await renew();
    onAdded(added.person.name, added.invite.code);
  });
  return (
    <Dialog title={t('people:add')} onClose={onClose} size="lg">
      <form className={form.form} onSubmit={onSubmit} autoComplete="off">
        <Field name="name" label={t('people:name')} required maxLength={200} data-autofocus />
        <Field
          name="login"
          label={t('people:login')}
          hint={t('people:loginHint')}
          autoCapitalize="none"
          spellCheck={false}
          required
          maxLength={100}
        />
        <GrantsEditor grants={grants} onChange={setGrants} roles={roles} />
        <FormProblem error={error} />
        <div className={form.actions}>
          <Button onClick={onClose}>{t('shell:cancel')}</Button>
          <Button look="primary" type="submit" disabled={busy}>
            {t('people:add')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
