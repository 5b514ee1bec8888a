import type { GatewayAccess as Access, Gateway } from '@caretaker/cloud/contract';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Language } from '../format/language.ts';
import { formatCount, formatNumber } from '../format/number.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { Glyph } from '../state/Glyph.tsx';
import { Age } from '../ui/Age.tsx';
import { GatewayAccess } from './GatewayAccess.tsx';
import { GatewayBundle } from './GatewayBundle.tsx';
import styles from './GatewayCard.module.css';
import { GatewayClock } from './GatewayClock.tsx';

interface Props {
  readonly id: string;
  /** Null while it has never spoken. */
  readonly gateway: Gateway | null;
  readonly assets: number;
  /** Its keys and credentials; absent while they are not known. */
  readonly access: Access | undefined;
}

/** One gateway: whether it speaks, how far its readings are judged, what waits and what was lost. */
export function GatewayCard({ id, gateway, assets, access }: Props) {
  const { t } = useTranslation('gateways');
  const language = useLanguage();
  const count = (value: number | null) => (value === null ? '–' : formatCount(value, language));
  const age = (at: number | null) => (at === null ? '–' : <Age at={at} />);
  const state = gateway?.state ?? 'never';
  return (
    <article className={styles.card} data-state={state}>
      <h3 className={styles.name}>
        <Glyph mark={state === 'online' ? 'ok' : 'unknown'} size={16} />
        {id}
        <span className={styles.state}>
          {t(`state.${state}`)}
          {access?.version != null && ` · ${t('access.version', { version: access.version })}`}
        </span>
      </h3>
      {gateway !== null && (
        <dl className={styles.facts}>
          <Fact name={t('columns.lastSeen')}>{age(gateway.lastSeen)}</Fact>
          <Fact name={t('columns.judged')}>{age(gateway.completeTo)}</Fact>
          <Fact name={t('columns.pending')}>{count(gateway.pending)}</Fact>
          <Fact name={t('columns.oldest')}>{age(gateway.oldestPendingAt)}</Fact>
          <Fact name={t('columns.quarantined')}>{count(gateway.quarantined)}</Fact>
          <Fact name={t('columns.losses')}>{count(gateway.losses)}</Fact>
          <Fact name={t('columns.removed')}>{count(gateway.removed)}</Fact>
          <Fact name={t('columns.daysLeft')}>{daysText(gateway.daysLeft, language)}</Fact>
          <Fact name={t('columns.clock')}>
            <GatewayClock clock={gateway.clock} />
          </Fact>
          {access?.bundle != null && (
            <Fact name={t('columns.bundle')}>
              <GatewayBundle bundle={access.bundle} />
            </Fact>
          )}
          <Fact name={t('columns.assets')}>{count(assets)}</Fact>
        </dl>
      )}
      {access !== undefined && <GatewayAccess access={access} />}
    </article>
  );
}

/** Further ahead nobody looks. */
const mostDays = 365;

/** Rounded down: less than a day is not none. */
function daysText(days: number | null, language: Language): string {
  if (days === null) return '–';
  if (days > mostDays) return `> ${formatCount(mostDays, language)}`;
  return days < 10
    ? formatNumber(Math.floor(days * 10) / 10, language)
    : formatCount(Math.floor(days), language);
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
