import { useTranslation } from 'react-i18next';
import { changeLanguage } from '../i18n/i18n.ts';
import { useLanguage } from '../i18n/use-language.ts';
import styles from './TopBar.module.css';

/** Switches to the other language; named in that language. */
export function LanguageSwitch() {
  const { t } = useTranslation('shell');
  const chinese = useLanguage() === 'zh-CN';
  return (
    <button
      type="button"
      className={styles.tool}
      title={t('language.label')}
      lang={chinese ? 'en' : 'zh-CN'}
      onClick={() => void changeLanguage(chinese ? 'en' : 'zh-CN')}
    >
      {chinese ? 'English' : '中文'}
    </button>
  );
}
