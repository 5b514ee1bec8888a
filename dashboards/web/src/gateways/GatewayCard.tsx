import type { Gateway } from '@caretaker/cloud/contract';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatCount } from '../format/number.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { Glyph } from '../state/Glyph.tsx';
import { Age } from '../ui/Age.tsx';
import styles from './GatewayCard.module.css';

interface Props {
  readonly gateway: Gateway;
  readonly assets: number;
}

/** One gateway: whether it speaks, how far its readings are judged, what waits and what was lost. */
export function GatewayCard({ gateway, assets }: Props) {
  const { t } = useTranslation('gateways');
  const language = useLanguage();
  const count = (value: number | null) => (value === null ? '–' : formatCount(value, language));
  const age = (at: number | null) => (at === null ? '–' : <Age at={at} />);
  return (
    <article className={styles.card} data-state={gateway.state}>
      <h3 className={styles.name}>
        <Glyph mark={gateway.state === 'online' ? 'ok' : 'unknown'} size={16} />
        {gateway.id}
        <span className={styles.state}>{t(`state.${gateway.state}`)}</span>
      </h3>
      <dl className={styles.facts}>
        <Fact name={t('columns.lastSeen')}>{age(gateway.lastSeen)}</Fact>
        <Fact name={t('columns.judged')}>{age(gateway.completeTo)}</Fact>
        <Fact name={t('columns.pending')}>{count(gateway.pending)}</Fact>
        <Fact name={t('columns.oldest')}>{age(gateway.oldestPendingAt)}</Fact>
        <Fact name={t('columns.quarantined')}>{count(gateway.quarantined)}</Fact>
        <Fact name={t('columns.losses')}>{count(gateway.losses)}</Fact>
        <Fact name={t('columns.assets')}>{count(assets)}</Fact>
      </dl>
    </article>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
