import type { Field } from './encoding.ts';

export type AuditFaultKind =
  | 'row-changed'
  | 'row-moved'
  | 'row-replaced'
  | 'rows-removed'
  | 'tail-cut'
  | 'content-changed'
  | 'content-removed'
  | 'content-returned'
  | 'content-stray'
  | 'head-differs'
  | 'heads-damaged'
  | 'heads-missing'
  | 'heads-behind'
  | 'unreadable';

/** One thing that is not as it was written. */
export interface AuditFault {
  readonly kind: AuditFaultKind;
  /** The row, or the first of several; null where it is not about a row. */
  readonly row: number | null;
  /** The last of several. */
  readonly to?: number;
  readonly fields?: readonly (Field | 'marks' | 'hash')[];
  /** For a person, in one sentence. */
  readonly message: string;
}

export type Tell = (fault: AuditFault) => void;

/** `row 7`, `rows 7 to 9`. */
export function named(first: number, last: number): string {
  return first === last ? `row ${first}` : `rows ${first} to ${last}`;
}

export function dateOf(at: number): string {
  return new Date(at).toISOString();
}
