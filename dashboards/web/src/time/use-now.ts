import { useSyncExternalStore } from 'react';
import { serverClock } from './server-clock.ts';

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** One timer for the whole page, running only while something shows a time. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    if (document.hidden) return;
    for (const tell of listeners) tell();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/**
 * The server's time, renewing the component when it passes a multiple of `period`.
 * @param period milliseconds, at least 1000.
 */
export function useNow(period = 1000): number {
  return useSyncExternalStore(subscribe, () => Math.floor(serverClock.now() / period) * period);
}
