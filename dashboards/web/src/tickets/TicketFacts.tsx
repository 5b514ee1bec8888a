import type { Ticket } from '@caretaker/cloud/contract';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDuration } from '../format/duration.ts';
import { useLanguage, usePick } from '../i18n/use-language.ts';
import { useNow } from '../time/use-now.ts';
import { When } from '../ui/When.tsx';
import styles from './TicketFacts.module.css';

/** What the system knows about the ticket. */
export function TicketFacts({ ticket }: { readonly ticket: Ticket }) {
  const { t } = useTranslation('tickets');
  const language = useLanguage();
  const now = useNow(10_000);
  return (
    <section>
      <h2 className={styles.title}>{t('facts.title')}</h2>
      <dl className={styles.facts}>
        <Fact name={t('facts.asset')}>
          <Subject ticket={ticket} />
        </Fact>
        <Fact name={t('facts.owner')}>{ticket.owner ?? t('nobody')}</Fact>
        <Fact name={t('facts.onset')}>
          <When at={ticket.onset} />
        </Fact>
        <Fact name={t('facts.opened')}>
          <When at={ticket.opened} />
        </Fact>
        {ticket.acknowledged !== null && (
          <Fact name={t('facts.acknowledged')}>
            <When at={ticket.acknowledged} />
          </Fact>
        )}
        {ticket.closed === null ? (
          <Fact name={t('facts.age')}>{formatDuration(now - ticket.onset, language)}</Fact>
        ) : (
          <Fact name={t('facts.closed')}>
            <When at={ticket.closed} />
          </Fact>
        )}
        {ticket.repeat > 1 && (
          <Fact name={t('facts.repeat')}>{t('repeatTitle', { count: ticket.repeat })}</Fact>
        )}
        <Fact name={t('facts.item')}>{ticket.item}</Fact>
        <Fact name={t('facts.standard')}>
          {t('facts.version', { version: ticket.standardVersion })}
        </Fact>
      </dl>
      {ticket.source === 'gateway-alarm' && <p className={styles.note}>{t('alarmed')}</p>}
      {ticket.latched && <p className={styles.note}>{t('latched')}</p>}
    </section>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** The asset as a link; a gateway by its name. */
function Subject({ ticket }: { readonly ticket: Ticket }) {
  const say = usePick();
  const [estate = '', asset = ''] = ticket.subject.split('/');
  if (asset.startsWith('gateway:')) return <Link to="/devices">{say(ticket.subjectName)}</Link>;
  return (
    <Link to="/assets/$estate/$asset" params={{ estate, asset }}>
      {say(ticket.subjectName)}
    </Link>
  );
}
