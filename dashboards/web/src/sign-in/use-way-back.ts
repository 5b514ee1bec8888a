import { useRouter, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { ownPath } from '../session/return-to.ts';

/** The page that was asked for before sign-in. */
export function useWayBack(): string {
  const { to } = useSearch({ strict: false });
  return ownPath(to, window.location.origin);
}

/** Leaves for the page that was asked for as soon as somebody is signed in. */
export function useGoOn(when: boolean, to: string): void {
  const router = useRouter();
  useEffect(() => {
    if (when) router.history.replace(to);
  }, [when, to, router]);
}
