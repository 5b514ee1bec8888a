import { ticketCommandSchema } from '@caretaker/cloud/contract';
import { CaretakerError, type Fault, FaultsError } from '@caretaker/readings/base';
import type { z } from 'zod';

type Shape = Readonly<Record<string, z.ZodType>>;

/** The fields of every command but for its type and revision, which nobody types. */
const fields: ReadonlyMap<string, Shape> = new Map(
  ticketCommandSchema.options.map((option) => {
    const { type, revision: _, ...shape } = option.shape;
    return [type.value, shape as Shape];
  }),
);

/**
 * A command from words such as `note=Done` and `files=["…"]`.
 * @throws CaretakerError `CLI_TICKET_ACT`, with every fault
 */
export function commandOf(what: string, words: readonly string[]): Record<string, unknown> {
  const shape = fields.get(what);
  if (shape === undefined) {
    throw new CaretakerError({
      code: 'CLI_TICKET_ACT',
      message: `Nobody can "${what}" a ticket.`,
      next: `One can ${[...fields.keys()].join(', ')}.`,
    });
  }
  const command: Record<string, unknown> = { type: what };
  const faults: Fault[] = [];
  for (const word of words) {
    const [name = '', text] = splitOnce(word);
    const field = shape[name];
    if (field === undefined || text === undefined) faults.push(unknownField(word, what, shape));
    else command[name] = spoken(text, field);
  }
  faults.push(...faultsOf(command, shape, new Set(words.map((word) => splitOnce(word)[0] ?? ''))));
  if (faults.length > 0)
    throw new FaultsError('CLI_TICKET_ACT', `"${what}" cannot be done like this.`, faults);
  return command;
}

function splitOnce(word: string): readonly [string, string?] {
  const at = word.indexOf('=');
  return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
}

/** The text itself where a text is wanted; else what it says as JSON, or the instant that it names. */
function spoken(text: string, field: z.ZodType): unknown {
  if (field.safeParse(text).success) return text;
  try {
    return Temporal.Instant.from(text).epochMilliseconds;
  } catch {}
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function faultsOf(
  command: Record<string, unknown>,
  shape: Shape,
  given: ReadonlySet<string>,
): Fault[] {
  return Object.entries(shape).flatMap(([name, field]) => {
    const read = field.safeParse(command[name]);
    if (read.success) return [];
    const message = given.has(name) ? (read.error.issues[0]?.message ?? 'wrong') : 'is needed';
    return [{ code: 'CLI_TICKET_ACT', where: name, message }];
  });
}

function unknownField(word: string, what: string, shape: Shape): Fault {
  const names = Object.keys(shape);
  const takes = names.length === 0 ? 'takes nothing' : `takes ${names.join(', ')}, as name=value`;
  return { code: 'CLI_TICKET_ACT', where: word, message: `"${what}" ${takes}` };
}
