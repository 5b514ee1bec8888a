import { type Grant, type Role, roles } from '../session/roles.ts';

const within: Record<Role, readonly Role[]> = {
  viewer: ['viewer'],
  technician: ['viewer', 'technician'],
  engineer: ['viewer', 'technician', 'engineer'],
  manager: ['viewer', 'manager'],
  administrator: roles,
};

/** Roles that a holder may hand on to a token of theirs; not a ladder, for a manager does no engineering. */
export function handOn(held: readonly Grant[]): readonly Role[] {
  return roles.filter((role) => held.some((grant) => within[grant.role].includes(role)));
}
