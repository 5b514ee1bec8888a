import {
  type Ticket,
  ticketCommandSchema,
  ticketDetailSchema,
  ticketSchema,
} from '@caretaker/cloud/contract';
import { CaretakerError } from '@caretaker/readings/base';
import { z } from 'zod';
import { type CloudApi, cloudOf } from '../base/cloud-api.ts';
import { plainText } from '../base/plain-text.ts';
import { commandOf } from './act.ts';
import { detailLines, lineOf } from './print.ts';

const baseSchema = z.object({ cloud: z.string().optional(), json: z.boolean() });
const listSchema = baseSchema.extend({
  estate: z.string().optional(),
  state: z.string(),
  severity: z.array(z.string()).default([]),
  team: z.array(z.string()).default([]),
  subject: z.string().optional(),
  text: z.string().optional(),
  sort: z.string(),
  limit: z.string().regex(/^[1-9]\d{0,5}$/),
});
const actSchema = baseSchema.extend({ revision: z.coerce.number().int().optional() });
const pageSchema = z.object({ items: z.array(ticketSchema), next: z.string().nullable() });
const mostOfAPage = 200;

/** `caretaker tickets list` */
export async function runList(given: Record<string, unknown>): Promise<void> {
  const { cloud, json, limit, ...filter } = optionsOf(listSchema, given);
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter))
    for (const one of [value ?? []].flat()) query.append(name, one);
  const api = await cloudOf(cloud);
  const found = await listed(api, query, Number(limit));
  if (json) say(found.map((one) => JSON.stringify(one)));
  else say(found.length === 0 ? ['No such ticket.'] : found.map((one) => lineOf(one, Date.now())));
}

/** `caretaker tickets show` */
export async function runShow(ticket: string, given: Record<string, unknown>): Promise<void> {
  const { cloud, json } = optionsOf(baseSchema, given);
  const detail = await detailOf(await cloudOf(cloud), ticket);
  say(json ? [JSON.stringify(detail)] : detailLines(detail));
}

/** `caretaker tickets act`: as the API does it, so that nobody can do more by it. */
export async function runAct(
  ticket: string,
  what: string,
  words: readonly string[],
  given: Record<string, unknown>,
): Promise<void> {
  const { cloud, json, revision } = optionsOf(actSchema, given);
  const command = commandOf(what, words);
  const api = await cloudOf(cloud);
  const seen = await detailOf(api, ticket);
  const body = ticketCommandSchema.parse({ ...command, revision: revision ?? seen.revision });
  const now = ticketSchema.parse(await api.post(`/api/tickets/${seen.id}/events`, body));
  say([json ? JSON.stringify(now) : lineOf(now, Date.now())]);
}

async function listed(api: CloudApi, query: URLSearchParams, most: number): Promise<Ticket[]> {
  const found: Ticket[] = [];
  for (;;) {
    query.set('limit', String(Math.min(mostOfAPage, most - found.length)));
    const page = pageSchema.parse(await api.get(`/api/tickets?${query}`));
    found.push(...page.items);
    if (page.next === null || found.length >= most) return found;
    query.set('cursor', page.next);
  }
}

async function detailOf(api: CloudApi, wanted: string) {
  const id = /^\d+$/.test(wanted) ? Number(wanted) : await idOf(api, wanted);
  return ticketDetailSchema.parse(await api.get(`/api/tickets/${id}`));
}

/** @throws CaretakerError `CLI_TICKET_UNKNOWN` */
async function idOf(api: CloudApi, ref: string): Promise<number> {
  const query = new URLSearchParams({ state: 'all', text: ref });
  const found = await listed(api, query, mostOfAPage);
  const one = found.find((ticket) => ticket.ref.toLowerCase() === ref.toLowerCase());
  if (one !== undefined) return one.id;
  throw new CaretakerError({
    code: 'CLI_TICKET_UNKNOWN',
    message: `There is no ticket "${ref}" that you may see.`,
    next: 'Give its reference, such as CT-1042; "caretaker tickets list --state all" shows them.',
  });
}

/** @throws CaretakerError `CLI_TICKET_OPTION` */
function optionsOf<T extends z.ZodType>(schema: T, given: Record<string, unknown>): z.output<T> {
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new CaretakerError({
    code: 'CLI_TICKET_OPTION',
    where: `--${issue?.path.join('.')}`,
    message: issue?.message ?? 'It cannot be read.',
    next: 'See "caretaker tickets --help".',
  });
}

function say(lines: readonly string[]): void {
  for (const line of lines) console.log(plainText(line));
}
