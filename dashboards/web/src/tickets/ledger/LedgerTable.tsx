import type { LedgerRow } from '@caretaker/cloud/contract';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useLanguage, usePick } from '../../i18n/use-language.ts';
import { When } from '../../ui/When.tsx';
import { formatMoney } from '../money.ts';
import styles from './Ledger.module.css';

const columns = [
  'received',
  'matter',
  'reporter',
  'people',
  'dispatched',
  'arrived',
  'fixed',
  'signed',
  'followedUp',
  'clocks',
  'fee',
] as const;
type Column = (typeof columns)[number];

/** A table on a desk, a card for each matter on a phone. */
export function LedgerTable({ rows }: { readonly rows: readonly LedgerRow[] }) {
  const { t } = useTranslation('ticket-list');
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys.
    <section className={styles.scroll} tabIndex={0} aria-label={t('ledger.title')}>
      <table className={styles.table}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {t(`ledger.column.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Matter key={row.id} row={row} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Matter({ row }: { readonly row: LedgerRow }) {
  const { t } = useTranslation('ticket-list');
  const cells: Readonly<Record<Column, ReactNode>> = {
    received: <When at={row.received} />,
    matter: <What row={row} />,
    reporter: <Reporter row={row} />,
    people: row.owner === null && row.firstAsked === null ? null : <People row={row} />,
    dispatched: time(row.dispatched),
    arrived: time(row.arrived),
    fixed: time(row.fixed),
    signed: time(row.signed),
    followedUp: row.followedUp === null ? null : <Asked row={row} at={row.followedUp} />,
    clocks: row.clocksMet.length + row.clocksMissed.length === 0 ? null : <Promises row={row} />,
    fee: row.fee === null && row.parts.length === 0 ? null : <Fee row={row} />,
  };
  return (
    <tr>
      {columns.map((column) => (
        <td
          key={column}
          data-label={t(`ledger.column.${column}`)}
          data-column={column}
          data-empty={cells[column] === null || undefined}
        >
          {cells[column] ?? <span className="muted">–</span>}
        </td>
      ))}
    </tr>
  );
}

const time = (at: number | null) => (at === null ? null : <When at={at} />);

function What({ row }: { readonly row: LedgerRow }) {
  const { t } = useTranslation('words');
  const say = usePick();
  return (
    <div className={styles.cell}>
      <Link to="/tickets/$ticket" params={{ ticket: String(row.id) }} data-row>
        {row.ref} {say(row.matter)}
      </Link>
      <small>
        {row.place ?? say(row.subjectName)} · {t(`mark.${row.severity}`)} ·{' '}
        {t(`ticketState.${row.state}`)}
      </small>
    </div>
  );
}

function Reporter({ row }: { readonly row: LedgerRow }) {
  const { t } = useTranslation(['ticket-list', 'ticket']);
  if (row.reporter === null) return t(`ticket-list:source.${row.source}`);
  return (
    <div className={styles.cell}>
      <span>{row.reporter.name}</span>
      <small>
        {t(`ticket-list:source.${row.source}`)} · {t(`ticket:option.${row.reporter.channel}`)}
      </small>
    </div>
  );
}

function People({ row }: { readonly row: LedgerRow }) {
  const { t } = useTranslation(['ticket-list', 'ticket']);
  const { owner, assigned, firstAsked, team } = row;
  const small = [
    ...(firstAsked === null || firstAsked === owner
      ? []
      : [t('ticket-list:ledger.asked', { name: firstAsked })]),
    ...(assigned === null || assigned === owner
      ? []
      : [t('ticket-list:ledger.assigned', { name: assigned })]),
    ...(team === null ? [] : [t(`ticket:option.${team}`)]),
  ];
  return (
    <div className={styles.cell}>
      <span>{owner ?? '–'}</span>
      {small.length > 0 && <small>{small.join(' · ')}</small>}
    </div>
  );
}

function Asked({ row, at }: { readonly row: LedgerRow; readonly at: number }) {
  const { t } = useTranslation('ticket');
  return (
    <div className={styles.cell}>
      <When at={at} />
      {row.satisfied !== null && <small>{t(`option.${row.satisfied}`)}</small>}
    </div>
  );
}

/** What was promised: kept with a tick, missed in words and colour. */
function Promises({ row }: { readonly row: LedgerRow }) {
  const { t } = useTranslation(['ticket-list', 'ticket']);
  const language = useLanguage();
  const names = (list: readonly string[]) =>
    list
      .map((name) => t(`ticket:clockName.${name as 'arrive'}`))
      .join(language === 'zh-CN' ? '、' : ', ');
  const { clocksMet, clocksMissed } = row;
  return (
    <div className={styles.cell}>
      {clocksMissed.length > 0 && (
        <span className={styles.missed}>
          {t('ticket-list:ledger.missed', { list: names(clocksMissed) })}
        </span>
      )}
      {clocksMet.length > 0 && (
        <small>{t('ticket-list:ledger.met', { list: names(clocksMet) })}</small>
      )}
    </div>
  );
}

function Fee({ row }: { readonly row: LedgerRow }) {
  const { t } = useTranslation('ticket-list');
  const language = useLanguage();
  const { fee, parts } = row;
  return (
    <div className={styles.cell}>
      {fee !== null && (
        <span>
          {fee.total === 0
            ? t('ledger.free')
            : formatMoney(fee.total, language, fee.currency ?? undefined)}
        </span>
      )}
      {parts.length > 0 && (
        <small>{parts.map(({ name, quantity }) => `${quantity} × ${name}`).join(', ')}</small>
      )}
    </div>
  );
}
