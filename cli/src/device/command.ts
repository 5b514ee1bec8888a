import os from 'node:os';
import type { Estate } from '@caretaker/devices/model';
import { estateInForce, readEdgeConfig } from '@caretaker/edge';
import { type Credential, CredentialStore, type Holder, prefixOf } from '@caretaker/edge/access';
import { CaretakerError, systemClock } from '@caretaker/readings/base';
import { z } from 'zod';
import { issuedJson, issuedLines, listLines, type Place, stateOf } from './print.ts';

const idSchema = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/);
const addSchema = z.object({
  asset: z.array(z.string()).optional(),
  bridge: z.string().optional(),
  host: z.string().optional(),
  qr: z.boolean(),
  json: z.boolean(),
});
const rotateSchema = z.object({
  grace: z.string(),
  host: z.string().optional(),
  qr: z.boolean(),
  json: z.boolean(),
});
const jsonSchema = z.object({ json: z.boolean() });

/** `caretaker device add`: a credential for a device or a bridge, printed once. */
export async function runAdd(id: string, given: Record<string, unknown>): Promise<void> {
  const options = addSchema.parse(given);
  if (!idSchema.safeParse(id).success) {
    throw refused('CLI_DEVICE_NAME', `"${id}" is no name for a credential.`, nameForm);
  }
  const { store, place } = await open(options.host);
  const holder = holderOf(id, options, place.estate);
  const issued = await store.add(id, holder, systemClock.now());
  say(options.json ? [issuedJson(issued, place)] : issuedLines(issued, place, options.qr));
}

/** `caretaker device rotate`: a new secret; the old one stays good for a while. */
export async function runRotate(id: string, given: Record<string, unknown>): Promise<void> {
  const options = rotateSchema.parse(given);
  const { store, place } = await open(options.host);
  const issued = await store.rotate(id, systemClock.now(), graceOf(options.grace));
  say(options.json ? [issuedJson(issued, place)] : issuedLines(issued, place, options.qr));
}

/** `caretaker device revoke`: who is connected by it is cut off within a second or two. */
export async function runRevoke(id: string, given: Record<string, unknown>): Promise<void> {
  const { json } = jsonSchema.parse(given);
  const { store } = await open(undefined);
  const at = systemClock.now();
  await store.revoke(id, at);
  say([json ? JSON.stringify({ id, revoked: at }) : `Revoked "${id}".`]);
}

/** `caretaker device list`: all credentials, never their secrets. */
export async function runList(given: Record<string, unknown>): Promise<void> {
  const { json } = jsonSchema.parse(given);
  const { store } = await open(undefined);
  await store.load();
  const now = systemClock.now();
  const credentials = [...store.list()].sort((a, b) => (a.id < b.id ? -1 : 1));
  say(
    json ? credentials.map((one) => JSON.stringify(shown(one, now))) : listLines(credentials, now),
  );
}

/** The store of the gateway whose settings are in the environment, and where its devices connect. */
async function open(host: string | undefined): Promise<{ store: CredentialStore; place: Place }> {
  const config = readEdgeConfig(process.env);
  const store = new CredentialStore({ directory: config.dataDirectory, clock: systemClock });
  const all = config.host === '0.0.0.0' || config.host === '::';
  const place = {
    host: host ?? (all ? os.hostname() : config.host),
    port: config.mqttPort,
    estate: await estateInForce(config, systemClock),
  };
  return { store, place };
}

function holderOf(id: string, options: z.infer<typeof addSchema>, estate: Estate): Holder {
  const { asset, bridge } = options;
  if (bridge !== undefined) {
    if (asset !== undefined) {
      const message = 'A credential is of a device or of a bridge.';
      throw refused('CLI_DEVICE_OPTION', message, 'Give either --asset or --bridge.');
    }
    const prefix = prefixOf(bridge);
    if (prefix !== null) return { kind: 'bridge', prefix };
    const next = 'Give levels without wildcards, such as zigbee2mqtt/#; not caretaker, ctk or $.';
    throw refused('CLI_DEVICE_OPTION', `No bridge can own "${bridge}".`, next);
  }
  const assets = [...new Set(asset ?? [id])];
  const known = new Set(estate.assets.map((one) => one.id));
  const unknown = assets.filter((one) => !known.has(one));
  if (unknown.length === 0) return { kind: 'device', assets };
  throw refused(
    'CLI_DEVICE_ASSET',
    `The estate "${estate.id}" has no asset ${unknown.map((one) => `"${one}"`).join(', ')}.`,
    'Name the assets that the device reports on with --asset, or declare them in CARETAKER_ESTATE.',
  );
}

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

function graceOf(text: string): number {
  const [, count, unit] = /^(\d{1,4})([mhd])$/.exec(text) ?? [];
  if (text === '0') return 0;
  if (count !== undefined && (unit === 'm' || unit === 'h' || unit === 'd')) {
    return Number(count) * unitMs[unit];
  }
  throw refused('CLI_DEVICE_OPTION', `"${text}" is no time.`, 'Write 30m, 12h, 7d, or 0.');
}

function shown(credential: Credential, now: number) {
  const { id, kind, created, revoked } = credential;
  const what =
    credential.kind === 'bridge'
      ? { prefix: `${credential.prefix}/#` }
      : { assets: credential.assets };
  return { id, kind, ...what, state: stateOf(credential, now), created, revoked };
}

const nameForm = 'Use 1 to 63 small letters, digits, "_" and "-".';

function refused(code: string, message: string, next: string): CaretakerError {
  return new CaretakerError({ code, message, next });
}

function say(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
