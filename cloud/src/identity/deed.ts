import { CaretakerError } from '@caretaker/readings/base';
import type { Tx } from '../db/database.ts';
import type { Grant } from './principal.ts';

/** What a detail may hold. */
type Told = string | number | boolean | null | readonly Told[] | { readonly [name: string]: Told };
export type Detail = { readonly [name: string]: Told };

/** What is told of a change. `detail` never holds a password, a token, a code or a secret. */
export interface AuditEntry {
  /** UTC epoch milliseconds. */
  readonly at: number;
  /** `person:<id>`, `token:<id>`, `nobody` or `system`. */
  readonly actor: string;
  /** `noun.verb`, such as `person.grant`; stable, for programs. */
  readonly action: string;
  /** What was changed, as `kind:id`. */
  readonly object: string;
  readonly detail: Detail;
}

/** Records a change inside its own transaction: neither is kept without the other. */
export type Audit = (tx: Tx, entry: AuditEntry) => Promise<void>;

/** Who does something, and when. */
export interface By {
  readonly actor: string;
  /** UTC epoch milliseconds. */
  readonly at: number;
}

/** Who does something, with the name that others are shown. */
export interface Author extends By {
  readonly name: string;
}

export const actorOf = (person: string): string => `person:${person}`;

/** Grants as a detail has them: `engineer: court, park`. */
export const toldGrants = (grants: readonly Grant[]): readonly string[] =>
  grants.map(({ role, estates }) => `${role}: ${estates === 'all' ? 'all' : estates.join(', ')}`);

/** @throws CaretakerError always: a refusal with what to do next */
export function refuse(code: string, message: string, next: string): never {
  throw new CaretakerError({ code, message, next });
}
