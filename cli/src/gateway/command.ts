import { once } from 'node:events';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { openStoredGateways, readCloudConfig, type StoredGateways } from '@caretaker/cloud';
import { readEdgeConfig } from '@caretaker/edge';
import { CloudClient, loadIdentity } from '@caretaker/edge/uplink';
import { CaretakerError, systemClock } from '@caretaker/readings/base';
import { z } from 'zod';
import { operator } from '../base/operator.ts';

const jsonSchema = z.object({ json: z.boolean() });
const enrolSchema = z.object({
  cloud: z.string().optional(),
  json: z.boolean(),
});

/** `caretaker gateway code`: a one-time code to enrol a gateway with, printed once. */
export async function runCode(gateway: string, given: Record<string, unknown>): Promise<void> {
  const { json } = jsonSchema.parse(given);
  const made = await withStored((stored) => stored.code(gateway, operator()));
  const until = new Date(made.expires).toISOString();
  say(
    json
      ? [JSON.stringify({ gateway, ...made })]
      : [
          `A code for the gateway "${gateway}" of the estate "${made.estate}", shown only now:`,
          '',
          `  ${made.code}`,
          '',
          `It is good once, until ${until}. At the gateway:`,
          '  caretaker gateway enrol --cloud <address of this cloud>',
          'and type it when asked; or start the gateway with CARETAKER_ENROL_CODE_FILE.',
        ],
  );
}

/** `caretaker gateway list`: every gateway that an estate names, and whether it has a key. */
export async function runList(given: Record<string, unknown>): Promise<void> {
  const { json } = jsonSchema.parse(given);
  const rows = await withStored(async (stored) => {
    const keys = await stored.keys();
    const ids = new Set([...stored.named.keys(), ...keys.map((key) => key.gateway)]);
    return [...ids].sort().map((id) => rowOf(id, stored.named.get(id) ?? null, keys));
  });
  if (json) return say(rows.map((row) => JSON.stringify(row)));
  const wide = (text: string, width: number) => text.padEnd(width);
  say(
    rows.map(({ id, estate, state, since }) =>
      [wide(id, 24), wide(estate ?? '-', 20), wide(state, 12), time(since)].join(' ').trimEnd(),
    ),
  );
}

/** `caretaker gateway revoke`: its keys and codes end; it is cut off within two seconds. */
export async function runRevoke(gateway: string, given: Record<string, unknown>): Promise<void> {
  const { json } = jsonSchema.parse(given);
  const by = operator();
  await withStored((stored) => stored.revoke(gateway, by));
  say([
    json
      ? JSON.stringify({ gateway, revoked: by.at })
      : `Revoked "${gateway}". To let it in again, make a new code.`,
  ]);
}

/** `caretaker gateway enrol`: at the gateway, exchanges a code for a key; a running gateway goes on with it. */
export async function runEnrol(given: Record<string, unknown>): Promise<void> {
  const options = enrolSchema.parse(given);
  const { client, directory, gateway, code, codeFile } = here(options.cloud);
  // Not from the command line: every account of the machine reads that in the list of processes.
  const typed = (await code()) ?? (await ask('Code: '));
  await mkdir(directory, { recursive: true });
  const { estate, key } = await client.enrol(directory, gateway, typed);
  if (codeFile !== null) await rm(codeFile, { force: true }).catch(() => {});
  say([
    options.json
      ? JSON.stringify({ gateway, estate, key })
      : `Enrolled as "${gateway}" of the estate "${estate}". A running gateway connects by itself.`,
  ]);
}

/** `caretaker gateway rotate`: at the gateway, a new key in place of the present one. */
export async function runRotate(given: Record<string, unknown>): Promise<void> {
  const options = enrolSchema.parse(given);
  const { client, directory, gateway } = here(options.cloud);
  const present = await loadIdentity(directory);
  if (present === null) {
    throw new CaretakerError({
      code: 'CLI_GATEWAY_NO_KEY',
      message: `The gateway "${gateway}" has no key yet.`,
      next: 'Enrol it with a code: caretaker gateway enrol',
    });
  }
  const now = systemClock.now() + ((await client.offset()) ?? 0);
  const { key } = await client.rotate(directory, present, now);
  say([
    options.json
      ? JSON.stringify({ gateway, key, former: present.key })
      : `"${gateway}" has a new key. The one before it stays good for an hour.`,
  ]);
}

/** The gateway whose settings are in the environment. */
function here(cloud: string | undefined) {
  const env = cloud === undefined ? process.env : { ...process.env, CARETAKER_CLOUD_URL: cloud };
  const { dataDirectory, gateway, enrolment, trust } = readEdgeConfig(env);
  const client = new CloudClient(enrolment.cloudUrl, systemClock, trust);
  const { codeFile } = enrolment;
  const code = async () => (codeFile === null ? enrolment.code : await codeIn(codeFile));
  return { client, directory: dataDirectory, gateway, code, codeFile };
}

async function codeIn(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch {
    throw new CaretakerError({
      code: 'CLI_GATEWAY_CODE_FILE',
      message: `The file ${file} of CARETAKER_ENROL_CODE_FILE cannot be read.`,
      next: 'Check the path and its rights, or leave it out and type the code.',
    });
  }
}

async function withStored<T>(work: (stored: StoredGateways) => Promise<T>): Promise<T> {
  const stored = await openStoredGateways(readCloudConfig(process.env), systemClock);
  try {
    return await work(stored);
  } finally {
    await stored.close();
  }
}

type Key = Awaited<ReturnType<StoredGateways['keys']>>[number];

function rowOf(id: string, estate: string | null, keys: readonly Key[]) {
  const now = systemClock.now();
  const own = keys.filter((key) => key.gateway === id);
  const good = own.filter(({ revoked, until }) => revoked === null && (until ?? now + 1) > now);
  const [newest] = own;
  const publicKeys = good.map(jwkOf);
  const counted = { keys: good.length, publicKeys };
  if (newest === undefined) return { id, estate, state: 'new', since: null, ...counted } as const;
  const [present] = good;
  return present === undefined
    ? ({ id, estate, state: 'revoked', since: newest.revoked, ...counted } as const)
    : ({ id, estate, state: 'enrolled', since: present.created, ...counted } as const);
}

/** As a broker takes it that checks tokens itself [RFC 8037]. */
function jwkOf({ id, public_key: x }: Key) {
  return { kty: 'OKP', crv: 'Ed25519', kid: id, use: 'sig', alg: 'EdDSA', x } as const;
}

/** A line typed or piped in; a code on the command line could be read by other users of the machine. */
async function ask(prompt: string): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write(prompt);
  const lines = createInterface({ input: process.stdin });
  const closed = once(lines, 'close').then(() => ['']);
  const [line] = await Promise.race([once(lines, 'line'), closed]);
  lines.close();
  return String(line).trim();
}

function time(at: number | null): string {
  return at === null ? '' : new Date(at).toISOString();
}

function say(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
