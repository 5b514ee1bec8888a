import type { Ticket } from '@caretaker/cloud/contract';
import type { TicketCommandType } from '@caretaker/cloud/contract/ticket-states';
import { useTranslation } from 'react-i18next';
import { Reason } from '../session/Reason.tsx';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import styles from './MoreSheet.module.css';
import { offersOf, type Viewer } from './plan.ts';

interface Props {
  readonly ticket: Ticket;
  readonly viewer: Viewer;
  readonly onChoose: (command: TicketCommandType) => void;
  readonly onClose: () => void;
}

/** Everything that may be done to the ticket as it stands; what may not is absent. */
export function MoreSheet({ ticket, viewer, onChoose, onClose }: Props) {
  const { t } = useTranslation(['ticket', 'tickets']);
  return (
    <Dialog title={`${t('ticket:more')} · ${ticket.ref}`} onClose={onClose}>
      <div className={styles.groups}>
        {offersOf(ticket, viewer).map(([group, commands]) => (
          <section key={group}>
            <h3>{t(`ticket:group.${group}`)}</h3>
            <div className={styles.offers}>
              {commands.map((command) => (
                <Button key={command} onClick={() => onChoose(command)}>
                  {t(`tickets:act.${command}`)}
                </Button>
              ))}
            </div>
          </section>
        ))}
        {!viewer.directs && <Reason action="ticket.direct" />}
      </div>
    </Dialog>
  );
}
