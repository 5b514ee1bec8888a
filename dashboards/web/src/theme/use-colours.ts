import { useSyncExternalStore } from 'react';
import { remember, remembered } from '../shell/remember.ts';

export type Colours = 'light' | 'dark';

const system = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

function current(): Colours {
  const chosen = remembered('theme');
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return system.matches ? 'dark' : 'light';
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  system.addEventListener('change', listener);
  return () => {
    listeners.delete(listener);
    system.removeEventListener('change', listener);
  };
}

function choose(colours: Colours): void {
  remember('theme', colours);
  for (const tell of listeners) tell();
}

/** The theme: the one chosen here, else the system's. */
export function useColours(): [Colours, (colours: Colours) => void] {
  return [useSyncExternalStore(subscribe, current), choose];
}
