import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { problemIn } from '../api/problem.ts';
import { useKey } from '../shell/keys.ts';
import { Button } from '../ui/Button.tsx';
import type { Act } from './acts.ts';
import styles from './Toasts.module.css';
import { acts, useActs } from './use-acts.ts';

const said = { acknowledge: 'acknowledged', note: 'noted', cancel: 'closed' } as const;

/** What was just done, with undo; what could not be done, with the reason. */
export function Toasts() {
  const list = useActs();
  useKey(
    'z',
    useCallback(() => acts.undo(), []),
  );
  return (
    <section className={styles.toasts} aria-live="polite">
      {list.map((act) => (
        <Toast key={act.key} act={act} />
      ))}
    </section>
  );
}

function Toast({ act }: { readonly act: Act }) {
  const { t } = useTranslation(['tickets', 'shell', 'words']);
  const what = t(`tickets:act.${said[act.wish.type]}`, { ref: act.seen.ref });
  const dismiss = (
    <Button look="quiet" onClick={() => acts.dismiss(act.key)}>
      {t('shell:close')}
    </Button>
  );
  if (act.phase === 'conflict') {
    const by = act.current?.owner ?? t('tickets:conflict.somebody');
    const state = t(`words:ticketState.${act.current?.state ?? 'new'}`);
    return (
      <div className={styles.toast}>
        <p>
          <strong>{t('tickets:conflict.title', { by })}</strong>{' '}
          {t('tickets:conflict.detail', { state })}
          {act.wish.type !== 'acknowledge' && <q>{act.wish.note}</q>}
        </p>
        {dismiss}
      </div>
    );
  }
  if (act.phase === 'failed') {
    const problem = problemIn(act.error);
    return (
      <div className={styles.toast}>
        <p>
          <strong>{t('tickets:failed.title', { what })}</strong>{' '}
          {problem.status === 0 ? t('shell:error.unreachable') : problem.detail}{' '}
          <span className={styles.code}>{t('shell:error.code', { code: problem.code })}</span>
        </p>
        <Button onClick={() => acts.retry(act.key)}>{t('shell:error.retry')}</Button>
        {dismiss}
      </div>
    );
  }
  return (
    <div className={styles.toast} data-waiting={act.phase === 'waiting' || undefined}>
      <p>{what}</p>
      {act.phase === 'waiting' && (
        <Button onClick={() => acts.undo(act.key)}>
          {t('shell:undo')} <kbd>z</kbd>
        </Button>
      )}
    </div>
  );
}
