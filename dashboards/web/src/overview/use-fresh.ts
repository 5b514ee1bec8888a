import type { AssetState } from '@caretaker/cloud/contract';
import { useEffect, useRef, useState } from 'react';
import { markOf, rankOf } from '../state/mark.ts';

/** True for 3 s after a state got worse before one's eyes: the border pulses, then stands. */
export function useFresh(state: AssetState | undefined): boolean {
  const [fresh, setFresh] = useState(false);
  const rank = state === undefined ? Number.POSITIVE_INFINITY : rankOf(markOf(state));
  const before = useRef(rank);
  useEffect(() => {
    const worse = rank < before.current && rank <= rankOf('low');
    before.current = rank;
    if (!worse) return;
    setFresh(true);
    const timer = setTimeout(() => setFresh(false), 3000);
    return () => clearTimeout(timer);
  }, [rank]);
  return fresh;
}
