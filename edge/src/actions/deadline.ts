import { CaretakerError, type Clock } from '@caretaker/readings/base';

/** An action that could not be done, for the alarm that tells of it. */
export function failed(message: string, cause?: unknown): CaretakerError {
  return new CaretakerError({ code: 'EDGE_ACTION_FAILED', message }, { cause });
}

/**
 * Does work that may hang, for so long at most. What it does after that is heard by nobody.
 * @param outer ends it before its time
 * @throws CaretakerError `EDGE_ACTION_FAILED` when time is up; the reason of `outer` when that ends it
 */
export async function within<T>(
  ms: number,
  { clock, outer }: { readonly clock: Clock; readonly outer: AbortSignal },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const own = new AbortController();
  const signal = AbortSignal.any([outer, own.signal]);
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const end = () => reject(signal.reason);
  signal.addEventListener('abort', end, { once: true });
  const cancel = clock.after(ms, () => own.abort(failed(`no answer within ${ms / 1_000} s`)));
  try {
    signal.throwIfAborted();
    return await Promise.race([work(signal), ended]);
  } finally {
    cancel();
    signal.removeEventListener('abort', end);
  }
}

/** Waits, unless `signal` ends it before. */
export function pause(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const cancel = clock.after(ms, resolve);
  const end = () => {
    cancel();
    reject(signal.reason);
  };
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, { once: true });
  return promise.finally(() => signal.removeEventListener('abort', end));
}
