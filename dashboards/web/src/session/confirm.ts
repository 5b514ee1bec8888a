import { useSyncExternalStore } from 'react';

type Answer = (confirmed: boolean) => void;

let waiting: readonly Answer[] = [];
const listeners = new Set<() => void>();

function set(next: readonly Answer[]): void {
  waiting = next;
  for (const tell of listeners) tell();
}

/** Asks for the password once more; resolves with whether it was proved. Acts that come meanwhile wait too. */
export function askToConfirm(): Promise<boolean> {
  return new Promise((resolve) => set([...waiting, resolve]));
}

/** Ends the question, and lets the acts behind it go on or fail. */
export function answerConfirm(confirmed: boolean): void {
  const answers = waiting;
  set([]);
  for (const answer of answers) answer(confirmed);
}

/** Whether the password is asked for. */
export function useConfirmAsked(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => waiting.length > 0,
  );
}
