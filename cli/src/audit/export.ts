import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  type ExportFormat,
  exportStoredAudit,
  type Period,
  readCloudConfig,
} from '@caretaker/cloud';
import { CaretakerError } from '@caretaker/readings/base';
import { z } from 'zod';

const optionsSchema = z.object({
  from: z.string().optional(),
  to: z.string().optional(),
  format: z.string(),
});

/** `caretaker audit export`. */
export async function runExport(given: Record<string, unknown>): Promise<void> {
  const { format, period } = exportOptions(given);
  const text = exportStoredAudit(readCloudConfig(process.env), format, period);
  try {
    await pipeline(Readable.from(text), process.stdout, { end: false });
  } catch (error) {
    // Whoever reads has enough, such as `head`.
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}

/** @throws CaretakerError `CLI_AUDIT_OPTION` */
export function exportOptions(given: Record<string, unknown>): {
  readonly format: ExportFormat;
  readonly period: Period;
} {
  const { from, to, format } = optionsSchema.parse(given);
  if (format !== 'jsonl' && format !== 'csv') {
    throw badOption('--format', `${format} is no format.`, 'Give jsonl or csv.');
  }
  const period = {
    from: from === undefined ? undefined : instantOf('--from', from),
    to: to === undefined ? undefined : instantOf('--to', to),
  };
  return { format, period };
}

/** A date is its midnight in UTC, since the log is of no single estate; anything longer is ISO 8601 with offset. */
function instantOf(option: string, text: string): number {
  try {
    const whole = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00Z` : text;
    return Temporal.Instant.from(whole).epochMilliseconds;
  } catch {
    const next = 'Write 2026-03-01, or 2026-03-01T08:00+08:00.';
    throw badOption(option, `${text} is not a date.`, next);
  }
}

function badOption(where: string, message: string, next: string): CaretakerError {
  return new CaretakerError({ code: 'CLI_AUDIT_OPTION', where, message, next });
}
