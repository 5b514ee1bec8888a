import type { TicketEvent } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import { formatInstant } from '../format/instant.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { useZone } from '../live/use-live.ts';
import { useNow } from '../time/use-now.ts';
import { currency, formatMoney } from './money.ts';

type Data = TicketEvent['data'];

/** What an entry holds, as text; empty for what is not there. */
function said(data: Data, name: string): string {
  const value = data[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function instantIn(data: Data, name: string): number | null {
  const value = data[name];
  return typeof value === 'number' ? value : null;
}

/** Objects of a list in an entry. */
function listIn(data: Data, name: string): readonly Data[] {
  const value = data[name];
  return Array.isArray(value) ? value.filter((one): one is Data => isData(one)) : [];
}

function isData(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whom an entry names: as a person, or by name alone. */
function nameIn(data: Data, name: string): string {
  const value = data[name];
  return isData(value) ? said(value, 'name') : said(data, name);
}

/** What belongs to an entry of the log, one sentence each: parts, promise, reason to wait, whom it overtook. */
export function useEntryLines(): (event: TicketEvent) => readonly string[] {
  const words = useWords();
  const { t } = useTranslation('ticket');
  return (event) => {
    const make = (lines as Partial<Record<TicketEvent['type'], Line>>)[event.type];
    const own = make?.(event.data, words) ?? [];
    const others = new Set(listIn(event.data, 'overtook').map((one) => said(one, 'by')));
    return [...own, ...[...others].map((name) => t('log.overtook', { name }))].filter(
      (line) => line !== '',
    );
  };
}

function useWords() {
  const { t, i18n } = useTranslation('ticket');
  const language = useLanguage();
  const zone = useZone();
  const now = useNow(3_600_000);
  /** The word of a key, or the raw text where nobody made one. */
  const word = (group: 'option' | 'clockName' | 'fileKind' | 'step' | 'signed', key: string) =>
    i18n.exists(`ticket:${group}.${key}`) ? t(`${group}.${key}` as never) : key;
  return {
    t,
    word,
    time: (at: number) => formatInstant(at, zone, language, now),
    money: (minor: number, unit: string) => formatMoney(minor, language, unit || currency),
  };
}
type Words = ReturnType<typeof useWords>;
type Line = (data: Data, words: Words) => readonly string[];

/** A sentence with one value; nothing when the entry lacks it. */
function when<V>(value: V | null | '', make: (value: V) => string): string {
  return value === null || value === '' ? '' : make(value);
}

function partLine(data: Data, { t, money }: Words): string {
  const name = said(data, 'name');
  const quantity = said(data, 'quantity');
  const price = instantIn(data, 'price');
  if (name === '') return '';
  if (price === null) return t('log.part', { name, quantity });
  return t('log.partPrice', { name, quantity, price: money(price, said(data, 'currency')) });
}

const setting: Line = (data, { t, word }) => [
  when(said(data, 'severity'), (one) => t('log.severity', { severity: word('option', one) })),
  when(said(data, 'team'), (one) => t('log.team', { team: word('option', one) })),
  when(said(data, 'class'), (one) => t('log.class', { class: word('option', one) })),
];
const toPerson: Line = (data, { t }) => [when(nameIn(data, 'to'), (name) => t('log.to', { name }))];
/** Its reason says which share is over. */
const clock: Line = (data, { t, word, time }) => [
  when(instantIn(data, 'due'), (due) =>
    t('log.clock', { clock: word('clockName', said(data, 'clock')), time: time(due) }),
  ),
];

/** Of each type what it says beside its note. */
const lines = {
  triaged: setting,
  prioritised: setting,
  'team-assigned': setting,
  'handed-over': (data, words) => [...toPerson(data, words), ...setting(data, words)],
  dispatched: toPerson,
  arrived: (data, { t }) => [
    said(data, 'reason') === ''
      ? t('log.scanned')
      : t('log.byHand', { reason: said(data, 'reason') }),
  ],
  ticked: (data, { t, word }) => [
    t(data.done === true ? 'log.ticked' : 'log.unticked', {
      step: word('step', said(data, 'step')),
    }),
  ],
  'part-used': (data, words) => [partLine(data, words)],
  attached: (data, { t, word }) => [
    when(said(data, 'kind'), (kind) =>
      t('log.file', { kind: word('fileKind', kind), name: said(data, 'name') }),
    ),
  ],
  quoted: (data, { t, money }) => {
    const unit = said(data, 'currency');
    const [labour, parts] = [Number(data.labour ?? 0), Number(data.parts ?? 0)];
    return [
      t('log.quote', {
        labour: money(labour, unit),
        parts: money(parts, unit),
        sum: money(labour + parts, unit),
      }),
    ];
  },
  consented: (data, { t }) => [when(said(data, 'by'), (name) => t('log.consent', { name }))],
  'temporary-measure': (data, words) => [
    said(data, 'what'),
    when(said(data, 'risk'), (risk) => words.t('log.risk', { risk })),
    when(instantIn(data, 'finalBy'), (at) => words.t('log.finalBy', { time: words.time(at) })),
    ...listIn(data, 'parts').map((part) => partLine(part, words)),
  ],
  waiting: (data, { t, word, time }) => [
    when(said(data, 'reason'), (one) => t('log.waitFor', { reason: word('option', one) })),
    said(data, 'evidence'),
    when(instantIn(data, 'until'), (at) => t('log.until', { time: time(at) })),
  ],
  fixed: (data, { t }) => [
    said(data, 'what'),
    when(said(data, 'cause'), (cause) => t('log.cause', { cause })),
  ],
  'signed-off': (data, { t, word }) => [
    when(said(data, 'by'), (name) => t('log.signed', { name })),
    when(said(data, 'how'), (how) => word('signed', how)),
  ],
  'followed-up': (data, { t, word }) => [
    when(said(data, 'contact'), (name) => t('log.contact', { name })),
    when(said(data, 'satisfied'), (one) => t('log.satisfied', { answer: word('option', one) })),
    when(said(data, 'score'), (score) => t('log.score', { score })),
    said(data, 'words'),
  ],
  'referred-out': (data, { t }) => [when(said(data, 'to'), (name) => t('log.referTo', { name }))],
  promised: (data, { t, word, time }) => [
    when(said(data, 'kind'), (kind) => t('log.promised', { what: word('option', kind) })),
    when(instantIn(data, 'at'), (at) => t('log.until', { time: time(at) })),
  ],
  'clock-warned': clock,
  'clock-missed': clock,
} as const satisfies Partial<Record<TicketEvent['type'], Line>>;
