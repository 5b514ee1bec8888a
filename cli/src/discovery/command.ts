import { CaretakerError } from '@caretaker/readings/base';
import { z } from 'zod';
import { type CloudApi, cloudOf } from '../base/cloud-api.ts';
import { plainText } from '../base/plain-text.ts';
import { type Discovered, discoveredSchema, linesOf } from './print.ts';

const baseSchema = z.object({ cloud: z.string().optional(), json: z.boolean() });
const listSchema = baseSchema.extend({ all: z.boolean() });
const confirmSchema = baseSchema.extend({
  asset: z.string().optional(),
  onto: z.string().optional(),
  name: z.string().optional(),
  kind: z.string().optional(),
  touchpoint: z.string().optional(),
  place: z.string().optional(),
  attribute: z.array(z.string()).optional(),
  preset: z.string().optional(),
  node: z.boolean(),
});
const pageSchema = z.object({
  items: z.array(discoveredSchema.loose()),
  next: z.string().nullable(),
});

/** `caretaker discovery list` */
export async function runList(given: Record<string, unknown>): Promise<void> {
  const { cloud, json, all } = listSchema.parse(given);
  const found = await listed(await cloudOf(cloud), all ? '' : 'waiting');
  if (json) say(found.map((one) => JSON.stringify(one)));
  else say(linesOf(found));
}

/** `caretaker discovery confirm`: the device becomes an asset, or values of one that is there. */
export async function runConfirm(device: string, given: Record<string, unknown>): Promise<void> {
  const { cloud, json, node, onto, preset, asset, attribute, ...words } =
    confirmSchema.parse(given);
  const api = await cloudOf(cloud);
  const { id } = await theOne(api, device);
  const { name, kind, touchpoint, place } = words;
  const own = {
    ...defined({ id: asset, name, kind, touchpoint, place }),
    ...(attribute === undefined ? {} : { attributes: attributesOf(attribute) }),
  };
  const body = {
    ...(Object.keys(own).length === 0 ? {} : { asset: own }),
    ...(onto === undefined ? {} : { onto }),
    ...(node ? {} : { node: null }),
    ...(preset === undefined ? {} : { mapping: { preset, fields: null } }),
  };
  const said = discoveredSchema.loose().parse(await api.post(`/api/discovery/${id}/confirm`, body));
  say([
    json
      ? JSON.stringify(said)
      : `"${titleOf(said)}" is ${said.asset ?? 'in the estate'} now. Its gateway reads it within seconds.`,
  ]);
}

/** `caretaker discovery ignore` */
export async function runIgnore(device: string, given: Record<string, unknown>): Promise<void> {
  const { cloud, json } = baseSchema.parse(given);
  const api = await cloudOf(cloud);
  const { id } = await theOne(api, device);
  const said = discoveredSchema.loose().parse(await api.post(`/api/discovery/${id}/ignore`, {}));
  say([json ? JSON.stringify(said) : `"${titleOf(said)}" is not shown any more.`]);
}

const titleOf = ({ name, device, topic }: Discovered) => name ?? device ?? topic;

async function listed(api: CloudApi, state: string): Promise<Discovered[]> {
  const found: Discovered[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const query = new URLSearchParams({ limit: '200' });
    if (state !== '') query.set('state', state);
    if (cursor !== '') query.set('cursor', cursor);
    const page = pageSchema.parse(await api.get(`/api/discovery?${query}`));
    found.push(...page.items);
    cursor = page.next;
  }
  return found;
}

/** @throws CaretakerError `CLI_DEVICE_UNKNOWN`, `CLI_DEVICE_UNCLEAR` */
async function theOne(api: CloudApi, wanted: string): Promise<Discovered> {
  const all = await listed(api, '');
  const named = all.filter((one) => [one.name, one.device, one.topic, one.id].includes(wanted));
  const found = named.length > 0 ? named : all.filter(({ id }) => id.startsWith(wanted));
  const [one, other] = found;
  if (one === undefined) {
    throw new CaretakerError({
      code: 'CLI_DEVICE_UNKNOWN',
      message: `Nothing that talks is called "${wanted}".`,
      next: 'Look at "caretaker discovery list"; a device appears there with its first message.',
    });
  }
  if (other === undefined) return one;
  throw new CaretakerError({
    code: 'CLI_DEVICE_UNCLEAR',
    message: `"${wanted}" may be ${found.map(({ id }) => id).join(' or ')}.`,
    next: 'Give the id.',
  });
}

/** @throws CaretakerError `CLI_ATTRIBUTE_INVALID` */
function attributesOf(given: readonly string[]): Record<string, number> {
  const all: Record<string, number> = {};
  for (const text of given) {
    const [name = '', value = ''] = text.split('=', 2);
    const number = Number(value);
    if (!/^[a-z][a-z0-9_]*$/.test(name) || value.trim() === '' || !Number.isFinite(number)) {
      throw new CaretakerError({
        code: 'CLI_ATTRIBUTE_INVALID',
        message: `"${text}" is no attribute.`,
        next: 'Write name=number, such as depth_cm=120.',
      });
    }
    all[name] = number;
  }
  return all;
}

function defined(values: Record<string, string | undefined>): Record<string, string> {
  const all = Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const],
  );
  return Object.fromEntries(all);
}

function say(lines: readonly string[]): void {
  for (const line of lines) console.log(plainText(line));
}
