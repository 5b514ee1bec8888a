import type { Ticket } from '@caretaker/cloud/contract';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type FormEvent, type ReactNode, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../api/client.ts';
import { hub } from '../app/live.ts';
import { useEstate } from '../live/use-live.ts';
import { NoPermission } from '../session/NoPermission.tsx';
import { useMay } from '../session/use-session.ts';
import { BackLink } from '../ui/BackLink.tsx';
import { Button } from '../ui/Button.tsx';
import form from '../ui/Form.module.css';
import { FormProblem } from '../ui/FormProblem.tsx';
import { Choice } from './form/Choice.tsx';
import { WhenField } from './form/WhenField.tsx';
import type { Option } from './forms.ts';
import styles from './NewTicketPage.module.css';
import { PlacePicker } from './PlacePicker.tsx';
import { emptyReport, missingInReport, type Report, reportOf } from './report.ts';

/** Somebody told an employee of something: one short form, and the matter has a number. */
export function NewTicketPage() {
  const { t } = useTranslation(['ticket', 'tickets']);
  const estate = useEstate();
  const may = useMay('ticket.act', estate?.id);
  if (estate === undefined) return null;
  return (
    <>
      <BackLink to="/tickets">{t('tickets:back')}</BackLink>
      {may ? <ReportForm estate={estate.id} /> : <NoPermission action="ticket.act" />}
    </>
  );
}

function ReportForm({ estate }: { readonly estate: string }) {
  const { t } = useTranslation('ticket');
  const report = useReport(estate);
  const { values, set } = report;
  const wrong = (name: keyof Report) =>
    report.missing.includes(name) && <p className={form.wrong}>{t('missing')}</p>;
  return (
    <form className={`${form.form} ${styles.form}`} onSubmit={report.onSubmit} noValidate>
      <h1>{t('create.title')}</h1>
      <Question label={t('create.kind')}>
        <Choice
          name="kind"
          options={['report', 'complaint', 'wish']}
          value={values.kind}
          onChange={(kind) => set({ kind: (kind || values.kind) as Report['kind'] })}
        />
      </Question>
      <PlacePicker value={values.where} onChange={(where) => set({ where })} />
      {wrong('where')}
      <label className={form.check}>
        <input
          type="checkbox"
          checked={values.inHome}
          onChange={(event) => set({ inHome: event.currentTarget.checked })}
        />
        {t('create.inHome')}
      </label>
      <Line label={t('create.words')} value={values.title} onText={(title) => set({ title })} />
      {wrong('title')}
      <Line
        label={t('optional', { label: t('create.details') })}
        long
        value={values.details}
        onText={(details) => set({ details })}
      />
      <Question label={t('optional', { label: t('create.severity') })}>
        <Choice
          name="severity"
          options={['emergency', 'high', 'medium', 'low']}
          value={values.severity}
          onChange={(severity) => set({ severity })}
        />
      </Question>
      <Reporter values={values} set={set} />
      {wrong('name')}
      <PromisedTime values={values} set={set} />
      {wrong('promiseAt')}
      <FormProblem error={report.error} />
      <div className={form.actions}>
        <Button look="primary" type="submit" disabled={report.busy}>
          {t('create.go')}
        </Button>
      </div>
    </form>
  );
}

interface PartProps {
  readonly values: Report;
  readonly set: (change: Partial<Report>) => void;
}

/** Who told of it; nobody when the employee saw it. */
function Reporter({ values, set }: PartProps) {
  const { t } = useTranslation('ticket');
  return (
    <fieldset className={styles.group}>
      <legend>{t('create.reporter')}</legend>
      <Choice
        name="who"
        options={['resident', 'visitor', 'employee', 'other']}
        value={values.who}
        onChange={(who) => set({ who })}
      />
      {values.who !== '' && (
        <>
          <Line label={t('create.name')} value={values.name} onText={(name) => set({ name })} />
          <Line
            label={t('optional', { label: t('create.contact') })}
            value={values.contact}
            onText={(contact) => set({ contact })}
          />
          <Question label={t('create.channel')}>
            <Choice
              name="channel"
              options={['desk', 'phone', 'chat', 'web', 'on-site']}
              value={values.channel}
              onChange={(channel) => set({ channel: channel || values.channel })}
            />
          </Question>
        </>
      )}
    </fieldset>
  );
}

function PromisedTime({ values, set }: PartProps) {
  const { t } = useTranslation('ticket');
  const id = useId();
  const options: readonly Option[] = ['half-hour', 'hour', 'today', 'at'];
  return (
    <Question label={t('optional', { label: t('create.promise') })}>
      <Choice
        name="promise"
        options={options}
        value={values.promise}
        onChange={(promise) => set({ promise })}
      />
      {values.promise === 'at' && (
        <WhenField
          id={id}
          quick={[]}
          value={values.promiseAt}
          onChange={(promiseAt) => set({ promiseAt })}
        />
      )}
    </Question>
  );
}

interface QuestionProps {
  readonly label: string;
  readonly children: ReactNode;
}

function Question({ label, children }: QuestionProps) {
  const id = useId();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset's legend cannot be laid out as the other labels.
    <div className={form.line} role="group" aria-labelledby={id}>
      <span id={id} className={form.label}>
        {label}
      </span>
      {children}
    </div>
  );
}

interface LineProps {
  readonly label: string;
  readonly value: string;
  readonly long?: boolean;
  readonly onText: (text: string) => void;
}

function Line({ label, value, long = false, onText }: LineProps) {
  const id = useId();
  const common = { id, value, className: form.field, autoComplete: 'off' };
  return (
    <div className={form.line}>
      <label htmlFor={id}>{label}</label>
      {long ? (
        <textarea
          {...common}
          rows={3}
          maxLength={4000}
          onChange={(event) => onText(event.currentTarget.value)}
        />
      ) : (
        <input
          {...common}
          maxLength={200}
          onChange={(event) => onText(event.currentTarget.value)}
        />
      )}
    </div>
  );
}

function useReport(estate: string) {
  const { asset } = useSearch({ from: '/tickets/new' });
  const navigate = useNavigate();
  const [values, setValues] = useState<Report>(() => emptyReport(asset));
  const [missing, setMissing] = useState<readonly (keyof Report)[]>([]);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  // The same form sent twice makes one ticket.
  const key = useRef(crypto.randomUUID());
  const set = (change: Partial<Report>) => {
    setValues((old) => ({ ...old, ...change }));
    setMissing((old) => old.filter((name) => !(name in change)));
    key.current = crypto.randomUUID();
  };
  const submit = async () => {
    const lacking = missingInReport(values);
    setMissing(lacking);
    if (lacking.length > 0) return;
    setBusy(true);
    setError(null);
    try {
      const made = await post<Ticket>('/api/tickets', reportOf(estate, values), key.current);
      hub.putTicket(made);
      await navigate({ to: '/tickets/$ticket', params: { ticket: String(made.id) } });
    } catch (cause) {
      setError(cause);
      setBusy(false);
    }
  };
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!busy) void submit();
  };
  return { values, set, missing, busy, error, onSubmit };
}
