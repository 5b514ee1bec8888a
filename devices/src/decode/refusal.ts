import type { Fault } from '@caretaker/readings/base';

/** Why a value or a whole message was refused, before it is known where it stood. */
export class Refusal {
  readonly code: string;
  readonly message: string;
  readonly next: string | undefined;

  constructor(code: string, message: string, next?: string) {
    this.code = code;
    this.message = message;
    this.next = next;
  }

  at(where: string): Fault {
    const fault = { code: this.code, message: this.message, where };
    return this.next === undefined ? fault : { ...fault, next: this.next };
  }
}

/** A value from the outside, short enough for a sentence. */
export function shown(raw: unknown): string {
  if (Array.isArray(raw)) return 'a list';
  if (typeof raw === 'object' && raw !== null) return 'an object';
  const text = typeof raw === 'string' ? `"${raw}"` : String(raw);
  return text.length <= 48 ? text : `${text.slice(0, 45)}…`;
}
