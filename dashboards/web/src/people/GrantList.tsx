import { useTranslation } from 'react-i18next';
import { useLanguage, usePick } from '../i18n/use-language.ts';
import { useEstates } from '../live/use-live.ts';
import type { Grant } from '../session/roles.ts';

interface Props {
  readonly grants: readonly Grant[];
  readonly small?: boolean;
}

/** What somebody may do where, one sentence a role. */
export function GrantList({ grants, small = false }: Props) {
  const { t } = useTranslation('access');
  const say = usePick();
  const language = useLanguage();
  const estates = useEstates();
  const look = small ? { className: 'muted', style: { fontSize: 13 } } : {};
  if (grants.length === 0) return <p {...look}>{t('grant.none')}</p>;
  const named = (id: string) => {
    const estate = estates.find((one) => one.id === id);
    return estate === undefined ? id : say(estate.name);
  };
  const list = new Intl.ListFormat(language);
  return (
    <ul {...look}>
      {grants.map(({ role, estates: where }) => (
        <li key={role} className="capital">
          {where === 'all'
            ? t('grant.everywhere', { role: t(`role.${role}`) })
            : t('grant.in', { role: t(`role.${role}`), estates: list.format(where.map(named)) })}
        </li>
      ))}
    </ul>
  );
}
