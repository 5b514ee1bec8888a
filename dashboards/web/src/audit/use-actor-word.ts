import type { AuditRow } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';

/** Names who did something: by name while it is kept, else by id. */
export function useActorWord(): (actor: AuditRow['actor']) => string {
  const { t } = useTranslation('audit');
  return ({ kind, id, name }) => {
    if (kind === 'nobody') return t('nobody');
    if (kind === 'system') return t('system');
    return name ?? (id === null ? kind : `${kind}:${id}`);
  };
}
