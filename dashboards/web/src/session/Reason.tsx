import type { Action } from '@caretaker/cloud/contract';
import { useTranslation } from 'react-i18next';
import { useRoleList } from './use-role-list.ts';
import { useRolesFor } from './use-session.ts';

interface Props {
  readonly action: Exclude<Action, 'self'>;
  readonly id?: string;
}

/** Beside an act that is not open to this person: which roles may do it, and who gives them. */
export function Reason({ action, id }: Props) {
  const { t } = useTranslation('access');
  const list = useRoleList();
  const roles = list(useRolesFor(action));
  return (
    <p id={id} className="muted">
      {t('needs.act', { roles })} {t('needs.ask')}
    </p>
  );
}
