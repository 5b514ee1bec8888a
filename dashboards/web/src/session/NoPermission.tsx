import type { Action } from '@caretaker/cloud/contract';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Empty } from '../ui/Empty.tsx';
import { useRoleList } from './use-role-list.ts';
import { useRolesFor } from './use-session.ts';

interface Props {
  readonly action: Exclude<Action, 'self'>;
  /** The grant must be for all estates. */
  readonly everywhere?: boolean;
}

/** In place of a page: which role opens it, and who gives it. */
export function NoPermission({ action, everywhere = false }: Props) {
  const { t } = useTranslation(['access', 'shell']);
  const list = useRoleList();
  const roles = list(useRolesFor(action));
  return (
    <Empty
      title={t('access:needs.title')}
      why={`${t(everywhere ? 'access:needs.pageAll' : 'access:needs.page', { roles })} ${t('access:needs.ask')}`}
    >
      <Link to="/">{t('shell:error.home')}</Link>
    </Empty>
  );
}
