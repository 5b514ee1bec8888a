import type { Grant, Role } from '../session/roles.ts';

/** The grants with a role given for all estates, or taken away. */
export function withRole(grants: readonly Grant[], role: Role, held: boolean): readonly Grant[] {
  const others = grants.filter((grant) => grant.role !== role);
  return held ? [...others, { role, estates: 'all' }] : others;
}

/** The grants with a role holding where it is said now. */
export function withScope(
  grants: readonly Grant[],
  role: Role,
  estates: Grant['estates'],
): readonly Grant[] {
  return grants.map((grant) => (grant.role === role ? { role, estates } : grant));
}

/** Some estates with one more or one less; never none, for that would be no grant. */
export function scopeWith(
  estates: readonly string[],
  id: string,
  held: boolean,
): readonly string[] {
  const others = estates.filter((one) => one !== id);
  if (held) return [...others, id];
  return others.length === 0 ? estates : others;
}
