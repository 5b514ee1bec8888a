import type { Action } from '../contract/index.ts';
import { type Principal, type Role, roles, type Scope } from '../identity/principal.ts';

type RoleAction = Exclude<Action, 'self'>;

/** Which role may what. No ladder: who manages does no engineering, and nobody but administrators lets people in. */
const table: Readonly<Record<RoleAction, readonly Role[]>> = {
  look: roles,
  'ticket.act': ['technician', 'engineer', 'manager', 'administrator'],
  // Who sends others, and who may say that nothing will be done.
  'ticket.direct': ['engineer', 'manager', 'administrator'],
  'planned.change': ['engineer', 'manager', 'administrator'],
  'limit.change': ['engineer', 'administrator'],
  'standard.change': ['engineer', 'administrator'],
  'backtest.run': ['engineer', 'manager', 'administrator'],
  'device.look': ['technician', 'engineer', 'manager', 'administrator'],
  'gateway.manage': ['engineer', 'administrator'],
  'estate.change': ['engineer', 'manager', 'administrator'],
  'people.manage': ['administrator'],
  'audit.read': ['manager', 'administrator'],
  operate: roles,
};

/** What concerns every estate at once: a role for some of them is not enough. */
const everywhere: ReadonlySet<Action> = new Set(['standard.change', 'people.manage', 'audit.read']);

const actions = [...(Object.keys(table) as RoleAction[]), 'self'] as const satisfies Action[];

/** Roles that may do something; none for what everybody may with their own account. */
export function rolesThatMay(action: Action): readonly Role[] {
  return action === 'self' ? [] : table[action];
}

/** Every action that roles give, with those roles. */
export function rolesByAction(): Record<RoleAction, Role[]> {
  const entries = Object.entries(table).map(([action, held]) => [action, [...held]] as const);
  return Object.fromEntries(entries) as Record<RoleAction, Role[]>;
}

/** For which estates somebody may do something; an empty list for nowhere. */
export function reachOf(principal: Principal, action: Action): Scope {
  if (action === 'self') return principal.kind === 'person' ? 'all' : [];
  if (principal.kind !== 'person' && principal.kind !== 'token') return [];
  const held = principal.grants.filter(({ role }) => table[action].includes(role));
  if (held.some(({ estates }) => estates === 'all')) return 'all';
  if (everywhere.has(action)) return [];
  return [...new Set(held.flatMap(({ estates }) => estates))].sort();
}

/** Everything that somebody may do, with the estates; for pages that show nobody what they may not do. */
export function mayOf(principal: Principal): Partial<Record<Action, Scope>> {
  const found: Partial<Record<Action, Scope>> = {};
  for (const action of actions) {
    const reach = reachOf(principal, action);
    if (reach === 'all' || reach.length > 0) found[action] = reach;
  }
  return found;
}

export function covers(scope: Scope, estate: string): boolean {
  return scope === 'all' || scope.includes(estate);
}
