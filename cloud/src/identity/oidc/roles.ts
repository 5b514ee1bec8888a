import type { Fault } from '@caretaker/readings/base';
import { z } from 'zod';
import { type Grant, type Role, roles } from '../principal.ts';

/** What a group at the provider gives here. */
export interface GroupRole {
  readonly group: string;
  readonly role: Role;
  readonly estates: Grant['estates'];
}

const mappingSchema = z
  .array(
    z.strictObject({
      group: z.string().min(1).max(300),
      role: z.enum(roles),
      estates: z.union([
        z.literal('all'),
        z.array(z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'not the id of an estate')).min(1),
      ]),
    }),
  )
  .min(1)
  .max(1000);

/** @param where the setting that `text` comes from @returns what can be used; every fault is added to `faults` */
export function parseRoles(text: string, where: string, faults: Fault[]): readonly GroupRole[] {
  const fault = (at: string, message: string) => {
    const next = 'Write [{"group": "…", "role": "technician", "estates": ["…"] or "all"}, …].';
    faults.push({ code: 'CLOUD_OIDC_ROLES_INVALID', where: where + at, message, next });
  };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    fault('', 'This is not JSON.');
    return [];
  }
  const { success, data, error } = mappingSchema.safeParse(json);
  if (success) return data;
  for (const { path, message } of error.issues) {
    fault(
      path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join(''),
      message,
    );
  }
  return [];
}

/** What these groups give: each role once, all estates before some. */
export function grantsOfGroups(mapping: readonly GroupRole[], groups: readonly string[]): Grant[] {
  const held = new Set(groups);
  const given = mapping.filter(({ group }) => held.has(group));
  return roles.flatMap((role): Grant[] => {
    const mine = given.filter((one) => one.role === role);
    if (mine.length === 0) return [];
    if (mine.some(({ estates }) => estates === 'all')) return [{ role, estates: 'all' }];
    return [{ role, estates: [...new Set(mine.flatMap(({ estates }) => estates))] }];
  });
}

/**
 * The groups of a claim.
 * @param claim its name, or the way to it with dots, such as `realm_access.roles`
 */
export function groupsOf(
  claims: Readonly<Record<string, unknown>>,
  claim: string,
): readonly string[] | null {
  const found = claim in claims ? claims[claim] : claim.split('.').reduce(inside, claims);
  if (typeof found === 'string') return [found];
  if (!Array.isArray(found)) return null;
  return found.filter((group) => typeof group === 'string');
}

function inside(value: unknown, step: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
  return (value as Record<string, unknown>)[step];
}
