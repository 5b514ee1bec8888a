import { useTranslation } from 'react-i18next';
import { rolesFor } from './needs.ts';
import { useRoleList } from './use-role-list.ts';

interface Props {
  readonly action: Parameters<typeof rolesFor>[0];
  readonly id?: string;
}

/** Beside an act that is not open to this person: which roles may do it, and who gives them. */
export function Reason({ action, id }: Props) {
  const { t } = useTranslation('access');
  const list = useRoleList();
  return (
    <p id={id} className="muted">
      {t('needs.act', { roles: list(rolesFor(action)) })} {t('needs.ask')}
    </p>
  );
}
