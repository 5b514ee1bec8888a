import type { SessionInfo } from '@caretaker/cloud/contract';

export type Role = SessionInfo['grants'][number]['role'];

/** In the order in which they are offered. */
export const roles = [
  'viewer',
  'technician',
  'engineer',
  'manager',
  'administrator',
] as const satisfies readonly Role[];

export interface Grant {
  readonly role: Role;
  readonly estates: 'all' | readonly string[];
}
