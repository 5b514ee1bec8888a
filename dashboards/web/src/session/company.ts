/**
 * Where to go to sign in with the company's own account.
 * @param to page to come back to
 * @param again the company asks for a proof even of somebody it knows
 */
export function companySignIn(to: string, again = false): string {
  const query = new URLSearchParams({ return: to, ...(again ? { again: '1' } : {}) });
  return `/api/oidc/start?${query}`;
}
