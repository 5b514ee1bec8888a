/** What was found of one thing; the code is stable. */
export interface Finding {
  readonly code: string;
  readonly state: 'ok' | 'warn' | 'bad';
  /** For a person. */
  readonly message: string;
  /** What to do; left out when there is nothing. */
  readonly next?: string;
}

export function ok(code: string, message: string): Finding {
  return { code, state: 'ok', message };
}

export function warn(code: string, message: string, next: string): Finding {
  return { code, state: 'warn', message, next };
}

export function bad(code: string, message: string, next: string): Finding {
  return { code, state: 'bad', message, next };
}

/** Does a piece of the examination; one that fails is a finding itself. */
export async function examined(
  code: string,
  what: string,
  work: () => Promise<readonly Finding[]> | readonly Finding[],
): Promise<readonly Finding[]> {
  try {
    return await work();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const next = 'Run this as the user who runs the gateway.';
    return [bad(code, `${what} cannot be looked at: ${message}`, next)];
  }
}

const MEGABYTE = 1024 * 1024;

export function megabytes(bytes: number): string {
  const value = bytes / MEGABYTE;
  return `${value.toFixed(value < 10 ? 1 : 0)} MB`;
}

export function instant(at: number | null): string {
  return at === null ? '?' : new Date(at).toISOString();
}
