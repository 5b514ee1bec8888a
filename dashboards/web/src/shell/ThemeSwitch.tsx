import { useTranslation } from 'react-i18next';
import { useColours } from '../theme/use-colours.ts';
import { icons } from './icons.tsx';
import styles from './TopBar.module.css';

export function ThemeSwitch() {
  const { t } = useTranslation('shell');
  const [colours, choose] = useColours();
  const dark = colours === 'dark';
  const label = t(dark ? 'theme.toLight' : 'theme.toDark');
  return (
    <button
      type="button"
      className={styles.tool}
      aria-label={label}
      title={label}
      onClick={() => choose(dark ? 'light' : 'dark')}
    >
      {icons.theme}
    </button>
  );
}
