import type { TicketDetail } from '@caretaker/cloud/contract';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { usePick } from '../i18n/use-language.ts';
import styles from './TicketFacts.module.css';

/** What makes no ticket of its own because of this one. */
export function TicketHides({ hides }: Pick<TicketDetail, 'hides'>) {
  const { t } = useTranslation('ticket');
  const say = usePick();
  if (hides.length === 0) return null;
  return (
    <section>
      <h2>{t('hides', { count: hides.length })}</h2>
      <ul className={styles.facts}>
        {hides.map(({ subject, subjectName, rule, title }) => {
          const [estate = '', asset = ''] = subject.split('/');
          return (
            <li key={`${subject} ${rule}`}>
              <Link to="/assets/$estate/$asset" params={{ estate, asset }}>
                {say(subjectName)}
              </Link>{' '}
              {title !== null && <span className="muted">{say(title)}</span>}
            </li>
          );
        })}
      </ul>
      <p className={styles.note}>{t('hidesWhy')}</p>
    </section>
  );
}
