/** Only there to have something to resolve against; nobody can own a name under `invalid` (RFC 6761). */
const nowhere = 'http://own.invalid';

/**
 * Where to go after signing in: a page of ours, whatever is asked for.
 * @returns `/` for anything else
 */
export function ownPath(wanted: string | undefined): string {
  if (wanted === undefined || wanted.length > 500 || !wanted.startsWith('/')) return '/';
  if (!URL.canParse(wanted, nowhere)) return '/';
  const { origin, pathname, search, hash } = new URL(wanted, nowhere);
  // A browser reads `//host` and `/\host` as another server; `/..//host` becomes that only when it is resolved.
  if (origin !== nowhere || /^\/[/\\]/.test(pathname) || /^\/api(?:\/|$)/.test(pathname))
    return '/';
  return pathname + search + hash;
}
