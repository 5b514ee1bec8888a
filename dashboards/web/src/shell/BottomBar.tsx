import { Drawer } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './BottomBar.module.css';
import { icons } from './icons.tsx';
import { NavLink } from './NavLink.tsx';
import { PersonLinks } from './PersonLinks.tsx';
import { usePlaces } from './use-places.ts';

/** The menu of the phone: three places and the rest behind "More". */
export function BottomBar() {
  const { t } = useTranslation('shell');
  const [open, setOpen] = useState(false);
  const places = usePlaces();
  return (
    <nav className={styles.bar} aria-label={t('nav.label')}>
      {places.slice(0, 3).map((place) => (
        <NavLink key={place.to} place={place} className={styles.link ?? ''}>
          {icons[place.name]}
        </NavLink>
      ))}
      <button
        type="button"
        className={styles.link}
        aria-expanded={open}
        onClick={() => setOpen(true)}
      >
        {icons.more}
        <span>{t('nav.more')}</span>
      </button>
      <Drawer
        opened={open}
        onClose={() => setOpen(false)}
        position="bottom"
        size="auto"
        title={t('nav.more')}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        {/* biome-ignore lint/a11y/noStaticElementInteractions: closes after a link inside was followed. */}
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: Enter on a link clicks it. */}
        <div className={styles.more} onClick={() => setOpen(false)}>
          {places.slice(3).map((place) => (
            <NavLink key={place.to} place={place} className={styles.row ?? ''}>
              {icons[place.name]}
            </NavLink>
          ))}
          <PersonLinks className={styles.row ?? ''} />
        </div>
      </Drawer>
    </nav>
  );
}
