import type { GatewayAccess as Access, GatewayCode } from '@caretaker/cloud/contract';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { write } from '../api/client.ts';
import { Reason } from '../session/Reason.tsx';
import { useMay } from '../session/use-session.ts';
import { useNow } from '../time/use-now.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import form from '../ui/Form.module.css';
import { FormProblem } from '../ui/FormProblem.tsx';
import { useSubmit } from '../ui/use-submit.ts';
import { When } from '../ui/When.tsx';
import { CodeDialog } from './CodeDialog.tsx';
import { CredentialList } from './CredentialList.tsx';
import styles from './GatewayAccess.module.css';

/** By which key a gateway comes in, and who comes in by it. */
export function GatewayAccess({ access }: { readonly access: Access }) {
  const { t } = useTranslation('gateways');
  const now = useNow(60_000);
  const good = access.keys.filter(
    (key) => key.revoked === null && (key.until === null || key.until > now),
  );
  return (
    // One that cannot come in yet shows at once how it can.
    <details className={styles.access} open={good.length === 0}>
      <summary>
        {good.length === 0 ? t('access.noKey') : t('access.keys', { count: good.length })}
        {access.credentials !== null &&
          ` · ${t('access.credentials', { count: living(access.credentials) })}`}
      </summary>
      <div className={styles.inside}>
        <ul>
          {access.keys.map((key) => (
            <li key={key.id} data-off={!good.includes(key) || undefined}>
              <code>{key.id}</code> {t('access.since')} <When at={key.created} />
              {key.revoked !== null && (
                <>
                  , {t('access.revoked')} <When at={key.revoked} />
                </>
              )}
              {key.revoked === null && key.until !== null && (
                <>
                  , {t('access.until')} <When at={key.until} />
                </>
              )}
            </li>
          ))}
        </ul>
        <Acts access={access} enrolled={good.length > 0} />
        <CredentialList credentials={access.credentials} gateway={access.id} />
      </div>
    </details>
  );
}

function living(credentials: NonNullable<Access['credentials']>): number {
  return credentials.filter((one) => one.revoked === null).length;
}

function Acts({ access, enrolled }: { readonly access: Access; readonly enrolled: boolean }) {
  const { t } = useTranslation('gateways');
  const allowed = useMay('gateway.manage', access.estate);
  const [code, setCode] = useState<GatewayCode | null>(null);
  const [revoking, setRevoking] = useState(false);
  const { busy, error, run } = useSubmit(() => Promise.resolve());
  const make = () =>
    run(async () =>
      setCode(
        await write<GatewayCode>('POST', `/api/gateways/${access.id}/code`, {
          estate: access.estate,
        }),
      ),
    );
  return (
    <>
      <div className={styles.acts}>
        <Button disabled={!allowed || busy} onClick={() => void make()}>
          {t(enrolled ? 'access.newCode' : 'access.firstCode')}
        </Button>
        <Button disabled={!allowed || !enrolled} onClick={() => setRevoking(true)}>
          {t('access.revoke')}
        </Button>
      </div>
      <FormProblem error={error} />
      {!allowed && <Reason action="gateway.manage" />}
      {code !== null && (
        <CodeDialog gateway={access.id} code={code} onClose={() => setCode(null)} />
      )}
      {revoking && <RevokeDialog gateway={access.id} onClose={() => setRevoking(false)} />}
    </>
  );
}

interface RevokeProps {
  readonly gateway: string;
  readonly onClose: () => void;
}

/** A revoked gateway can be enrolled again only by somebody at the machine, so it is asked for once more. */
function RevokeDialog({ gateway, onClose }: RevokeProps) {
  const { t } = useTranslation(['gateways', 'shell']);
  const queries = useQueryClient();
  const { busy, error, run } = useSubmit(() => Promise.resolve());
  const revoke = () =>
    run(async () => {
      await write('POST', `/api/gateways/${gateway}/revoke`);
      await queries.invalidateQueries({ queryKey: ['gateways'] });
      onClose();
    });
  return (
    <Dialog title={t('gateways:access.revokeTitle', { id: gateway })} onClose={onClose}>
      <div className={form.form}>
        <p>{t('gateways:access.revokeWhy')}</p>
        <FormProblem error={error} />
        <div className={form.actions}>
          <Button onClick={onClose}>{t('shell:cancel')}</Button>
          <Button look="primary" disabled={busy} onClick={() => void revoke()}>
            {t('gateways:access.revoke')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
