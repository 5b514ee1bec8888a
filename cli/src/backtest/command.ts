import {
  chosenEstates,
  orderOf,
  periodOf,
  readCloudConfig,
  readDraft,
  runBacktest,
  standardWith,
  surroundingsOf,
} from '@caretaker/cloud';
import { CaretakerError, systemClock } from '@caretaker/readings/base';
import { Presets, SingleBar } from 'cli-progress';
import { z } from 'zod';
import { resultLines } from './print.ts';

const optionsSchema = z.object({
  standard: z.string().optional(),
  days: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  estate: z.string().optional(),
  json: z.boolean(),
});

/** `caretaker backtest`. */
export async function runBacktestCommand(given: Record<string, unknown>): Promise<void> {
  const options = optionsSchema.parse(given);
  const now = systemClock.now();
  const around = await surroundingsOf(readCloudConfig(process.env), now);
  const estates = chosenEstates(around.estates, options.estate);
  const zone = estates[0]?.zone ?? 'UTC';
  const period = periodOf(
    {
      days: options.days === undefined ? undefined : daysOf(options.days),
      from: options.from === undefined ? undefined : instantOf(options.from, zone),
      to: options.to === undefined ? undefined : instantOf(options.to, zone),
    },
    now,
  );
  const { standard } = options;
  const draft =
    standard === undefined ? around.inForce : standardWith(readDraft(standard), around.inForce);
  const result = await shown(orderOf(draft, around, estates, period));
  const lines = options.json
    ? [JSON.stringify(result)]
    : resultLines(result, { draft: standard ?? null, zone });
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Runs it with a bar on the terminal; Ctrl-C ends it. */
async function shown(order: ReturnType<typeof orderOf>): ReturnType<typeof runBacktest> {
  const cancel = new AbortController();
  const stop = () => cancel.abort();
  process.once('SIGINT', stop);
  const bar = process.stderr.isTTY ? barOf() : null;
  bar?.start(100, 0, { readings: '0' });
  try {
    return await runBacktest(
      order,
      (done, readings) => bar?.update(done * 100, { readings: readings.toLocaleString('en') }),
      cancel.signal,
    );
  } catch (error) {
    if (cancel.signal.aborted) process.exitCode = 130;
    throw error;
  } finally {
    bar?.stop();
    process.off('SIGINT', stop);
  }
}

function barOf(): SingleBar {
  const format = 'Judging {bar} {percentage} %  {readings} readings';
  return new SingleBar({ format, clearOnComplete: true, hideCursor: true }, Presets.shades_classic);
}

/** @throws CaretakerError `CLI_BACKTEST_OPTION` */
function daysOf(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1) return days;
  throw badOption('--days', `${text} is not a number of days.`, 'Give a whole number from 1 on.');
}

/**
 * A date is its local midnight; anything longer is ISO 8601 with offset.
 * @throws CaretakerError `CLI_BACKTEST_OPTION`
 */
function instantOf(text: string, zone: string): number {
  try {
    return /^\d{4}-\d{2}-\d{2}$/.test(text)
      ? Temporal.PlainDate.from(text).toZonedDateTime(zone).epochMilliseconds
      : Temporal.Instant.from(text).epochMilliseconds;
  } catch {
    const next = 'Write 2026-03-01, or 2026-03-01T08:00+08:00.';
    throw badOption('--from, --to', `${text} is not a date.`, next);
  }
}

function badOption(where: string, message: string, next: string): CaretakerError {
  return new CaretakerError({ code: 'CLI_BACKTEST_OPTION', where, message, next });
}
