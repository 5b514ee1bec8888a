import type { Ticket, TicketEvent } from '@caretaker/cloud/contract';
import { isOpen } from '@caretaker/cloud/contract/ticket-states';
import { useTranslation } from 'react-i18next';
import styles from './Checklist.module.css';
import { isOffered, stepsOf, ticksOf } from './plan.ts';
import { acts, useActs } from './use-acts.ts';
import { useViewer } from './use-viewer.ts';

interface Props {
  readonly ticket: Ticket;
  /** As the service last said it. */
  readonly seen: Ticket;
  readonly events: readonly TicketEvent[];
}

/** The steps at the site, in their order; each tick counts at once, with its time in the log. */
export function Checklist({ ticket, seen, events }: Props) {
  const { t } = useTranslation('ticket');
  const viewer = useViewer(ticket.estate);
  const underWay = useActs().flatMap(({ seen: { id }, wish, phase }) =>
    id === ticket.id && wish.type === 'tick' && phase !== 'failed' && phase !== 'conflict'
      ? [{ type: 'ticked', data: { step: wish.step, done: wish.done } }]
      : [],
  );
  const ticks = ticksOf([...events, ...underWay]);
  const steps = stepsOf(ticket);
  const done = steps.filter((step) => ticks.has(step)).length;
  if (!isOpen(ticket.state) && done === 0) return null;
  const may = isOffered('tick', ticket, viewer);
  const there = ticket.state === 'on-site' || ticket.state === 'working';
  return (
    <details className={styles.box} open={there}>
      <summary>
        <h2>{t('checklist.title')}</h2>
        <span>{t('checklist.count', { done, all: steps.length })}</span>
      </summary>
      <ul>
        {steps.map((step) => (
          <li key={step}>
            <label>
              <input
                type="checkbox"
                checked={ticks.has(step)}
                disabled={!may}
                onChange={(event) =>
                  void acts.now(seen, { type: 'tick', step, done: event.currentTarget.checked })
                }
              />
              {t(`step.${step}`)}
            </label>
          </li>
        ))}
      </ul>
    </details>
  );
}
