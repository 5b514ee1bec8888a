import { CaretakerError } from '@caretaker/readings/base';
import canonicalize from 'canonicalize';
import { type Detail, redact } from './redact.ts';

/** Somebody did something. Who and what are ids alone: names and all else that tells of people is detail. */
export interface AuditEntry {
  /** UTC epoch milliseconds. */
  readonly at: number;
  /** `kind:id`, such as `person:k3f9`; or `nobody` (not signed in) or `system` (Caretaker itself). */
  readonly actor: string;
  /** `noun.verb`, such as `limit.change`. */
  readonly action: string;
  /** `kind:id`, such as `gateway:lakeside`. */
  readonly object: string;
  /** Kept beside the chain without its secrets, and erased with the person whom it tells of. */
  readonly detail?: Detail;
  /**
   * Id of the person whom the detail tells of, null for nobody (such content cannot be erased). Unless given it is
   * the person that something was done to, or else the person who did it.
   */
  readonly about?: string | null;
}

/** No sign that mail addresses or names need. */
const identifier = '[A-Za-z0-9][A-Za-z0-9_./#+:-]{0,249}';
const actorForm = new RegExp(`^(?:nobody|system|[a-z][a-z-]{0,31}:${identifier})$`);
const objectForm = new RegExp(`^[a-z][a-z-]{0,31}:${identifier}$`);
const actionForm = /^[a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*)+$/;
const personForm = new RegExp(`^${identifier}$`);
const longestContent = 65_536;

/** The action of an erasure; nothing else may be called so. */
export const eraseAction = 'audit.erase';

/** @throws CaretakerError `CLOUD_AUDIT_ENTRY` */
export function checkEntry(entry: AuditEntry): void {
  const { at, actor, action, object, about } = entry;
  if (!Number.isSafeInteger(at)) throw unfit('at', at);
  if (!actorForm.test(actor)) throw unfit('actor', actor);
  if (!actionForm.test(action) || action === eraseAction) throw unfit('action', action);
  if (!objectForm.test(object)) throw unfit('object', object);
  if (about !== undefined && about !== null && !personForm.test(about)) throw unfit('about', about);
}

/** Whom the content tells of. */
export function personOf({ actor, object, about }: AuditEntry): string | null {
  if (about !== undefined) return about;
  const person = [object, actor].find((one) => one.startsWith('person:'));
  return person === undefined ? null : person.slice('person:'.length);
}

/**
 * The detail without secrets as canonical JSON (RFC 8785).
 * @throws CaretakerError `CLOUD_AUDIT_ENTRY`
 */
export function contentOf(detail: Detail): string {
  const text = canonicalize(redact(detail)) ?? '{}';
  if (text.length > longestContent) throw unfit('detail', `${text.length} characters`);
  return text;
}

function unfit(field: string, value: unknown): CaretakerError {
  return new CaretakerError({
    code: 'CLOUD_AUDIT_ENTRY',
    message: `The audit log cannot keep this as ${field}: ${String(value).slice(0, 80)}`,
    next: 'This is a fault of Caretaker, please report it.',
    where: field,
  });
}
