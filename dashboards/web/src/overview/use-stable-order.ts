import { useCallback, useEffect, useState } from 'react';
import { keepOrder, movesBetween } from './moves.ts';

export interface StableOrder {
  readonly order: readonly string[];
  /** How many items would move; 0 when the order is right. */
  readonly changes: number;
  readonly reorder: () => void;
  /** For the element that holds the items. */
  readonly hold: {
    readonly onPointerEnter: () => void;
    readonly onPointerLeave: () => void;
    readonly onFocus: () => void;
    readonly onBlur: (event: React.FocusEvent<HTMLElement>) => void;
  };
}

/** Follows the wanted order, but never moves anything under the pointer or the focus. */
export function useStableOrder(wanted: readonly string[]): StableOrder {
  const [shown, setShown] = useState(wanted);
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const held = pointed || focused;
  const key = wanted.join('\n');
  useEffect(() => {
    if (!held) setShown(key === '' ? [] : key.split('\n'));
  }, [held, key]);
  const order = held ? keepOrder(shown, wanted) : wanted;
  return {
    order,
    changes: held ? movesBetween(order, wanted) : 0,
    reorder: useCallback(() => setShown(key.split('\n')), [key]),
    hold: {
      onPointerEnter: () => setPointed(true),
      onPointerLeave: () => setPointed(false),
      onFocus: () => setFocused(true),
      onBlur: (event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setFocused(false);
      },
    },
  };
}
