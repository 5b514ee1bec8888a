import { QueryClient } from '@tanstack/react-query';
import { ProblemError } from '../api/problem.ts';
import type { LiveEvent } from '../live/store.ts';
import { hub } from './live.ts';

/** What is fetched rather than streamed. Old data stays on screen while new data loads or fails. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5000,
      retry: (failures, error) =>
        failures < 2 &&
        !(
          error instanceof ProblemError &&
          error.problem.status in { 400: 1, 401: 1, 403: 1, 404: 1 }
        ),
      refetchOnWindowFocus: true,
    },
  },
});

const waiting = new Set<string>();

/** Renews a kind of query at most once a second, however many events ask for it. */
function renew(key: readonly (string | number)[]): void {
  const name = key.join('/');
  if (waiting.has(name)) return;
  waiting.add(name);
  setTimeout(() => {
    waiting.delete(name);
    void queries.invalidateQueries({ queryKey: key });
  }, 1000);
}

function onEvent(event: LiveEvent): void {
  if (event.event === 'episode') {
    renew(['episodes', event.data.subject]);
    renew(['day', event.data.estate]);
  }
  if (event.event === 'ticket') {
    renew(['tickets']);
    renew(['ticket', event.data.id]);
  }
  if (event.event === 'reset') void queries.invalidateQueries();
}

/** Lets the stream say which fetched answers are out of date. */
export function followEvents(): () => void {
  return hub.observe(onEvent);
}
