import { mkdirSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { readEdgeConfig } from '@caretaker/edge';
import { LocalAdministrator } from '@caretaker/edge/local';
import { systemClock } from '@caretaker/readings/base';
import { entryPath } from '../parts/entry.ts';
import { addressesOf } from '../start/addresses.ts';
import { readSettings } from '../start/settings.ts';

/** `caretaker edge-admin code`: signs in to the page of the gateway once, whatever the password. */
export async function runCode(): Promise<void> {
  const { gatewayPage } = addressesOf(readSettings(process.env));
  const code = await withAdministrator(async (one) => one.issueCode(systemClock.now()));
  say(`Good once, for 24 hours: ${gatewayPage}${entryPath({ kind: 'page', code })}`);
}

/** `caretaker edge-admin password`: sets the password, and signs out whoever is signed in. */
export async function runPassword(): Promise<void> {
  const password = await readPassword();
  await withAdministrator((one) => one.setPassword(password));
  say('The password of the local administrator is set. Whoever was signed in is signed out.');
}

async function withAdministrator<T>(use: (one: LocalAdministrator) => Promise<T>): Promise<T> {
  const { dataDirectory } = readEdgeConfig(process.env);
  mkdirSync(dataDirectory, { recursive: true });
  const administrator = new LocalAdministrator(dataDirectory);
  await administrator.start();
  try {
    return await use(administrator);
  } finally {
    administrator.stop();
  }
}

/** Never an argument: those can be read by every user of the machine. */
async function readPassword(): Promise<string> {
  if (!process.stdin.isTTY) return (await text(process.stdin)).replace(/\r?\n$/, '');
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: unseen, terminal: true });
  process.stderr.write('New password of the local administrator: ');
  try {
    return await lines.question('');
  } finally {
    process.stderr.write('\n');
    lines.close();
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
