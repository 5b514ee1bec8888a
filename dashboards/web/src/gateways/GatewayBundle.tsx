import type { GatewayBundle as Bundle } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import styles from './GatewayClock.module.css';

/** Which configuration a gateway works by, and whether it is the one that it should. */
export function GatewayBundle({ bundle }: { readonly bundle: Bundle }) {
  const { t } = useTranslation('gateways');
  const { version, running, able, answer } = bundle;
  if (version === null) return <>–</>;
  if (!able) return <span className="muted">{t('bundle.none')}</span>;
  if (running === version) return <>{version}</>;
  const result = answer?.version === version ? (answer?.result ?? 'applied') : 'applied';
  const refused = result === 'applied' ? null : result;
  return (
    <span className={styles.clock} data-tone={refused === null ? 'note' : 'bad'}>
      {refused !== null
        ? t(`bundle.${refused}`, { version, code: answer?.code ?? '–' })
        : running === null
          ? t('bundle.waiting', { version })
          : t('bundle.old', { version, running })}
    </span>
  );
}
