import { useEffect, useRef } from 'react';

/** Runs a task soon after something changed, and not again before that time is over. */
export function useAfterChange(what: unknown, task: () => void, ms: number): void {
  const run = useRef(task);
  run.current = task;
  const seen = useRef(what);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    if (seen.current === what) return;
    seen.current = what;
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      run.current();
    }, ms);
  }, [what, ms]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
}
