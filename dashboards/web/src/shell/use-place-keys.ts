import { useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import { useKey } from './keys.ts';
import type { Place } from './places.ts';

function useGo(to: Place['to'] | '/account'): () => void {
  const navigate = useNavigate();
  return useCallback(() => void navigate({ to }), [navigate, to]);
}

/** The keys that work on every page. */
export function usePlaceKeys(setHelp: (open: boolean) => void): void {
  useKey('g o', useGo('/'));
  useKey('g t', useGo('/tickets'));
  useKey('g a', useGo('/assets'));
  useKey('g n', useGo('/uptime'));
  useKey('g s', useGo('/standard'));
  useKey('g d', useGo('/devices'));
  useKey('g f', useGo('/discovery'));
  useKey('g u', useGo('/people'));
  useKey('g l', useGo('/audit'));
  useKey('g m', useGo('/account'));
  useKey(
    '?',
    useCallback(() => setHelp(true), [setHelp]),
  );
  useKey(
    'j',
    useCallback(() => step(1), []),
  );
  useKey(
    'k',
    useCallback(() => step(-1), []),
  );
}

/** Moves the focus along the rows of the page, marked with `data-row`. */
function step(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const next = at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by;
  rows[Math.min(Math.max(next, 0), rows.length - 1)]?.focus();
}
