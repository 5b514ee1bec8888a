import { stringify } from 'csv-stringify/sync';
import type { LedgerRow } from '../contract/index.ts';
import type { Database } from '../db/database.ts';
import { type LedgerKey, type LedgerQuery, ledgerPage } from './ledger.ts';
import { headings, type Language, say } from './ledger-words.ts';

/** Rows that are read and written out at a time. */
const perPart = 200;

export interface LedgerExport extends Pick<LedgerQuery, 'filter' | 'viewer'> {
  readonly language: Language;
  /** IANA zone of an estate. */
  readonly zoneOf: (estate: string) => string;
}

/**
 * The ledger as a table for spreadsheets, some rows at a time: with the mark by which they know UTF-8, times as they
 * were in the estate, and nothing in it that such a program takes for a formula.
 */
export async function* exportLedger(
  database: Database,
  { filter, viewer, language, zoneOf }: LedgerExport,
): AsyncGenerator<string> {
  const line = { record_delimiter: 'windows', escape_formulas: true } as const;
  yield `\ufeff${stringify([Object.values(headings).map((text) => text[language])], line)}`;
  let after: LedgerKey | null = null;
  for (;;) {
    const rows: LedgerRow[] = await ledgerPage(database, { filter, viewer, limit: perPart, after });
    const last = rows.at(-1);
    if (last === undefined) return;
    yield stringify(
      rows.map((row) => cellsOf(row, language, zoneOf(row.estate))),
      line,
    );
    if (rows.length < perPart) return;
    after = [last.received, last.id];
  }
}

type Cell = string | number | null;

/** One cell under each heading. */
function cellsOf(row: LedgerRow, language: Language, zone: string): Cell[] {
  const word = (of: 'channel' | 'source' | 'severity' | 'class' | 'team' | 'satisfied' | 'state') =>
    say(of, row[of], language);
  const time = (at: number | null) => (at === null ? null : timeIn(zone, at));
  const list = (clocks: readonly string[]) =>
    clocks.map((clock) => say('clock', clock, language)).join(language === 'zh' ? '、' : ', ');
  const cells: Record<keyof typeof headings, Cell> = {
    ref: row.ref,
    estate: row.estate,
    received: time(row.received),
    onset: time(row.onset),
    channel: word('channel'),
    source: word('source'),
    reporter: row.reporter?.name ?? null,
    contact: row.reporter?.contact ?? null,
    place: row.place ?? row.subjectName[language],
    matter: row.matter[language],
    severity: word('severity'),
    class: word('class'),
    team: word('team'),
    firstAsked: row.firstAsked,
    owner: row.owner,
    assigned: row.assigned,
    dispatched: time(row.dispatched),
    arrived: time(row.arrived),
    fixed: time(row.fixed),
    verified: time(row.verified),
    signed: time(row.signed),
    signedBy: row.signedBy,
    followedUp: time(row.followedUp),
    satisfied: word('satisfied'),
    closed: time(row.closed),
    state: word('state'),
    clocksMet: list(row.clocksMet),
    clocksMissed: list(row.clocksMissed),
    parts: row.parts.map(({ name, quantity }) => `${name} × ${quantity}`).join('; '),
    fee: feeOf(row.fee, language),
  };
  return Object.keys(headings).map((name) => cells[name as keyof typeof headings]);
}

/** `2026-11-29 14:05`: sorts and is taken for a time by every spreadsheet. */
function timeIn(zone: string, at: number): string {
  const time = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  return time.toPlainDateTime().toString({ smallestUnit: 'minute' }).replace('T', ' ');
}

function feeOf(fee: LedgerRow['fee'], language: Language): string | null {
  if (fee === null) return null;
  const { total, currency, free } = fee;
  const labour = free ? ` (${say('fee', 'free', language)})` : '';
  return `${(total / 100).toFixed(2)}${currency === null ? '' : ` ${currency}`}${labour}`;
}
