import { useEffect, useState } from 'react';
import { ProblemError } from '../api/problem.ts';

/** Milliseconds that an answer asks to wait before the next attempt; 0 for every other answer. */
export function waitOf(error: unknown): number {
  if (!(error instanceof ProblemError) || error.problem.code !== 'CLOUD_SIGN_IN_WAIT') return 0;
  return Math.max(error.retryAfter, 1000);
}

/** Whole seconds left to wait after an answer, counting down to 0. */
export function useWait(error: unknown): number {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    const wait = waitOf(error);
    setLeft(Math.ceil(wait / 1000));
    if (wait === 0) return;
    // The browser's clock may be set meanwhile; this one only goes on.
    const until = performance.now() + wait;
    const timer = setInterval(() => {
      const seconds = Math.max(0, Math.ceil((until - performance.now()) / 1000));
      setLeft(seconds);
      if (seconds === 0) clearInterval(timer);
    }, 250);
    return () => clearInterval(timer);
  }, [error]);
  return left;
}
