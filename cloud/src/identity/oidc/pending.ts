import { z } from 'zod';
import type { Vault } from '../vault.ts';

/** What the browser keeps, sealed, between going to the provider and coming back. */
const pendingSchema = z.strictObject({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  /** A path of ours. */
  back: z.string(),
  /** The provider was told to ask for the password even if it knows the browser. */
  again: z.boolean(),
  began: z.number(),
  /** Somebody signed in wants to link this sign-in to their account. */
  link: z.strictObject({ person: z.string(), session: z.string() }).nullable(),
});
export type Pending = z.infer<typeof pendingSchema>;

const purpose = 'oidc-sign-in';
/** Time to find one's password and phone. */
export const pendingFor = 10 * 60_000;

export const sealPending = (vault: Vault, pending: Pending): string =>
  vault.seal(JSON.stringify(pending), purpose);

/** @returns null for what was not sealed here, was changed, or is too old */
export function openPending(vault: Vault, sealed: string | null, at: number): Pending | null {
  if (sealed === null || sealed.length > 4000) return null;
  try {
    const pending = pendingSchema.parse(JSON.parse(vault.open(sealed, purpose)));
    return at - pending.began < pendingFor ? pending : null;
  } catch {
    return null;
  }
}
