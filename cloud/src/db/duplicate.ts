/** Whether a database refused a row because there is one of that key already. */
export function isDuplicate(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, message } = error as Error & { readonly code?: unknown };
  return code === '23505' || message.startsWith('UNIQUE constraint failed');
}
