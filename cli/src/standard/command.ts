import { loadStandard, standardJsonSchema, summarize } from '@caretaker/standards';
import { z } from 'zod';
import { itemLines, summaryJson, summaryLines } from './print.ts';

const optionsSchema = z.object({
  summary: z.boolean(),
  json: z.boolean(),
  schema: z.boolean(),
});

/** `caretaker standard`: the built-in catalogue, item by item or counted; or the schema of its files. */
export function runStandard(given: Record<string, unknown>): void {
  const { summary, json, schema } = optionsSchema.parse(given);
  if (schema) {
    process.stdout.write(`${JSON.stringify(standardJsonSchema(), null, 2)}\n`);
    return;
  }
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
