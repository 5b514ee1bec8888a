import { readFileSync } from 'node:fs';
import {
  createDecoder,
  type Explanation,
  explain,
  suggestionYaml,
} from '@caretaker/devices/decode';
import { demoEstate } from '@caretaker/devices/demo';
import { type Estate, loadEstate } from '@caretaker/devices/model';
import { CaretakerError, systemClock } from '@caretaker/readings/base';
import { z } from 'zod';
import { plainText } from '../base/plain-text.ts';
import { messagesOf, readPayload, type Spelling } from './input.ts';
import { explanationLines } from './print.ts';

const optionsSchema = z.object({
  estate: z.string().optional(),
  topic: z.string().optional(),
  payload: z.string(),
  at: z.string().optional(),
  retained: z.boolean(),
  hex: z.boolean(),
  base64: z.boolean(),
  json: z.boolean(),
});

/** `caretaker decode`: exit code 1 when a message would go into quarantine. */
export function runDecode(given: Record<string, unknown>): void {
  const options = optionsSchema.parse(given);
  const estate = estateOf(options.estate ?? process.env.CARETAKER_ESTATE);
  const received = options.at === undefined ? systemClock.now() : instantOf(options.at);
  if (options.payload === '-' && process.stdin.isTTY) {
    process.stderr.write('Paste the payload, then press Enter and Ctrl-D:\n');
  }
  const messages = messagesOf(readPayload(options.payload), options.topic, spellingOf(options));
  const arrival = { received, retained: options.retained };
  const decoder = createDecoder(estate);
  for (const [index, message] of messages.entries()) {
    const explanation = explain(decoder, estate, { ...message, arrival });
    if (index > 0 && !options.json) process.stdout.write('\n');
    process.stdout.write(`${linesOf(explanation, options.json).join('\n')}\n`);
    if (explanation.outcome === 'quarantined') process.exitCode = 1;
  }
}

function linesOf(explanation: Explanation, json: boolean): string[] {
  if (!json) return explanationLines(explanation).map(plainText);
  const { suggestion } = explanation;
  const yaml = suggestion === null ? null : suggestionYaml(suggestion);
  return [JSON.stringify({ ...explanation, yaml })];
}

function spellingOf({ hex, base64 }: { hex: boolean; base64: boolean }): Spelling {
  if (hex) return 'hex';
  return base64 ? 'base64' : 'text';
}

function estateOf(file: string | undefined): Estate {
  if (file === undefined || file === '') return demoEstate();
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const message = 'The estate file cannot be read.';
    const next = 'Check the path given with --estate or in CARETAKER_ESTATE.';
    throw new CaretakerError({ code: 'CLI_ESTATE_FILE', message, next, where: file }, { cause });
  }
  return loadEstate(text, file);
}

/** @throws CaretakerError `CLI_DECODE_TIME` */
function instantOf(text: string): number {
  try {
    return Temporal.Instant.from(text).epochMilliseconds;
  } catch (cause) {
    const fault = {
      code: 'CLI_DECODE_TIME',
      message: `"${text}" is no time with an offset.`,
      next: 'Write it as 2026-03-01T08:00:00+08:00.',
    };
    throw new CaretakerError(fault, { cause });
  }
}
