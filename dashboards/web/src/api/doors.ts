import type { ProblemError } from './problem.ts';

/** Asked when a request was refused; whoever keeps the session sets it, for the client must not know them. */
interface Doors {
  /** Whether to send the refused request again, once what was missing is there. */
  mayRepeat(error: ProblemError, method: string): Promise<boolean>;
}

export const doors: Doors = { mayRepeat: () => Promise.resolve(false) };
