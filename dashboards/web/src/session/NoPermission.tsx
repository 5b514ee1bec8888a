import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Empty } from '../ui/Empty.tsx';
import { rolesFor } from './needs.ts';
import { useRoleList } from './use-role-list.ts';

interface Props {
  readonly action: Parameters<typeof rolesFor>[0];
  /** The grant must be for all estates. */
  readonly everywhere?: boolean;
}

/** In place of a page: which role opens it, and who gives it. */
export function NoPermission({ action, everywhere = false }: Props) {
  const { t } = useTranslation(['access', 'shell']);
  const list = useRoleList();
  const roles = list(rolesFor(action));
  return (
    <Empty
      title={t('access:needs.title')}
      why={`${t(everywhere ? 'access:needs.pageAll' : 'access:needs.page', { roles })} ${t('access:needs.ask')}`}
    >
      <Link to="/">{t('shell:error.home')}</Link>
    </Empty>
  );
}
