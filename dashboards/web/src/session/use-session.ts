import type { Action, SessionInfo } from '@caretaker/cloud/contract';
import { useSyncExternalStore } from 'react';
import { isAllowed } from './may.ts';
import type { Grant, Role } from './roles.ts';
import { session } from './session.ts';
import type { Status } from './session-store.ts';

export function useStatus(): Status {
  return useSyncExternalStore(session.subscribe, session.status);
}

/** The session on screen: while it has lapsed, still the one before. */
function sessionOf(status: Status): SessionInfo | null {
  if (status.kind === 'in') return status.session;
  return status.kind === 'lapsed' ? status.before : null;
}

/** Who is signed in. */
export function usePerson(): SessionInfo['person'] {
  return sessionOf(useStatus())?.person ?? null;
}

/** Name of the company whose accounts people may sign in with; null for none. */
export function useCompany(): string | null {
  return sessionOf(useStatus())?.oidc?.name ?? null;
}

const none: readonly Grant[] = [];

/** What this person was given. */
export function useGrants(): readonly Grant[] {
  return sessionOf(useStatus())?.grants ?? none;
}

const noRoles: readonly Role[] = [];

/** Roles that may do something, to name them to whoever may not. */
export function useRolesFor(action: Action): readonly Role[] {
  return sessionOf(useStatus())?.roles[action] ?? noRoles;
}

/** Whether this person may do something, for one estate, for all, or for any of them. */
export function useMay(action: Action, estate?: string): boolean {
  return isAllowed(sessionOf(useStatus())?.may ?? {}, action, estate);
}
