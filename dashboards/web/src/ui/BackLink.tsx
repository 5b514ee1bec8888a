import { Link, useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import { icons } from '../shell/icons.tsx';
import { useKey } from '../shell/keys.ts';
import styles from './BackLink.module.css';

interface Props {
  readonly to: '/' | '/tickets' | '/assets';
  /** A touchpoint, when that is the level above. */
  readonly group?: string | undefined;
  readonly children: string;
}

/** One level up, also by Esc. */
export function BackLink({ to, group, children }: Props) {
  const navigate = useNavigate();
  useKey(
    'Escape',
    useCallback(() => {
      if (group === undefined) void navigate({ to });
      else void navigate({ to: '/touchpoints/$group', params: { group } });
    }, [navigate, to, group]),
  );
  const content = (
    <>
      {icons.back}
      {children}
    </>
  );
  const look = { className: styles.back ?? '' };
  if (group === undefined) {
    return (
      <Link to={to} {...look}>
        {content}
      </Link>
    );
  }
  return (
    <Link to="/touchpoints/$group" params={{ group }} {...look}>
      {content}
    </Link>
  );
}
