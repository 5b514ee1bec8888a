import { systemClock } from '@caretaker/readings/base';

/** Whoever may write to the database; the log keeps the number of the user, never a name. */
export function operator() {
  return { actor: `operator:${process.getuid?.() ?? 0}`, at: systemClock.now() };
}
