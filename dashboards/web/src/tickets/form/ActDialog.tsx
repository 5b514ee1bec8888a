import type { Ticket } from '@caretaker/cloud/contract';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import formStyles from '../../ui/Form.module.css';
import { FormProblem } from '../../ui/FormProblem.tsx';
import type { Act, Wish } from '../acts.ts';
import { sendFile, type Uploads, useUploads } from '../files/use-uploads.ts';
import { askedFields, type FormType, missingIn, type Values, wishOf } from '../forms.ts';
import { acts } from '../use-acts.ts';
import { FieldInput } from './FieldInput.tsx';
import { introOf, prefilled } from './intro.ts';

interface Props {
  readonly type: FormType;
  /** As the service last said it. */
  readonly ticket: Ticket;
  readonly onClose: () => void;
}

/** What a command asks for before it is sent; on a conflict or a refusal everything typed stays. */
export function ActDialog({ type, ticket, onClose }: Props) {
  const { t } = useTranslation(['ticket', 'tickets', 'shell']);
  const form = useActForm(type, ticket, onClose);
  const intro = introOf(type, ticket);
  const title = t('ticket:formTitle', { ref: ticket.ref, act: t(`tickets:act.${type}`) });
  return (
    <Dialog title={title} onClose={onClose}>
      <form className={formStyles.form} onSubmit={form.onSubmit} noValidate>
        {intro !== null && <p>{t(`ticket:intro.${intro}`)}</p>}
        {askedFields(type, form.values).map((field, index) => (
          <FieldInput
            key={field.name}
            field={field}
            ticket={ticket}
            uploads={form.uploads}
            value={form.values[field.name]}
            missing={form.missing.includes(field.name)}
            first={index === 0}
            onChange={(value) => form.set(field.name, value)}
          />
        ))}
        {form.refused?.phase === 'conflict' && <Overtaken act={form.refused} />}
        <FormProblem error={form.refused?.phase === 'failed' ? form.refused.error : form.error} />
        <div className={formStyles.actions}>
          <Button onClick={onClose}>{t('shell:cancel')}</Button>
          <Button look="primary" type="submit" disabled={form.busy || form.uploads.busy}>
            {t(`tickets:act.${type}`)}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Somebody moved the ticket meanwhile: sending again says it of the ticket as it is now. */
function Overtaken({ act }: { readonly act: Act }) {
  const { t } = useTranslation(['tickets', 'words']);
  const { current } = act;
  return (
    <p role="alert">
      <strong>
        {t('tickets:conflict.title', { by: current?.owner ?? t('tickets:conflict.somebody') })}
      </strong>{' '}
      {t('tickets:conflict.detail', {
        state: t(`words:ticketState.${current?.state ?? act.seen.state}`),
      })}
    </p>
  );
}

function useActForm(type: FormType, ticket: Ticket, onClose: () => void) {
  const uploads = useUploads(ticket.id);
  const [values, setValues] = useState<Values>(() => prefilled(type, ticket));
  const [missing, setMissing] = useState<readonly string[]>([]);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Act | null>(null);
  const [error, setError] = useState<unknown>(null);
  const set = (name: string, value: unknown) => {
    setValues((old) => ({ ...old, [name]: value }));
    setMissing((old) => old.filter((one) => one !== name));
  };
  const submit = async () => {
    const all = withUploads(type, values, uploads);
    const lacking = missingIn(type, all, ticket);
    setMissing(lacking);
    if (lacking.length > 0) return;
    setBusy(true);
    setRefused(null);
    setError(null);
    try {
      const wish = wishOf(type, await withSignature(ticket.id, all));
      if (wish.type === 'note') {
        acts.later(ticket, wish);
        onClose();
        return;
      }
      const act = await sent(ticket, wish);
      if (act === null) onClose();
      else setRefused(act);
    } catch (cause) {
      setError(cause);
    } finally {
      setBusy(false);
    }
  };
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!busy) void submit();
  };
  return { values, set, missing, busy, refused, error, uploads, onSubmit };
}

/** Sends it; answers with the act when it was not done, which then is told here and not a second time below. */
async function sent(ticket: Ticket, wish: Wish): Promise<Act | null> {
  if ((await acts.now(ticket, wish)) === 'done') return null;
  const act = acts.list().findLast((one) => one.wish === wish) ?? null;
  if (act !== null) acts.dismiss(act.key);
  return act;
}

function withUploads(type: FormType, values: Values, uploads: Uploads): Values {
  const photos = askedFields(type, values).find(({ kind }) => kind === 'photos');
  if (photos === undefined) return values;
  return { ...values, [photos.name]: uploads.list.flatMap(({ hash }) => hash ?? []) };
}

/** A signature is drawn until the moment of sending; what is sent is the hash of its picture. */
async function withSignature(ticket: number, values: Values): Promise<Values> {
  const { file } = values;
  if (typeof file !== 'function') return values;
  const blob = (await file()) as Blob | null;
  if (blob === null) return { ...values, file: undefined };
  const hash = await sendFile(ticket, { blob, name: 'signature.png', kind: 'signature' });
  return { ...values, file: hash };
}
