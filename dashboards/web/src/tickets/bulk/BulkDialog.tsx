import type { BulkResult, Ticket } from '@caretaker/cloud/contract';
import { type FormEvent, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { hub } from '../../app/live.ts';
import { queries } from '../../app/query.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import form from '../../ui/Form.module.css';
import { FormProblem } from '../../ui/FormProblem.tsx';
import { useSubmit } from '../../ui/use-submit.ts';
import type { Wish } from '../acts.ts';
import { PersonField } from '../form/PersonField.tsx';
import { BulkResults } from './BulkResults.tsx';
import { type Result, sendAll } from './send-all.ts';

interface Props {
  readonly type: 'acknowledge' | 'dispatch';
  readonly tickets: readonly Ticket[];
  /** Called with those that were not done, once all are sent. */
  readonly onDone: (left: readonly number[]) => void;
  readonly onClose: () => void;
}

/** Asks for what is needed, sends it for each ticket, and says what became of each. */
export function BulkDialog({ type, tickets, onDone, onClose }: Props) {
  const { t } = useTranslation(['ticket-list', 'tickets', 'ticket', 'shell']);
  const id = useId();
  const [person, setPerson] = useState('');
  const [missing, setMissing] = useState(false);
  const { results, busy, error, run } = useSending(tickets, onDone);
  const act = t(`tickets:act.${type}`);
  const count = tickets.length;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy) return;
    setMissing(type === 'dispatch' && person === '');
    if (type === 'dispatch' && person === '') return;
    const note = String(new FormData(event.currentTarget).get('note') ?? '').trim();
    void run(wishOf(type, person, note));
  };
  const done = !busy && results.length > 0;
  return (
    <Dialog title={t('ticket-list:bulk.title', { act, count })} onClose={onClose}>
      {done ? (
        <BulkResults results={results} onClose={onClose} />
      ) : (
        <form className={form.form} onSubmit={submit} noValidate>
          {type === 'dispatch' && (
            <div className={form.line}>
              <label htmlFor={id}>{t('ticket:field.person')}</label>
              <PersonField
                id={id}
                estate={tickets[0]?.estate ?? ''}
                first
                value={person}
                onChange={setPerson}
              />
              {missing && (
                <p className={form.wrong} role="alert">
                  {t('ticket:missing')}
                </p>
              )}
            </div>
          )}
          {type === 'dispatch' && (
            <div className={form.line}>
              <label htmlFor={`${id}-note`}>{t('ticket-list:bulk.note')}</label>
              <textarea id={`${id}-note`} name="note" rows={2} className={form.field} />
            </div>
          )}
          <FormProblem error={error} />
          {busy && <p role="status">{t('ticket-list:bulk.busy', { count })}</p>}
          <div className={form.actions}>
            <Button onClick={onClose}>{t('shell:cancel')}</Button>
            <Button
              look="primary"
              type="submit"
              data-autofocus={type === 'acknowledge' || undefined}
              disabled={busy}
            >
              {t('ticket-list:bulk.go', { act, count })}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}

function wishOf(type: Props['type'], to: string, note: string): Wish {
  if (type === 'acknowledge') return { type };
  return { type, to, ...(note === '' ? {} : { note }) };
}

function useSending(tickets: readonly Ticket[], onDone: Props['onDone']) {
  const [results, setResults] = useState<readonly Result[]>([]);
  const sent = useRef({ text: '', key: '' });
  const { busy, error, run: begin } = useSubmit(async () => {});
  const run = (wish: Wish) =>
    begin(async () => {
      // The same sent again after no answer carries the same key, and is done once.
      const text = JSON.stringify(wish);
      if (sent.current.text !== text) sent.current = { text, key: crypto.randomUUID() };
      const all = await sendAll(tickets, wish, sent.current.key, (request, part) =>
        post<BulkResult>('/api/tickets/bulk', request, part),
      );
      for (const { ticket } of all) hub.putTicket(ticket);
      setResults(all);
      onDone(all.filter(({ outcome }) => outcome !== 'done').map(({ ticket }) => ticket.id));
      await queries.invalidateQueries({ queryKey: ['tickets'] });
    });
  return { results, busy, error, run };
}
