import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Field } from './Field.tsx';
import form from './Form.module.css';

interface Props {
  readonly name: string;
  readonly label: string;
  /** What a password manager is to put in, or to offer to make. */
  readonly kind: 'current-password' | 'new-password';
  readonly hint?: string | undefined;
  readonly autoFocus?: boolean | undefined;
}

/** A password, which may be pasted, filled in by a manager, and looked at. */
export function PasswordField({ name, label, kind, hint, autoFocus }: Props) {
  const { t } = useTranslation('access');
  const [shown, setShown] = useState(false);
  return (
    <>
      <Field
        name={name}
        label={label}
        hint={hint}
        type={shown ? 'text' : 'password'}
        autoComplete={kind}
        autoCapitalize="none"
        spellCheck={false}
        required
        maxLength={1024}
        data-autofocus={autoFocus}
        autoFocus={autoFocus}
      />
      <label className={form.check}>
        <input
          type="checkbox"
          checked={shown}
          onChange={(event) => setShown(event.currentTarget.checked)}
        />
        <span>{t('password.show')}</span>
      </label>
    </>
  );
}
