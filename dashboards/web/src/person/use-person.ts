import { useSyncExternalStore } from 'react';
import { session } from '../session/session.ts';
import { remember, remembered } from '../shell/remember.ts';

interface Question {
  readonly answer: (name: string | null) => void;
}

let question: Question | null = null;
const listeners = new Set<() => void>();

function tell(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Asks for the name; null when the person declines. */
function ask(): Promise<string | null> {
  question?.answer(null);
  return new Promise((resolve) => {
    question = { answer: resolve };
    tell();
  });
}

/** The name of who is signed in; without accounts the one given earlier, else asked for now. */
export async function personName(): Promise<string | null> {
  const status = session.status();
  if ('session' in status && status.session.person != null) return status.session.person.name;
  return remembered('person') ?? (await ask());
}

/** Ends the question; a name is kept in this browser. */
export function answer(name: string | null): void {
  if (name !== null) remember('person', name);
  question?.answer(name);
  question = null;
  tell();
}

/** Whether the question is open. */
export function useQuestion(): boolean {
  return useSyncExternalStore(subscribe, () => question !== null);
}

/** The name beside this person's acts. */
export function usePerson(): { name: string | null; ask: () => Promise<string | null> } {
  return { name: useSyncExternalStore(subscribe, () => remembered('person')), ask };
}
