import type { Ticket } from '@caretaker/cloud/contract';
import { isAllowed, ticketEntries } from '@caretaker/cloud/contract/ticket-states';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useProblemText } from '../i18n/use-problem-text.ts';
import { useKey } from '../shell/keys.ts';
import { Button } from '../ui/Button.tsx';
import type { Act, Wish } from './acts.ts';
import styles from './Toasts.module.css';
import { acts, useActs } from './use-acts.ts';

/** What was just done, with undo; what could not be done, with the reason. */
export function Toasts() {
  const list = useActs();
  useKey(
    'z',
    useCallback(() => acts.undo(), []),
  );
  return (
    <section className={styles.toasts} aria-live="polite">
      {list.filter(isTold).map((act) => (
        <Toast key={act.key} act={act} />
      ))}
    </section>
  );
}

/** A tick shows itself where it was made; what a form sends tells in the form until it is done. */
function isTold({ wish, phase }: Act): boolean {
  if (phase === 'sending') return false;
  return wish.type !== 'tick' || phase === 'conflict' || phase === 'failed';
}

/** What the person wrote, so that it is not lost with the act. */
function wordsOf(wish: Wish): string | null {
  if ('note' in wish) return wish.note ?? null;
  return 'what' in wish ? wish.what : null;
}

function Toast({ act }: { readonly act: Act }) {
  const { t } = useTranslation(['tickets', 'shell']);
  const what = t('tickets:said', {
    ref: act.seen.ref,
    what: t(`tickets:log.${ticketEntries[act.wish.type]}`),
  });
  if (act.phase === 'conflict' && act.current !== null) {
    return <Conflict act={act} current={act.current} />;
  }
  if (act.phase === 'failed') return <Failed act={act} what={what} />;
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

/** Says who was faster and how the ticket stands, and asks again where the wish is still possible. */
function Conflict({ act, current }: { readonly act: Act; readonly current: Ticket }) {
  const { t } = useTranslation(['tickets', 'shell', 'words']);
  const by = current.owner ?? t('tickets:conflict.somebody');
  const words = wordsOf(act.wish);
  return (
    <div className={styles.toast}>
      <p>
        <strong>{t('tickets:conflict.title', { by })}</strong>{' '}
        {t('tickets:conflict.detail', { state: t(`words:ticketState.${current.state}`) })}
        {words !== null && <q>{words}</q>}
      </p>
      {isAllowed(act.wish.type, current.state) && (
        <Button onClick={() => acts.again(act.key)}>{t(`tickets:act.${act.wish.type}`)}</Button>
      )}
      <Button look="quiet" onClick={() => acts.dismiss(act.key)}>
        {t('shell:close')}
      </Button>
    </div>
  );
}

function Failed({ act, what }: { readonly act: Act; readonly what: string }) {
  const { t } = useTranslation(['tickets', 'shell']);
  const { text, code } = useProblemText()(act.error);
  return (
    <div className={styles.toast}>
      <p>
        <strong>{t('tickets:failed.title', { what })}</strong> {text}{' '}
        <span className={styles.code}>{t('shell:error.code', { code })}</span>
      </p>
      <Button onClick={() => acts.retry(act.key)}>{t('shell:error.retry')}</Button>
      <Button look="quiet" onClick={() => acts.dismiss(act.key)}>
        {t('shell:close')}
      </Button>
    </div>
  );
}
