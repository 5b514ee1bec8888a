import { z } from 'zod';

const skippedSchema = z.object({ file: z.string(), name: z.string(), reason: z.string() });
const failedSchema = z.object({ name: z.string(), error: z.string() });

/** What one run of the tests came to. */
export const summarySchema = z.object({
  passed: z.int(),
  failed: z.array(failedSchema),
  skipped: z.array(skippedSchema),
});
export type Summary = z.infer<typeof summarySchema>;
type Skipped = z.infer<typeof skippedSchema>;
type Failed = z.infer<typeof failedSchema>;

/** A log is often kept by its last lines only: what follows must leave room there for what failed. */
const most = { names: 3, errorLines: 6, lineLength: 240, errors: 20 };

const cut = (line: string) =>
  line.length > most.lineLength ? `${line.slice(0, most.lineLength)}…` : line;

function skippedLines(skipped: readonly Skipped[]): string[] {
  const lines: string[] = [];
  for (const [reason, ofReason] of Map.groupBy(skipped, (one) => one.reason)) {
    lines.push(`skipped ${ofReason.length}: ${reason}`);
    for (const [file, ofFile] of Map.groupBy(ofReason, (one) => one.file)) {
      const names = ofFile.slice(0, most.names).map(({ name }) => name);
      if (ofFile.length > most.names) names.push(`${ofFile.length - most.names} more`);
      lines.push(cut(`  ${ofFile.length} of ${file}: ${names.join('; ')}`));
    }
  }
  return lines;
}

function errorLines(error: string): string[] {
  const lines = error.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(0, most.errorLines).map((line) => `  ${cut(line)}`);
}

/** The names of all that failed; of the first ones the error too, since the rest often fails for the same cause. */
function failedLines(failed: readonly Failed[]): string[] {
  return failed.flatMap(({ name, error }, index) => [
    `FAILED ${name}`,
    ...(index < most.errors ? errorLines(error) : []),
  ]);
}

/** What was skipped and why, what failed with its error, then the counts alone on the last line. */
export function summaryLines({ passed, failed, skipped }: Summary): string[] {
  return [
    ...skippedLines(skipped),
    ...failedLines(failed),
    `${passed} passed, ${failed.length} failed, ${skipped.length} skipped`,
  ];
}
