import { examine, type Finding, verdictOf } from '@caretaker/edge/doctor';
import { systemClock } from '@caretaker/readings/base';
import { z } from 'zod';
import { plainText } from '../base/plain-text.ts';

const optionsSchema = z.object({ data: z.string().optional(), json: z.boolean() });

const marks = { ok: 'ok   ', warn: 'WARN ', bad: 'BAD  ' } as const;

/** `caretaker doctor`: ends with 1 when something should be looked at, with 2 when something is wrong. */
export async function runDoctor(given: Record<string, unknown>): Promise<void> {
  const { data, json } = optionsSchema.parse(given);
  const env = data === undefined ? process.env : { ...process.env, CARETAKER_DATA: data };
  const findings = await examine(env, systemClock);
  for (const line of json ? [jsonLine(findings)] : findings.flatMap(linesOf)) {
    process.stdout.write(`${plainText(line)}\n`);
  }
  process.exitCode = verdictOf(findings);
}

function linesOf({ code, state, message, next }: Finding): string[] {
  const line = `${marks[state]} ${message} [${code}]`;
  return next === undefined ? [line] : [line, `        ${next}`];
}

function jsonLine(findings: readonly Finding[]): string {
  const state = (['ok', 'warn', 'bad'] as const)[verdictOf(findings)];
  return JSON.stringify({ state, findings });
}
