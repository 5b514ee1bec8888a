import { z } from 'zod';

/** What one run of the tests came to. */
export const summarySchema = z.object({
  passed: z.int(),
  failed: z.int(),
  skipped: z.array(z.object({ name: z.string(), reason: z.string() })),
});
export type Summary = z.infer<typeof summarySchema>;

/** Every skipped test with its reason, then the counts alone on the last line. */
export function summaryLines(summary: Summary): string[] {
  const skipped = summary.skipped.map(({ name, reason }) => `skipped: ${name} (${reason})`);
  return [
    ...skipped,
    `${summary.passed} passed, ${summary.failed} failed, ${summary.skipped.length} skipped`,
  ];
}
