import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { signOut } from '../session/session.ts';
import { usePerson } from '../session/use-session.ts';
import { icons } from './icons.tsx';

/** On the phone: one's account, and the way out. */
export function PersonLinks({ className }: { readonly className: string }) {
  const { t } = useTranslation('shell');
  const person = usePerson();
  return (
    <>
      <Link to="/account" className={className}>
        {icons.person}
        <span>
          {t('account')} · {person?.name}
        </span>
      </Link>
      <button type="button" className={className} onClick={() => void signOut('here')}>
        {icons.out}
        <span>{t('signOut')}</span>
      </button>
    </>
  );
}
