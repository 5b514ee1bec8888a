import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { usePick } from '../i18n/use-language.ts';
import { useEstate, useEstates } from '../live/use-live.ts';
import styles from './EstateName.module.css';

/** The estate on screen; a choice as soon as there is more than one. */
export function EstateName() {
  const { t } = useTranslation('shell');
  const say = usePick();
  const estates = useEstates();
  const estate = useEstate();
  const navigate = useNavigate();
  if (estate === undefined) return <span className={styles.name}>{t('product')}</span>;
  if (estates.length < 2) return <span className={styles.name}>{say(estate.name)}</span>;
  return (
    <select
      className={styles.select}
      aria-label={t('estate')}
      value={estate.id}
      onChange={(event) =>
        void navigate({ to: '/', search: { estate: event.currentTarget.value } })
      }
    >
      {estates.map((one) => (
        <option key={one.id} value={one.id}>
          {say(one.name)}
        </option>
      ))}
    </select>
  );
}
