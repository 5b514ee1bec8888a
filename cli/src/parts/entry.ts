import { z } from 'zod';

/**
 * How the first person gets in: a link for whoever started it here, the code of the first administrator, or a
 * link to the gateway's own page.
 */
export const entrySchema = z.object({ kind: z.enum(['link', 'first', 'page']), code: z.string() });
export type Entry = z.infer<typeof entrySchema>;

const paths = {
  // Behind the `#`, it reaches no log of any server.
  link: '/sign-in#code=',
  first: '/first#code=',
  // A page without scripts, which sees nothing behind a `#`; the gateway logs no addresses.
  page: '/code?code=',
} as const;

/** Path of the page that takes the code. */
export function entryPath({ kind, code }: Entry): string {
  return `${paths[kind]}${code}`;
}

/** What a terminal shows. */
export function entryLine(entry: Entry, ports: Readonly<Record<string, number>>): string {
  const path = entryPath(entry);
  if (entry.kind === 'link') return `Sign in by ${path} within 15 minutes`;
  return entry.kind === 'first'
    ? `There is no administrator yet. Whoever opens ${path} within 24 hours becomes the first.`
    : `The page of the gateway, port ${ports.httpPort}, has no password yet. Open ${path} there within 24 hours.`;
}
