import { useTranslation } from 'react-i18next';
import { write } from '../api/client.ts';
import { Button } from '../ui/Button.tsx';
import { CopyButton } from '../ui/CopyButton.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Field } from '../ui/Field.tsx';
import form from '../ui/Form.module.css';
import { FormProblem } from '../ui/FormProblem.tsx';
import { QrCode } from '../ui/QrCode.tsx';
import { textOf, useSubmit } from '../ui/use-submit.ts';
import styles from './Account.module.css';

/** What the service says to a second factor that is begun. */
export interface Begun {
  readonly secret: string;
  readonly uri: string;
}

interface Props {
  readonly begun: Begun;
  readonly onClose: () => void;
  readonly onDone: (recovery: readonly string[]) => void;
}

/** The secret for the app as a picture and as text; a first code proves that it arrived. */
export function SetUpDialog({ begun, onClose, onDone }: Props) {
  const { t } = useTranslation(['account', 'shell']);
  const { busy, error, onSubmit } = useSubmit(async (fields) => {
    const code = textOf(fields, 'code').replaceAll(/\s/g, '');
    const { recovery } = await write<{ recovery: string[] }>(
      'POST',
      '/api/account/second-factor/confirm',
      { code },
    );
    onDone(recovery);
  });
  const spaced = begun.secret.replaceAll(/(.{4})(?=.)/g, '$1 ');
  return (
    <Dialog title={t('account:factor.setUp')} onClose={onClose} size="lg">
      <form className={form.form} onSubmit={onSubmit}>
        <div className={styles.setup}>
          <QrCode text={begun.uri} label={t('account:factor.qr')} className={styles.qr ?? ''} />
          <div className={form.form}>
            <p>{t('account:factor.scan')}</p>
            <p className={styles.small}>{t('account:factor.type')}</p>
            <code className={styles.what}>{spaced}</code>
            <div>
              <CopyButton text={begun.secret} />
            </div>
            <Field
              name="code"
              label={t('account:factor.code')}
              autoComplete="one-time-code"
              inputMode="numeric"
              required
              maxLength={20}
              data-autofocus
            />
          </div>
        </div>
        <FormProblem error={error} />
        <div className={form.actions}>
          <Button onClick={onClose}>{t('shell:cancel')}</Button>
          <Button look="primary" type="submit" disabled={busy}>
            {t('account:factor.turnOn')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
