import type { Action } from '@caretaker/cloud/contract';

/** What somebody may do, and where: as a session says it. */
type May = Readonly<Partial<Record<Action, 'all' | readonly string[]>>>;

/**
 * Whether an action is open to somebody.
 * @param estate one estate, or 'all' for what concerns every estate; left out: at least one of them
 */
export function isAllowed(may: May, action: Action, estate?: string): boolean {
  const where = may[action];
  if (where === undefined) return false;
  if (where === 'all') return true;
  return estate === undefined ? where.length > 0 : where.includes(estate);
}
