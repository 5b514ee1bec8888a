import { useTranslation } from 'react-i18next';
import { usePick } from '../../i18n/use-language.ts';
import { Button } from '../../ui/Button.tsx';
import form from '../../ui/Form.module.css';
import styles from './Bulk.module.css';
import type { Result } from './send-all.ts';

interface Props {
  readonly results: readonly Result[];
  readonly onClose: () => void;
}

const rank = { refused: 0, changed: 1, done: 2 } as const;

/** What became of each, those first that were not done. */
export function BulkResults({ results, onClose }: Props) {
  const { t } = useTranslation(['ticket-list', 'shell']);
  const say = usePick();
  const done = results.filter(({ outcome }) => outcome === 'done').length;
  const left = results.length - done;
  return (
    <>
      <p role="status">
        <strong>{t('ticket-list:bulk.result.done', { count: done })}</strong>
        {left > 0 && ` · ${t('ticket-list:bulk.result.notDone', { count: left })}`}
      </p>
      <ul className={styles.results} aria-label={t('ticket-list:bulk.result.title')}>
        {results
          .toSorted((a, b) => rank[a.outcome] - rank[b.outcome])
          .map(({ ticket, outcome, problem }) => (
            <li key={ticket.id} data-outcome={outcome}>
              <span>
                {ticket.ref} {say(ticket.title)}
              </span>
              <span className={styles.outcome}>{t(`ticket-list:bulk.outcome.${outcome}`)}</span>
              {problem !== null && (
                <span className={styles.why}>
                  {problem.detail} <code>{problem.code}</code>
                </span>
              )}
            </li>
          ))}
      </ul>
      <div className={form.actions}>
        <Button look="primary" data-autofocus onClick={onClose}>
          {t('shell:close')}
        </Button>
      </div>
    </>
  );
}
