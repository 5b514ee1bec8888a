import { z } from 'zod';

/** How the first person gets in: a link for whoever started it here, or the code of the first administrator. */
export const entrySchema = z.object({ kind: z.enum(['link', 'first']), code: z.string() });
export type Entry = z.infer<typeof entrySchema>;

/** Path of the page that takes the code; behind the `#`, it reaches no log of any server. */
export function entryPath({ kind, code }: Entry): string {
  return kind === 'link' ? `/sign-in#code=${code}` : `/first#code=${code}`;
}

/** What a terminal shows. */
export function entryLine(entry: Entry): string {
  return entry.kind === 'link'
    ? `Sign in by ${entryPath(entry)} within 15 minutes`
    : `There is no administrator yet. Whoever opens ${entryPath(entry)} within 24 hours becomes the first.`;
}
