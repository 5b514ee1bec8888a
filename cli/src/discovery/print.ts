import { z } from 'zod';

/** What the cloud says of a device that the estate does not know, as far as the command line shows it. */
export const discoveredSchema = z.object({
  id: z.string(),
  estate: z.string(),
  gateway: z.string(),
  state: z.enum(['waiting', 'confirmed', 'ignored']),
  asset: z.string().nullable(),
  format: z.string(),
  device: z.string().nullable(),
  name: z.string().nullable(),
  topic: z.string(),
  count: z.number(),
  first: z.number(),
  last: z.number(),
  suggestion: z
    .object({
      preset: z.string().nullable(),
      kind: z.string(),
      fields: z.array(z.object({ path: z.string(), value: z.string(), metric: z.string() })),
      doubts: z.array(z.object({ en: z.string() })),
    })
    .nullable(),
});
export type Discovered = z.infer<typeof discoveredSchema>;

const shownId = 8;

/** For a person at the terminal. */
export function linesOf(found: readonly Discovered[]): string[] {
  if (found.length === 0) {
    return [
      'Nothing that talks is unknown to the estate.',
      'A device appears here with its first message; "caretaker doctor" says whether its gateway hears anything.',
    ];
  }
  return found.flatMap((one, index) => [...(index === 0 ? [] : ['']), ...entryOf(one)]);
}

function entryOf(one: Discovered): string[] {
  const { id, format, device, name, topic, count, last, state, asset, suggestion } = one;
  const title = name ?? device ?? topic;
  const also = name !== null && device !== null && device !== name ? ` (${device})` : '';
  const stands = state === 'waiting' ? '' : state === 'ignored' ? ', ignored' : `, is ${asset}`;
  const heard = `${count} ${count === 1 ? 'message' : 'messages'}, the last ${new Date(last).toISOString()}`;
  return [
    `${title}${also}  [${id.slice(0, shownId)}]${stands}`,
    `  ${format} on ${topic}: ${heard}`,
    ...suggested(suggestion),
  ];
}

function suggested(suggestion: Discovered['suggestion']): string[] {
  if (suggestion === null)
    return ['  nothing in it is known: say what it is with --kind and a mapping'];
  const { preset, kind, fields, doubts } = suggestion;
  const by = preset === null ? '' : ` by ${preset}`;
  return [
    `  suggested: ${kind}${by}`,
    ...fields.map(({ path, value, metric }) => `    ${path || 'the value'} = ${value} → ${metric}`),
    ...doubts.map(({ en }) => `  look: ${en}`),
  ];
}
