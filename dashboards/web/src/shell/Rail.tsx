import { useTranslation } from 'react-i18next';
import { icons } from './icons.tsx';
import { NavLink } from './NavLink.tsx';
import styles from './Rail.module.css';
import { usePlaces } from './use-places.ts';

/** The menu beside the page; under 1,100 px icons with their words below. */
export function Rail() {
  const { t } = useTranslation('shell');
  const places = usePlaces();
  return (
    <nav className={styles.rail} aria-label={t('nav.label')}>
      <div className={styles.brand}>
        <img src="/favicon.svg" alt="" width="24" height="24" />
        <span>{t('product')}</span>
      </div>
      <ul>
        {places.map((place) => (
          <li key={place.to}>
            <NavLink place={place} className={styles.link ?? ''}>
              {icons[place.name]}
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}
