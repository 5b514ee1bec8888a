import { useTranslation } from 'react-i18next';
import { useLanguage } from '../i18n/use-language.ts';
import type { Role } from './roles.ts';

/** Names roles as a choice: `engineer or administrator`. */
export function useRoleList(): (roles: readonly Role[]) => string {
  const { t } = useTranslation('access');
  const language = useLanguage();
  const list = new Intl.ListFormat(language, { type: 'disjunction' });
  return (roles) => list.format(roles.map((role) => t(`role.${role}`)));
}
