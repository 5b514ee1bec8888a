import type { Standard, StandardFault } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import { formatInstant } from '../format/instant.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { useZone } from '../live/use-live.ts';
import { Glyph } from '../state/Glyph.tsx';
import { useNow } from '../time/use-now.ts';
import styles from './Refused.module.css';

interface Props {
  readonly refused: NonNullable<Standard['refused']>;
  /** The version that stays in force. */
  readonly version: string;
}

/** Shown without asking; a broken file may have hundreds. */
const shownFaults = 3;

/** A standard that was offered and could not be used: from where, since when, and every fault of it. */
export function Refused({ refused, version }: Props) {
  const { t } = useTranslation('standard');
  const language = useLanguage();
  const zone = useZone();
  const now = useNow(3_600_000);
  const { source, at, faults } = refused;
  const rest = faults.slice(shownFaults);
  return (
    <section className={styles.band} role="alert">
      <h2 className={styles.title}>
        <Glyph mark="high" size={16} />
        {t('refused.title')}
      </h2>
      <p className={styles.what}>
        {t('refused.what', { source, time: formatInstant(at, zone, language, now), version })}{' '}
        {t('refused.faults', { count: faults.length })}
      </p>
      <Faults faults={faults.slice(0, shownFaults)} />
      {rest.length > 0 && (
        <details>
          <summary className={styles.more}>{t('refused.more', { count: rest.length })}</summary>
          <Faults faults={rest} />
        </details>
      )}
    </section>
  );
}

/** The service says faults in English only, as they name places in a file. */
function Faults({ faults }: { readonly faults: readonly StandardFault[] }) {
  const { t } = useTranslation('standard');
  return (
    <ul className={styles.faults}>
      {faults.map(({ code, message, where }) => (
        <li key={`${code} ${where} ${message}`}>
          <span lang="en">{message}</span>{' '}
          <span className="muted">
            {where === null ? code : t('refused.where', { where, code })}
          </span>
        </li>
      ))}
    </ul>
  );
}
