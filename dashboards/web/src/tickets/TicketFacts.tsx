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
  const { t } = useTranslation('ticket');
  return (
    <section>
      <h2>{t('facts.title')}</h2>
      <dl className={styles.facts}>
        <Where ticket={ticket} />
        <Whose ticket={ticket} />
        <Times ticket={ticket} />
        {ticket.item !== '' && (
          <>
            <Fact name={t('facts.item')}>{ticket.item}</Fact>
            <Fact name={t('facts.standard')}>
              {t('facts.version', { version: ticket.standardVersion })}
            </Fact>
          </>
        )}
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

function Where({ ticket }: { readonly ticket: Ticket }) {
  const { t } = useTranslation('ticket');
  const { reporter, place } = ticket;
  return (
    <>
      <Fact name={t('facts.asset')}>
        <Subject ticket={ticket} />
      </Fact>
      {place !== null && (
        <Fact name={t('facts.place')}>
          {place}
          {ticket.inHome && ` (${t('facts.inHome')})`}
        </Fact>
      )}
      {reporter !== null && (
        <Fact name={t('facts.reporter')}>
          {reporter.name} ({t(`option.${reporter.kind}`)}, {t(`option.${reporter.channel}`)})
          {reporter.contact !== null && <Contact contact={reporter.contact} />}
        </Fact>
      )}
    </>
  );
}

/** A number that can be called is one tap away; an address in words is printed. */
function Contact({ contact }: { readonly contact: string }) {
  const number = contact.replace(/[\s()-]/g, '');
  if (!/^\+?\d{5,15}$/.test(number)) return <p>{contact}</p>;
  return (
    <p>
      <a className={styles.call} href={`tel:${number}`}>
        {contact}
      </a>
    </p>
  );
}

function Whose({ ticket }: { readonly ticket: Ticket }) {
  const { t } = useTranslation(['ticket', 'tickets']);
  const { owner, firstAsked, assigned, handover, team } = ticket;
  return (
    <>
      <Fact name={t('ticket:facts.owner')}>{owner ?? t('tickets:nobody')}</Fact>
      {firstAsked !== null && firstAsked.name !== owner && (
        <Fact name={t('ticket:facts.firstAsked')}>{firstAsked.name}</Fact>
      )}
      {team !== null && <Fact name={t('ticket:facts.team')}>{t(`ticket:option.${team}`)}</Fact>}
      {assigned !== null && assigned.name !== owner && (
        <Fact name={t('ticket:facts.assigned')}>{assigned.name}</Fact>
      )}
      {handover !== null && (
        <Fact name={t('ticket:facts.handover')}>
          {handover.to?.name ?? (handover.team !== null && t(`ticket:option.${handover.team}`))}{' '}
          <span className="muted">
            (<When at={handover.at} />, {t('ticket:facts.notAccepted')})
          </span>
        </Fact>
      )}
      {ticket.class !== null && (
        <Fact name={t('ticket:facts.class')}>{t(`ticket:option.${ticket.class}`)}</Fact>
      )}
    </>
  );
}

function Times({ ticket }: { readonly ticket: Ticket }) {
  const { t } = useTranslation('ticket');
  const language = useLanguage();
  const now = useNow(10_000);
  const told =
    ticket.source === 'report' || ticket.source === 'complaint' || ticket.source === 'wish';
  const moments = [
    [t(told ? 'facts.reported' : 'facts.onset'), ticket.onset],
    [t('facts.opened'), ticket.opened],
    [t('facts.acknowledged'), ticket.acknowledged],
    [t('facts.finalBy'), ticket.finalBy],
    [t('facts.fixed'), ticket.fixed?.at ?? null],
    [t('facts.verified'), ticket.verified],
    [t('facts.closed'), ticket.closed],
  ] as const;
  return (
    <>
      {moments.map(
        ([name, at]) =>
          at !== null && (
            <Fact key={name} name={name}>
              <When at={at} />
            </Fact>
          ),
      )}
      {ticket.closed === null && (
        <Fact name={t('facts.age')}>{formatDuration(now - ticket.onset, language)}</Fact>
      )}
    </>
  );
}

/** The asset as a link; a gateway and an estate by name. */
function Subject({ ticket }: { readonly ticket: Ticket }) {
  const say = usePick();
  const [estate = '', asset = ''] = ticket.subject.split('/');
  if (asset === '') return say(ticket.subjectName);
  if (asset.startsWith('gateway:')) return <Link to="/devices">{say(ticket.subjectName)}</Link>;
  return (
    <Link to="/assets/$estate/$asset" params={{ estate, asset }}>
      {say(ticket.subjectName)}
    </Link>
  );
}
