import { useTranslation } from 'react-i18next';
import { useProblemText } from '../../i18n/use-problem-text.ts';
import { Button } from '../../ui/Button.tsx';
import styles from './Files.module.css';
import type { Upload, Uploads } from './use-uploads.ts';

/** Files that are on their way, or could not be sent. */
export function UploadList({
  uploads,
  ticket,
}: {
  readonly uploads: Uploads;
  readonly ticket: number;
}) {
  return (
    <ul className={styles.uploads}>
      {uploads.list.map((one) => (
        <li key={one.key}>
          <Line one={one} uploads={uploads} ticket={ticket} />
        </li>
      ))}
    </ul>
  );
}

interface Props {
  readonly one: Upload;
  readonly uploads: Uploads;
  readonly ticket: number;
}

function Line({ one, uploads, ticket }: Props) {
  const { t } = useTranslation(['ticket', 'shell']);
  const say = useProblemText();
  if (one.phase === 'failed') {
    const { text, code } = say(one.error);
    return (
      <div className={styles.failed} role="alert">
        <p>
          <strong>{t('ticket:files.failed', { name: one.name })}</strong> {text}{' '}
          <span className="muted">{code}</span>
        </p>
        <Button onClick={() => uploads.retry(one.key)}>{t('shell:error.retry')}</Button>
        <Button look="quiet" onClick={() => uploads.remove(one.key)}>
          {t('ticket:files.leaveOut')}
        </Button>
      </div>
    );
  }
  return (
    <div className={styles.line}>
      {one.hash !== null && one.blob.type.startsWith('image/') ? (
        <img className={styles.small} src={`/api/tickets/${ticket}/files/${one.hash}`} alt="" />
      ) : (
        <span className={styles.small} />
      )}
      <span className={styles.name}>{one.name}</span>
      {one.phase === 'sending' ? (
        <progress
          value={one.share}
          max={1}
          aria-label={t('ticket:files.sending', { name: one.name })}
        />
      ) : (
        <span className="muted">{t('ticket:files.sent')}</span>
      )}
    </div>
  );
}
