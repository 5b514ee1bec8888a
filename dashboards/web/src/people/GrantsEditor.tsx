import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { usePick } from '../i18n/use-language.ts';
import { useEstates } from '../live/use-live.ts';
import type { Grant, Role } from '../session/roles.ts';
import form from '../ui/Form.module.css';
import styles from './GrantsEditor.module.css';
import { scopeWith, withRole, withScope } from './grants.ts';

interface Props {
  readonly grants: readonly Grant[];
  readonly onChange: (grants: readonly Grant[]) => void;
  /** Roles that may be given here. */
  readonly roles: readonly Role[];
}

/** Each role with where it holds: nowhere, in all estates, or in some. */
export function GrantsEditor({ grants, onChange, roles }: Props) {
  const { t } = useTranslation('access');
  return (
    <fieldset className={styles.roles}>
      <legend>{t('grant.title')}</legend>
      {roles.map((role) => {
        const held = grants.find((grant) => grant.role === role);
        return (
          <div key={role} className={styles.role}>
            <label className={form.check}>
              <input
                type="checkbox"
                checked={held !== undefined}
                onChange={(event) => onChange(withRole(grants, role, event.currentTarget.checked))}
              />
              <span className={`capital ${styles.name}`}>
                {t(`role.${role}`)}
                <small>{t(`can.${role}`)}</small>
              </span>
            </label>
            {held !== undefined && (
              <Where
                grant={held}
                onChange={(estates) => onChange(withScope(grants, role, estates))}
              />
            )}
          </div>
        );
      })}
    </fieldset>
  );
}

interface WhereProps {
  readonly grant: Grant;
  readonly onChange: (estates: Grant['estates']) => void;
}

function Where({ grant, onChange }: WhereProps) {
  const { t } = useTranslation('access');
  const say = usePick();
  const name = useId();
  const known = useEstates();
  const { estates } = grant;
  const all = known.map((estate) => estate.id);
  // Estates of the grant that this page does not know stay in it.
  const listed = [...new Set([...all, ...(estates === 'all' ? [] : estates)])];
  return (
    <div className={styles.where} role="radiogroup" aria-label={t(`role.${grant.role}`)}>
      <label className={form.check}>
        <input
          type="radio"
          name={name}
          checked={estates === 'all'}
          onChange={() => onChange('all')}
        />
        <span>{t('grant.all')}</span>
      </label>
      <label className={form.check}>
        <input
          type="radio"
          name={name}
          checked={estates !== 'all'}
          onChange={() => onChange(all.slice(0, 1))}
        />
        <span>{t('grant.some')}</span>
      </label>
      {estates !== 'all' &&
        listed.map((id) => {
          const estate = known.find((one) => one.id === id);
          return (
            <label key={id} className={`${form.check} ${styles.estate}`}>
              <input
                type="checkbox"
                checked={estates.includes(id)}
                onChange={(event) => onChange(scopeWith(estates, id, event.currentTarget.checked))}
              />
              <span>{estate === undefined ? id : say(estate.name)}</span>
            </label>
          );
        })}
    </div>
  );
}
