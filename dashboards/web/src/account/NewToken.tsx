import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { write } from '../api/client.ts';
import { GrantsEditor } from '../people/GrantsEditor.tsx';
import { handOn } from '../people/hand-on.ts';
import type { Grant } from '../session/roles.ts';
import { useGrants } from '../session/use-session.ts';
import { serverClock } from '../time/server-clock.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Field } from '../ui/Field.tsx';
import form from '../ui/Form.module.css';
import { FormProblem } from '../ui/FormProblem.tsx';
import { textOf, useSubmit } from '../ui/use-submit.ts';

interface Props {
  readonly onClose: () => void;
  readonly onMade: (token: string) => void;
}

const day = 24 * 3_600_000;
const lives = [7, 30, 90, 365] as const;

/** A token: what it is for, what it may do, until when. */
export function NewToken({ onClose, onMade }: Props) {
  const { t } = useTranslation(['account', 'shell']);
  const held = useGrants();
  const [grants, setGrants] = useState<readonly Grant[]>([
    { role: 'viewer', estates: held[0]?.estates ?? 'all' },
  ]);
  const { busy, error, onSubmit } = useSubmit(async (fields) => {
    const { token } = await write<{ token: string }>('POST', '/api/account/tokens', {
      name: textOf(fields, 'name'),
      grants,
      readOnly: fields.get('readOnly') !== null,
      expires: serverClock.now() + Number(fields.get('days')) * day,
    });
    onMade(token);
  });
  return (
    <Dialog title={t('account:tokens.new')} onClose={onClose} size="lg">
      <form className={form.form} onSubmit={onSubmit}>
        <Field
          name="name"
          label={t('account:tokens.name')}
          hint={t('account:tokens.nameHint')}
          autoComplete="off"
          required
          maxLength={100}
          data-autofocus
        />
        <GrantsEditor grants={grants} onChange={setGrants} roles={handOn(held)} />
        <label className={form.check}>
          <input type="checkbox" name="readOnly" />
          <span>
            {t('account:tokens.readOnlyLabel')}
            <small>{t('account:tokens.readOnlyHint')}</small>
          </span>
        </label>
        <label htmlFor="token-days">{t('account:tokens.life')}</label>
        <select id="token-days" name="days" className={form.field} defaultValue={90}>
          {lives.map((count) => (
            <option key={count} value={count}>
              {t('account:tokens.days', { count })}
            </option>
          ))}
        </select>
        <FormProblem error={error} />
        <div className={form.actions}>
          <Button onClick={onClose}>{t('shell:cancel')}</Button>
          <Button look="primary" type="submit" disabled={busy || grants.length === 0}>
            {t('account:tokens.make')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
