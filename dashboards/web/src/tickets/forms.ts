import type { Ticket } from '@caretaker/cloud/contract';
import type { TicketCommandType } from '@caretaker/cloud/contract/ticket-states';
import type { Wish } from './acts.ts';
import { currency } from './money.ts';
import { hasCustomer, type PlainCommand } from './plan.ts';

/** Kinds of files, as the service keeps them apart. */
export type FileKind = 'before' | 'after' | 'evidence' | 'signature' | 'document';

export interface Part {
  readonly name: string;
  readonly quantity: number;
  /** Of one, in the smallest unit of the currency; null when nothing is charged for it. */
  readonly price: number | null;
}

type Shape =
  | { readonly kind: 'words' | 'line' | 'money' | 'number' | 'parts' | 'person' | 'signature' }
  | { readonly kind: 'code' | 'customer-code' }
  | { readonly kind: 'causes' }
  /** Options are words of `ticket:option`. */
  | { readonly kind: 'choice'; readonly options: readonly Option[] }
  /** Offered with one tap: hours from now. */
  | { readonly kind: 'when'; readonly quick: readonly number[] }
  | { readonly kind: 'photos'; readonly as: FileKind };

export type Option =
  | 'emergency'
  | 'high'
  | 'medium'
  | 'low'
  | 'engineering'
  | 'security'
  | 'cleaning'
  | 'service'
  | 'same-day'
  | 'three-days'
  | 'one-week'
  | 'parts'
  | 'no-access'
  | 'third-party'
  | 'yes'
  | 'no'
  | 'unreached'
  | 'half-hour'
  | 'hour'
  | 'today'
  | 'at'
  | '1'
  | '2'
  | '3'
  | '4'
  | '5'
  | 'resident'
  | 'visitor'
  | 'employee'
  | 'other'
  | 'desk'
  | 'phone'
  | 'chat'
  | 'web'
  | 'on-site'
  | 'report'
  | 'complaint'
  | 'wish';

export type Field = Shape & {
  /** The property of the command. */
  readonly name: string;
  /** A word of `ticket:field`. */
  readonly label: Label;
  /** `either`: of such fields of a form one must be given. */
  readonly optional?: true | 'either';
  /** Shown only when another field has this value. */
  readonly when?: readonly [name: string, value: string];
};

export type Label =
  | 'note'
  | 'reasonWhy'
  | 'severity'
  | 'team'
  | 'orTeam'
  | 'class'
  | 'person'
  | 'code'
  | 'noScan'
  | 'partName'
  | 'quantity'
  | 'price'
  | 'labour'
  | 'partsCost'
  | 'agreedBy'
  | 'signature'
  | 'measure'
  | 'photos'
  | 'photo'
  | 'risk'
  | 'finalBy'
  | 'partsWanted'
  | 'waitFor'
  | 'evidence'
  | 'until'
  | 'fixedHow'
  | 'cause'
  | 'checked'
  | 'signedBy'
  | 'signCode'
  | 'contact'
  | 'satisfied'
  | 'score'
  | 'theirWords'
  | 'done'
  | 'referTo'
  | 'promise'
  | 'promiseAt'
  | 'answer';

const severities = ['emergency', 'high', 'medium', 'low'] as const;
const teams = ['engineering', 'security', 'cleaning', 'service'] as const;
const why: Field = { kind: 'words', name: 'note', label: 'reasonWhy' };
const remark: Field = { kind: 'words', name: 'note', label: 'note', optional: true };

type FormCommand = Exclude<TicketCommandType, PlainCommand | 'tick' | 'attach'>;

/** What each command asks for, in the order in which it is asked. */
export const forms: Readonly<Record<FormCommand, readonly Field[]>> = {
  triage: [
    { kind: 'choice', name: 'severity', label: 'severity', options: severities, optional: true },
    { kind: 'choice', name: 'team', label: 'team', options: teams, optional: true },
    {
      kind: 'choice',
      name: 'class',
      label: 'class',
      options: ['same-day', 'three-days', 'one-week'],
      optional: true,
    },
    remark,
  ],
  prioritise: [{ kind: 'choice', name: 'severity', label: 'severity', options: severities }, why],
  'assign-team': [{ kind: 'choice', name: 'team', label: 'team', options: teams }, remark],
  dispatch: [{ kind: 'person', name: 'to', label: 'person' }, remark],
  'hand-over': [
    { kind: 'person', name: 'to', label: 'person', optional: 'either' },
    { kind: 'choice', name: 'team', label: 'orTeam', options: teams, optional: 'either' },
    why,
  ],
  arrive: [
    { kind: 'code', name: 'code', label: 'code', optional: 'either' },
    { kind: 'line', name: 'reason', label: 'noScan', optional: 'either' },
  ],
  part: [
    { kind: 'line', name: 'name', label: 'partName' },
    { kind: 'number', name: 'quantity', label: 'quantity' },
    { kind: 'money', name: 'price', label: 'price', optional: true },
  ],
  quote: [
    { kind: 'money', name: 'labour', label: 'labour' },
    { kind: 'money', name: 'parts', label: 'partsCost' },
  ],
  consent: [
    { kind: 'line', name: 'by', label: 'agreedBy' },
    { kind: 'signature', name: 'file', label: 'signature', optional: true },
  ],
  'temporary-measure': [
    { kind: 'photos', name: 'files', label: 'photos', as: 'evidence' },
    { kind: 'words', name: 'what', label: 'measure' },
    { kind: 'words', name: 'risk', label: 'risk' },
    { kind: 'when', name: 'finalBy', label: 'finalBy', quick: [24, 72, 168] },
    { kind: 'parts', name: 'parts', label: 'partsWanted', optional: true },
  ],
  wait: [
    {
      kind: 'choice',
      name: 'reason',
      label: 'waitFor',
      options: ['parts', 'no-access', 'third-party'],
    },
    { kind: 'words', name: 'evidence', label: 'evidence' },
    { kind: 'when', name: 'until', label: 'until', quick: [4, 24, 72] },
    { kind: 'photos', name: 'files', label: 'photos', as: 'evidence', optional: true },
  ],
  fix: [
    { kind: 'causes', name: 'cause', label: 'cause', optional: true },
    { kind: 'words', name: 'what', label: 'fixedHow' },
    { kind: 'photos', name: 'files', label: 'photos', as: 'after', optional: true },
  ],
  verify: [{ kind: 'words', name: 'note', label: 'checked' }],
  'sign-off': [
    { kind: 'line', name: 'by', label: 'signedBy' },
    { kind: 'signature', name: 'file', label: 'signature', optional: 'either' },
    { kind: 'customer-code', name: 'code', label: 'signCode', optional: 'either' },
  ],
  'follow-up': [
    { kind: 'line', name: 'contact', label: 'contact' },
    { kind: 'choice', name: 'satisfied', label: 'satisfied', options: ['yes', 'no', 'unreached'] },
    {
      kind: 'choice',
      name: 'score',
      label: 'score',
      options: ['1', '2', '3', '4', '5'],
      optional: true,
    },
    { kind: 'words', name: 'words', label: 'theirWords', optional: true },
  ],
  close: [{ kind: 'words', name: 'note', label: 'done' }],
  reject: [why],
  'refer-out': [{ kind: 'line', name: 'to', label: 'referTo' }, why],
  cancel: [why],
  reopen: [why],
  promise: [
    {
      kind: 'choice',
      name: 'kind',
      label: 'promise',
      options: ['half-hour', 'hour', 'today', 'at'],
    },
    { kind: 'when', name: 'at', label: 'promiseAt', quick: [], when: ['kind', 'at'] },
  ],
  answer: [{ kind: 'words', name: 'note', label: 'answer' }],
  note: [{ kind: 'words', name: 'note', label: 'note' }],
};
export type FormType = keyof typeof forms;

export function hasForm(command: TicketCommandType): command is FormType {
  return command in forms;
}

export type Values = Readonly<Record<string, unknown>>;

function isEmpty(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() === '';
  if (Array.isArray(value)) return value.length === 0;
  return value === undefined || value === null;
}

/** Fields that are asked, given what was already answered. */
export function askedFields(type: FormType, values: Values): readonly Field[] {
  return forms[type].filter(({ when }) => when === undefined || values[when[0]] === when[1]);
}

/** Names of the fields that still lack an answer. */
export function missingIn(
  type: FormType,
  values: Values,
  ticket: Pick<Ticket, 'reporter'>,
): readonly string[] {
  const missing = askedFields(type, values)
    .filter(({ name, optional }) => optional === undefined && isEmpty(values[name]))
    .map(({ name }) => name);
  // What belongs to nobody is signed off by a second employee, with neither.
  const free = type === 'sign-off' && !hasCustomer(ticket);
  const either = forms[type].flatMap(({ name, optional }) =>
    optional === 'either' && !free ? [name] : [],
  );
  if (either.length > 0 && either.every((name) => isEmpty(values[name]))) missing.push(...either);
  return missing;
}

function answerOf({ kind, name }: Field, value: unknown): unknown {
  if (typeof value === 'string') {
    const text = value.trim();
    return name === 'score' ? Number(text) : text;
  }
  return kind === 'number' ? Number(value) : value;
}

/** The command that a filled form stands for; what was left empty is left out. */
export function wishOf(type: FormType, values: Values): Wish {
  const entries = askedFields(type, values)
    .filter(({ name }) => !isEmpty(values[name]))
    .map((field) => [field.name, answerOf(field, values[field.name])] as const);
  const lists = forms[type]
    .filter(({ kind }) => kind === 'photos' || kind === 'parts')
    .map(({ name }) => [name, []] as const);
  const unit = type === 'quote' ? { currency } : {};
  return { type, ...Object.fromEntries([...lists, ...entries]), ...unit } as unknown as Wish;
}
