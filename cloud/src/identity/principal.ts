export const roles = ['viewer', 'technician', 'engineer', 'manager', 'administrator'] as const;
export type Role = (typeof roles)[number];

/** Estates a role holds for; 'all' or a list of estate ids. */
export type Scope = 'all' | readonly string[];

export interface Grant {
  readonly role: Role;
  readonly estates: Scope;
}

/** Who asks. What they may do is decided elsewhere, from this alone. */
export type Principal =
  | {
      readonly kind: 'person';
      readonly id: string;
      readonly name: string;
      readonly grants: readonly Grant[];
      readonly session: string;
    }
  | {
      readonly kind: 'token';
      readonly id: string;
      /** Id of the person whose token it is. */
      readonly owner: string;
      /** The owner's name, and what the token is called. */
      readonly name: string;
      /** What the token was given and its owner still has. */
      readonly grants: readonly Grant[];
      /** The token may change nothing, whatever its grants say. */
      readonly readOnly: boolean;
    }
  | { readonly kind: 'gateway'; readonly id: string; readonly estate: string }
  | { readonly kind: 'nobody' };

/** Roles a holder may hand on to a token of theirs: not a ladder, for a manager does no engineering. */
const within: Record<Role, readonly Role[]> = {
  viewer: ['viewer'],
  technician: ['viewer', 'technician'],
  engineer: ['viewer', 'technician', 'engineer'],
  manager: ['viewer', 'manager'],
  administrator: roles,
};

/** What of `wanted` is within `held`: never more than either, whatever has changed in between. */
export function narrow(wanted: readonly Grant[], held: readonly Grant[]): Grant[] {
  return wanted.flatMap(({ role, estates }) => {
    const having = held.filter((grant) => within[grant.role].includes(role));
    if (having.some((grant) => grant.estates === 'all')) return [{ role, estates }];
    const reach = new Set(having.flatMap((grant) => grant.estates));
    const left = estates === 'all' ? [...reach] : estates.filter((estate) => reach.has(estate));
    return left.length === 0 ? [] : [{ role, estates: left }];
  });
}

/** Whether `held` covers all of `wanted`. */
export function covers(held: readonly Grant[], wanted: readonly Grant[]): boolean {
  return wanted.every((grant) => {
    const [left] = narrow([grant], held);
    if (left === undefined) return false;
    if (grant.estates === 'all') return left.estates === 'all';
    return left.estates.length === grant.estates.length;
  });
}
