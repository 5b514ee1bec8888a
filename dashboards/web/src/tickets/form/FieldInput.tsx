import type { Ticket } from '@caretaker/cloud/contract';
import { lazy, Suspense, useId } from 'react';
import { useTranslation } from 'react-i18next';
import formStyles from '../../ui/Form.module.css';
import { FilePicker } from '../files/FilePicker.tsx';
import { UploadList } from '../files/UploadList.tsx';
import type { Uploads } from '../files/use-uploads.ts';
import type { Field } from '../forms.ts';
import { CauseField } from './CauseField.tsx';
import { Choice } from './Choice.tsx';
import { CodeField } from './CodeField.tsx';
import { CustomerCode } from './CustomerCode.tsx';
import { MoneyField } from './MoneyField.tsx';
import { PartsField } from './PartsField.tsx';
import { PersonField } from './PersonField.tsx';
import { WhenField } from './WhenField.tsx';

const SignatureField = lazy(async () => ({
  default: (await import('./SignatureField.tsx')).SignatureField,
}));

export interface FieldProps {
  readonly field: Field;
  readonly ticket: Ticket;
  readonly uploads: Uploads;
  readonly value: unknown;
  readonly missing: boolean;
  /** The first field of the form: where typing begins. */
  readonly first: boolean;
  readonly onChange: (value: unknown) => void;
}

/** One question of a form: its label, its control, and what is wrong with the answer. */
export function FieldInput(props: FieldProps) {
  const { t } = useTranslation('ticket');
  const { field, missing } = props;
  const id = useId();
  const label = t(`field.${field.label}`);
  const name = field.optional === true ? t('optional', { label }) : label;
  const grouped = groups.has(field.kind);
  return (
    <div
      className={formStyles.line}
      {...(grouped ? { role: 'group', 'aria-labelledby': `${id}-label` } : {})}
    >
      {grouped ? (
        <span id={`${id}-label`} className={formStyles.label}>
          {name}
        </span>
      ) : (
        <label htmlFor={id}>{name}</label>
      )}
      <Control {...props} id={id} />
      {missing && <p className={formStyles.wrong}>{t('missing')}</p>}
    </div>
  );
}

/** Fields of several controls, which one label cannot stand for. */
const groups: ReadonlySet<Field['kind']> = new Set([
  'choice',
  'when',
  'photos',
  'parts',
  'signature',
]);

function Control(props: FieldProps & { readonly id: string }) {
  const { field, ticket, value, missing, first, onChange, id } = props;
  const text = typeof value === 'string' ? value : '';
  const common = {
    id,
    className: formStyles.field,
    'aria-invalid': missing,
    'data-autofocus': first || undefined,
    required: field.optional === undefined,
  };
  switch (field.kind) {
    case 'words':
    case 'line':
      return <Text {...common} long={field.kind === 'words'} value={text} onText={onChange} />;
    case 'number':
      return <Count {...common} value={value} onCount={onChange} />;
    case 'choice':
      return <Choice options={field.options} value={text} name={id} onChange={onChange} />;
    case 'when':
      return <WhenField id={id} quick={field.quick} value={value} onChange={onChange} />;
    case 'money':
      return <MoneyField {...common} value={value} onChange={onChange} />;
    case 'photos':
      return <Photos {...props} kind={field.as} />;
    case 'parts':
      return <PartsField value={value} onChange={onChange} />;
    case 'person':
      return (
        <PersonField
          id={id}
          estate={ticket.estate}
          first={first}
          value={text}
          onChange={onChange}
        />
      );
    case 'causes':
      return <CauseField {...common} value={text} onChange={onChange} />;
    case 'code':
      return <CodeField {...common} value={text} onChange={onChange} />;
    case 'customer-code':
      return <CustomerCode {...common} ticket={ticket.id} value={text} onChange={onChange} />;
    case 'signature':
      return (
        <Suspense fallback={<div className={formStyles.field} />}>
          <SignatureField onChange={onChange} />
        </Suspense>
      );
  }
}

interface Common {
  readonly id: string;
  readonly className: string | undefined;
}

function Text({
  long,
  onText,
  ...common
}: Common & {
  readonly long: boolean;
  readonly value: string;
  readonly onText: (text: string) => void;
}) {
  if (!long) {
    return (
      <input
        {...common}
        maxLength={200}
        autoComplete="off"
        onChange={(event) => onText(event.currentTarget.value)}
      />
    );
  }
  return (
    <textarea
      {...common}
      rows={3}
      maxLength={4000}
      onChange={(event) => onText(event.currentTarget.value)}
    />
  );
}

function Count({
  value,
  onCount,
  ...common
}: Common & { readonly value: unknown; readonly onCount: (count: number | undefined) => void }) {
  return (
    <input
      {...common}
      type="number"
      inputMode="decimal"
      min={0}
      step="any"
      value={value === undefined ? '' : String(value)}
      onChange={({ currentTarget: { value: text, valueAsNumber } }) =>
        onCount(text === '' ? undefined : valueAsNumber)
      }
    />
  );
}

function Photos({
  ticket,
  uploads,
  kind,
}: FieldProps & { readonly kind: Parameters<Uploads['add']>[1] }) {
  const { t } = useTranslation('ticket');
  return (
    <>
      <UploadList uploads={uploads} ticket={ticket.id} />
      <div>
        <FilePicker onFiles={(files) => uploads.add(files, kind)}>{t('files.add')}</FilePicker>
      </div>
    </>
  );
}
