import type { Quarantine } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import { formatInstant } from '../format/instant.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { useZone } from '../live/use-live.ts';
import { useNow } from '../time/use-now.ts';
import styles from './QuarantineRow.module.css';
import { bytesOf, hexOf, textOf } from './sample.ts';

/** A device that gave no id at all has one that its broker made up, another at each connection. */
const nameless = /^aedes_/;

/** One kind of refused message: why, from whom, how often, and its newest bytes. */
export function QuarantineRow({ row }: { readonly row: Quarantine }) {
  const { t } = useTranslation(['gateways', 'shell']);
  const language = useLanguage();
  const zone = useZone();
  const now = useNow(60_000);
  const bytes = bytesOf(row.sample);
  const at = (time: number) => formatInstant(time, zone, language, now);
  const size =
    bytes.length < row.bytes
      ? t('gateways:quarantine.cut', { shown: bytes.length, count: row.bytes })
      : t('gateways:quarantine.bytes', { count: row.bytes });
  return (
    <details className={styles.row}>
      <summary data-row>
        <span className={styles.reason}>{row.reason}</span>
        <span className={styles.topic}>
          {row.topic}
          {!nameless.test(row.client) && ` · ${row.client}`}
        </span>
        <span className={styles.small}>
          <code>{row.code}</code>
          <span>{t('gateways:quarantine.count', { count: row.count })}</span>
          <span>{t('gateways:quarantine.seen', { first: at(row.first), last: at(row.last) })}</span>
        </span>
      </summary>
      <p className={styles.small}>
        {t('gateways:quarantine.sample')} · {size}
      </p>
      <div className={styles.sample}>
        <figure>
          <figcaption className={styles.small}>{t('gateways:quarantine.text')}</figcaption>
          <pre>{textOf(bytes)}</pre>
        </figure>
        <figure>
          <figcaption className={styles.small}>{t('gateways:quarantine.hex')}</figcaption>
          <pre>{hexOf(bytes)}</pre>
        </figure>
      </div>
    </details>
  );
}
