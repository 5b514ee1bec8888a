import type { StandardItem } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import { usePick } from '../i18n/use-language.ts';
import { StateWord } from '../state/StateWord.tsx';
import styles from './Item.module.css';

/** One item of the standard: how it is checked, by when, by whom, and the rules that judge it. */
export function Item({ item }: { readonly item: StandardItem }) {
  const { t } = useTranslation('standard');
  return (
    <li className={styles.item}>
      <div className={styles.mark}>
        <span className={styles.id}>{item.id}</span>
        <span className={styles.check} data-check={item.check}>
          {t(`check.${item.check}`)}
        </span>
      </div>
      <div className={styles.body}>
        <Facts item={item} />
        {item.rules.length > 0 && <Rules rules={item.rules} />}
      </div>
    </li>
  );
}

function Facts({ item }: { readonly item: StandardItem }) {
  const { t } = useTranslation('standard');
  const say = usePick();
  return (
    <>
      <p className={styles.name}>{say(item.name)}</p>
      <p className={styles.small}>
        {item.times.map(({ key, text, confirmed }) => (
          <span key={`${key} ${text.en}`} className={styles.time}>
            {say(text)}
            {!confirmed && ` (${t('figureUnconfirmed')})`}
          </span>
        ))}
        {item.also !== null && <span>{t('also', { check: t(`check.${item.also}`) })}</span>}
        <span>{t(`team.${item.team}`)}</span>
        {item.origin === 'ours' && <span>{t('ours')}</span>}
        {item.check === 'sensor' && item.rules.length === 0 && <span>{t('noRules')}</span>}
        {item.check !== 'name-only' && item.origin === 'standard' && !item.confirmed && (
          <span>{t('textUnconfirmed')}</span>
        )}
      </p>
    </>
  );
}

function Rules({ rules }: { readonly rules: StandardItem['rules'] }) {
  const { t } = useTranslation(['standard', 'words']);
  const say = usePick();
  return (
    <ul className={styles.rules}>
      {rules.map((rule) => (
        <li key={rule.id}>
          <StateWord mark={rule.severity} />
          <div>
            <p>{say(rule.sentence)}</p>
            <p className={styles.small}>
              <span>{t(`words:effect.${rule.effect}`)}</span>
              {rule.latched && <span>{t('standard:latched')}</span>}
              {rule.local && <span>{t('standard:local')}</span>}
              <span>{t('standard:source', { source: rule.source })}</span>
              {!rule.confirmed && <span>{t('standard:unconfirmed')}</span>}
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}
