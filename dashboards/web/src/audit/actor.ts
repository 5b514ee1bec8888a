import type { AuditRow } from '@caretaker/cloud/contract';

/** `person:k3f9`, as the filter takes it. */
export function actorCode({ kind, id }: AuditRow['actor']): string {
  return id === null ? kind : `${kind}:${id}`;
}
