import type { TicketDetail } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import { formatDuration } from '../format/duration.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { formatMoney } from './money.ts';
import styles from './TicketFacts.module.css';

/** Time at work, parts and what they cost, and who agreed to the price. */
export function WorkDone({ work }: Pick<TicketDetail, 'work'>) {
  const { t } = useTranslation('ticket');
  const language = useLanguage();
  const { parts, worked, quote, consent, bill } = work;
  if (worked === 0 && parts.length === 0 && quote === null) return null;
  const money = (minor: number) => formatMoney(minor, language, bill.currency ?? undefined);
  return (
    <section>
      <h2>{t('work.title')}</h2>
      <ul className={styles.facts}>
        {worked > 0 && <li>{t('work.worked', { time: formatDuration(worked, language) })}</li>}
        {parts.map(({ name, quantity, price }) => (
          <li key={`${name} ${quantity} ${price}`}>
            {price === null
              ? t('log.part', { name, quantity })
              : t('log.partPrice', { name, quantity, price: money(price) })}
          </li>
        ))}
        {quote !== null && (
          <li>
            {t('log.quote', {
              labour: money(quote.labour),
              parts: money(quote.parts),
              sum: money(quote.labour + quote.parts),
            })}
            {consent === null && <strong> {t('work.notAgreed')}</strong>}
          </li>
        )}
        {consent !== null && <li>{t('log.consent', { name: consent.by })}</li>}
        {bill.total > 0 && <li>{t('work.total', { sum: money(bill.total) })}</li>}
        {bill.free && worked > 0 && <li>{t('work.free')}</li>}
      </ul>
    </section>
  );
}
