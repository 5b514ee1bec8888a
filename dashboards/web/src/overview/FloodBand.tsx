import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { dayQuery, standardQuery } from '../api/queries.ts';
import { usePick } from '../i18n/use-language.ts';
import { useEstate } from '../live/use-live.ts';
import { useNow } from '../time/use-now.ts';
import styles from './FloodBand.module.css';
import { floodOf } from './flood.ts';

/** More new breaches than a person can read: grouped by what they breach. */
export function FloodBand() {
  const { t } = useTranslation('overview');
  const say = usePick();
  const day = useQuery(dayQuery(useEstate()?.id));
  const standard = useQuery(standardQuery);
  const now = useNow(60_000);
  const flood = floodOf(day.data ?? [], now);
  if (flood === null) return null;
  const items = new Map(standard.data?.items.map((item) => [item.id, item.name]));
  return (
    <div className={styles.band} role="status">
      <strong>{t('flood.title', { count: flood.total })}</strong>
      <ul>
        {flood.causes.map(({ item, count }) => {
          const name = items.get(item);
          return (
            <li key={item}>
              {t('flood.cause', { count, rule: name === undefined ? item : say(name) })}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
