import { useTranslation } from 'react-i18next';
import { useEstate } from '../live/use-live.ts';
import { usePerson } from '../session/use-session.ts';
import { EstateClock } from './EstateClock.tsx';
import { EstateName } from './EstateName.tsx';
import { icons } from './icons.tsx';
import { LanguageSwitch } from './LanguageSwitch.tsx';
import { LiveChip } from './LiveChip.tsx';
import { PersonMenu } from './PersonMenu.tsx';
import { ThemeSwitch } from './ThemeSwitch.tsx';
import styles from './TopBar.module.css';

/** Which estate, whether it is live, and how this person wants to see it. */
export function TopBar({ onHelp }: { readonly onHelp: () => void }) {
  const { t } = useTranslation('shell');
  const demo = useEstate()?.demo ?? false;
  const person = usePerson();
  return (
    <header className={styles.bar}>
      <EstateName />
      {demo && (
        <span className={styles.demo} title={t('demo.title')}>
          {t('demo.badge')}
        </span>
      )}
      <div className={styles.live}>
        <LiveChip />
      </div>
      <EstateClock />
      <div className={styles.tools}>
        <LanguageSwitch />
        <ThemeSwitch />
        <button
          type="button"
          className={`${styles.tool} ${styles.wide}`}
          onClick={onHelp}
          aria-label={t('help.open')}
          title={t('help.open')}
        >
          {icons.help}
        </button>
        {person !== null && <PersonMenu person={person} />}
      </div>
    </header>
  );
}
