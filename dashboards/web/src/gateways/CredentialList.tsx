import type { GatewayAccess } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import { Age } from '../ui/Age.tsx';
import { When } from '../ui/When.tsx';
import styles from './GatewayAccess.module.css';

interface Props {
  readonly credentials: GatewayAccess['credentials'];
  readonly gateway: string;
}

/** Credentials of devices as the gateway last reported them; they are made and kept there. */
export function CredentialList({ credentials, gateway }: Props) {
  const { t } = useTranslation('gateways');
  if (credentials === null) return <p className="muted">{t('access.notReported')}</p>;
  return (
    <section>
      <h4>{t('access.devices')}</h4>
      <p className={styles.small}>
        {t('access.devicesWhy', { gateway })} <code>caretaker device add</code>
      </p>
      <ul>
        {credentials.map((one) => (
          <li
            key={one.id}
            className={styles.credential}
            data-off={one.revoked !== null || undefined}
          >
            <span>
              {one.id}{' '}
              <span className={styles.small}>
                {one.kind === 'device'
                  ? t('access.device', { assets: one.assets.join(', ') })
                  : t('access.bridge', { prefix: one.prefix })}
              </span>
            </span>
            <span className={styles.small}>
              {one.revoked !== null ? (
                <>
                  {t('access.revoked')} <When at={one.revoked} />
                </>
              ) : one.lastUsed === null ? (
                t('access.unused')
              ) : (
                <>
                  {t('access.lastUsed')} <Age at={one.lastUsed} />
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
