import { pipeline } from 'node:stream/promises';
import { CaretakerError } from '@caretaker/readings/base';
import { z } from 'zod';
import { cloudOf } from '../base/cloud-api.ts';

const optionsSchema = z.object({
  cloud: z.string().optional(),
  estate: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  language: z.string(),
});

/** `caretaker tickets ledger`: what the page of the ledger exports, without a page. */
export async function runLedger(given: Record<string, unknown>): Promise<void> {
  const { cloud, estate, from, to, language } = optionsSchema.parse(given);
  const query = new URLSearchParams({ language });
  if (estate !== undefined) query.set('estate', estate);
  if (from !== undefined) query.set('from', String(instantOf('--from', from)));
  if (to !== undefined) query.set('to', String(instantOf('--to', to)));
  const api = await cloudOf(cloud);
  try {
    const rows = await api.stream(`/api/tickets/ledger/export?${query}`);
    await pipeline(rows, process.stdout, { end: false });
  } catch (error) {
    // Whoever reads has enough, such as `head`.
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}

/** A date is its midnight in UTC, since the ledger may be of many estates. */
function instantOf(option: string, text: string): number {
  try {
    const whole = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00Z` : text;
    return Temporal.Instant.from(whole).epochMilliseconds;
  } catch {
    throw new CaretakerError({
      code: 'CLI_TICKET_OPTION',
      where: option,
      message: `${text} is not a date.`,
      next: 'Write 2026-03-01, or 2026-03-01T08:00+08:00.',
    });
  }
}
