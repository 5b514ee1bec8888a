import { useTranslation } from 'react-i18next';
import { Button } from '../ui/Button.tsx';
import { CopyButton } from '../ui/CopyButton.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import form from '../ui/Form.module.css';
import { printDialog } from '../ui/print-dialog.ts';
import styles from './Account.module.css';

interface Props {
  readonly codes: readonly string[];
  readonly onClose: () => void;
}

/** The way in without the phone; shown once, to be copied or printed. */
export function RecoveryCodes({ codes, onClose }: Props) {
  const { t } = useTranslation('account');
  return (
    <Dialog title={t('recovery.title')} onClose={onClose} size="lg">
      <div className={form.form}>
        <p>{t('recovery.why')}</p>
        <ul className={styles.codes} aria-label={t('recovery.title')}>
          {codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ul>
        <div className={form.actions}>
          <CopyButton text={codes.join('\n')} />
          <Button onClick={printDialog}>{t('recovery.print')}</Button>
          <Button look="primary" onClick={onClose}>
            {t('recovery.kept')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
