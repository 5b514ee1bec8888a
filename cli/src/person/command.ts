import { openStoredPeople, readCloudConfig, type StoredPeople } from '@caretaker/cloud';
import { z } from 'zod';
import { operator } from '../base/operator.ts';

const listSchema = z.object({ json: z.boolean() });
const resetSchema = z.object({ json: z.boolean(), secondFactor: z.boolean() });

/** `caretaker person list`: everybody who may sign in. */
export async function runList(given: Record<string, unknown>): Promise<void> {
  const { json } = listSchema.parse(given);
  const all = await withStored((stored) => stored.list());
  say(all.map((person) => (json ? JSON.stringify(person) : lineOf(person))));
}

/** `caretaker person reset`: a code by which somebody sets a new password, printed once. */
export async function runReset(login: string, given: Record<string, unknown>): Promise<void> {
  const { json, secondFactor } = resetSchema.parse(given);
  const { code, expires } = await withStored((stored) =>
    stored.reset(login, secondFactor, operator()),
  );
  say(
    json
      ? [JSON.stringify({ login, code, expires })]
      : [
          `A code for "${login}" to set a new password with, shown only now:`,
          '',
          `  ${code}`,
          '',
          `It is good once, until ${new Date(expires).toISOString()}, on the page /invite#code=${code}`,
        ],
  );
}

type Person = Awaited<ReturnType<StoredPeople['list']>>[number];

function lineOf({ login, grants, disabled, secondFactor }: Person): string {
  const roles = grants.map(
    ({ role, estates }) => `${role} (${estates === 'all' ? 'all' : estates.join(', ')})`,
  );
  const state = disabled === null ? 'may sign in' : 'disabled';
  const factor = secondFactor ? 'second factor' : '-';
  return [login.padEnd(24), state.padEnd(12), factor.padEnd(14), roles.join('; ') || '-'].join(' ');
}

async function withStored<T>(work: (stored: StoredPeople) => Promise<T>): Promise<T> {
  const stored = await openStoredPeople(readCloudConfig(process.env));
  try {
    return await work(stored);
  } finally {
    await stored.close();
  }
}

function say(lines: readonly string[]): void {
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
}
