/** Pages for those who are not signed in; nobody is led back to them. */
const waysIn = ['/sign-in', '/first', '/invite'];

/**
 * Where to go after sign-in: a page of this app and nothing else, whatever an address was made to say.
 * @param wanted from the address, so anybody may have written it
 */
export function ownPath(wanted: unknown, origin: string): string {
  if (typeof wanted !== 'string' || !wanted.startsWith('/')) return '/';
  // Browsers read `/\host`, `//host` and these with tabs or newlines inside as another site.
  if (!URL.canParse(wanted, origin)) return '/';
  const url = new URL(wanted, origin);
  if (url.origin !== origin || url.username !== '' || url.pathname.startsWith('//')) return '/';
  if (url.pathname.startsWith('/api/') || waysIn.includes(url.pathname)) return '/';
  return `${url.pathname}${url.search}`;
}
