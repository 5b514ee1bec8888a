import type { Ticket } from '@caretaker/cloud/contract';
import { useCallback, useMemo, useState } from 'react';

export interface Selection {
  /** Of what is shown; what has left the list is no longer selected. */
  readonly tickets: readonly Ticket[];
  readonly has: (id: number) => boolean;
  readonly toggle: (id: number) => void;
  readonly set: (ids: readonly number[]) => void;
}

/** Which of the tickets on the list something is to be done with. */
export function useSelection(shown: readonly Ticket[]): Selection {
  const [ids, setIds] = useState<ReadonlySet<number>>(new Set());
  const toggle = useCallback(
    (id: number) =>
      setIds((old) => {
        const next = new Set(old);
        if (!next.delete(id)) next.add(id);
        return next;
      }),
    [],
  );
  const set = useCallback((wanted: readonly number[]) => setIds(new Set(wanted)), []);
  const tickets = useMemo(() => shown.filter(({ id }) => ids.has(id)), [shown, ids]);
  return useMemo(
    () => ({ tickets, has: (id: number) => ids.has(id), toggle, set }),
    [tickets, ids, toggle, set],
  );
}
