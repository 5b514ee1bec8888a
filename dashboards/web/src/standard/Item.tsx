import type { StandardItem } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import { usePick } from '../i18n/use-language.ts';
import { StateWord } from '../state/StateWord.tsx';
import styles from './Item.module.css';

/** One item of the standard, with the rules that judge it. */
export function Item({ item }: { readonly item: StandardItem }) {
  const { t } = useTranslation(['standard', 'words']);
  const say = usePick();
  return (
    <li className={styles.item}>
      <div className={styles.name}>
        <span className={styles.id}>{item.id}</span>
        <h3>{say(item.name)}</h3>
        <span className={styles.small}>
          {t(`standard:origin.${item.origin}`)} · {t(`standard:check.${item.check}`)}
        </span>
      </div>
      {item.rules.length === 0 && <p className={styles.small}>{t('standard:noRules')}</p>}
      <ul className={styles.rules}>
        {item.rules.map((rule) => (
          <li key={rule.id}>
            <StateWord mark={rule.severity} />
            <div>
              <p>{say(rule.sentence)}</p>
              <p className={styles.small}>
                <span>{t(`words:effect.${rule.effect}`)}</span>
                {rule.latched && <span>{t('standard:latched')}</span>}
                <span>{t('standard:source', { source: rule.source })}</span>
                {!rule.confirmed && <span>{t('standard:unconfirmed')}</span>}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </li>
  );
}
