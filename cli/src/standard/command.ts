import { loadStandard, summarize } from '@caretaker/standards';
import { z } from 'zod';
import { itemLines, summaryJson, summaryLines } from './print.ts';

const optionsSchema = z.object({ summary: z.boolean(), json: z.boolean() });

/** `caretaker standard`: the built-in catalogue, item by item or counted. */
export function runStandard(given: Record<string, unknown>): void {
  const { summary, json } = optionsSchema.parse(given);
  const standard = loadStandard();
  const lines = summary
    ? json
      ? [JSON.stringify(summaryJson(summarize(standard)))]
      : summaryLines(summarize(standard))
    : json
      ? standard.items.map((item) => JSON.stringify(item))
      : itemLines(standard);
  process.stdout.write(`${lines.join('\n')}\n`);
}
