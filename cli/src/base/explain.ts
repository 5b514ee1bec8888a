import { CaretakerError, FaultsError } from '@caretaker/readings/base';

/** What a person at the terminal reads: what went wrong, its code, and the next step. */
export function explain(error: unknown): string {
  if (error instanceof FaultsError) return error.message;
  if (!(error instanceof CaretakerError)) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const where = error.where === undefined ? '' : `${error.where}: `;
  const next = error.next === undefined ? '' : `\n  ${error.next}`;
  return `${where}${error.message} [${error.code}]${next}`;
}
