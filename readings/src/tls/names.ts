const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Under which names a server is ours. A browser that was made to resolve a foreign name to us sends that name, so
 * others are refused; an address in place of a name cannot come about in that way.
 * @returns whether a `Host` header is one of ours, on a connection to the address `local`
 */
export function ownNames(host: string, publicUrl: string | null) {
  const names = new Set([inUrl(host)]);
  if (publicUrl !== null) names.add(new URL(publicUrl).hostname);
  return (header: string | undefined, local: string | undefined): boolean => {
    const name = URL.parse(`http://${header ?? ''}`)?.hostname ?? '';
    if (name === '') return false;
    return LOOPBACK.test(name) || names.has(name) || name === inUrl(local ?? '');
  };
}

/** As it stands in an address; empty for what is none. */
function inUrl(host: string): string {
  const plain = host.replace(/^::ffff:/, '');
  return URL.parse(`http://${plain.includes(':') ? `[${plain}]` : plain}`)?.hostname ?? '';
}
