import { useSyncExternalStore } from 'react';

/** The code of a link such as `/invite#code=…`; null when there is none. */
export function codeIn(hash: string): string | null {
  const code = new URLSearchParams(hash.replace(/^#/, '')).get('code')?.trim();
  return code === undefined || code === '' ? null : code;
}

let taken: string | null = null;
const listeners = new Set<() => void>();

function take(): void {
  const code = codeIn(window.location.hash);
  if (code === null) return;
  taken = code;
  const { pathname, search } = window.location;
  // At once: a code must stay neither in the address bar nor in the history nor in a picture of the screen.
  window.history.replaceState(window.history.state, '', `${pathname}${search}`);
  for (const tell of listeners) tell();
}

/** Takes the code out of the address when the page opens, and when a link is pasted into an open page. */
export function watchLinkCode(): void {
  take();
  window.addEventListener('hashchange', take);
}

/** The code that the page was opened with, until it is dropped. */
export function useLinkCode(): string | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => taken,
  );
}

/** Forgets the code once it is used. */
export function dropLinkCode(): void {
  taken = null;
  for (const tell of listeners) tell();
}
