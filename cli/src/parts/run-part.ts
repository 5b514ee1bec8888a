import type { Logger } from 'pino';
import { explain } from '../base/explain.ts';
import { createLog } from '../base/log.ts';
import { type Entry, entryLine } from './entry.ts';
import { tell } from './messages.ts';

/** A started part of the product. */
export interface StartedPart {
  /** What it listens on, by name; empty for a part that only connects. */
  readonly ports: Readonly<Record<string, number>>;
  /** How the first person gets in. */
  readonly entry?: Entry | null;
  stop(): Promise<void>;
}

/** Starts a part; `ended` aborts when the process is asked to end before the part is ready. */
type StartPart = (log: Logger, ended: AbortSignal) => Promise<StartedPart>;

/** How long a part that is asked to end while it starts may take to notice. */
const giveUpMs = 3_000;

/** Resolves when somebody asks this process to end: a signal, or a parent that is gone. */
function asked(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
    process.once('disconnect', () => resolve('the parent process ended'));
  });
}

async function run(start: StartPart, log: Logger): Promise<void> {
  const aborter = new AbortController();
  const end = asked();
  const started = start(log, aborter.signal);
  const first = await Promise.race([started, end]);
  if (typeof first === 'string') {
    log.info({ reason: first }, 'stopping before it was ready');
    aborter.abort();
    const limit = new Promise<null>((resolve) => setTimeout(resolve, giveUpMs, null));
    const late = await Promise.race([started.catch(() => null), limit]);
    await late?.stop();
    return;
  }
  const { entry = null } = first;
  tell({ type: 'ready', ports: first.ports, entry });
  // A parent shows it with the address of the page; alone, this terminal is where it is looked for.
  if (entry !== null && process.send === undefined) {
    console.log(entryLine(entry, first.ports));
  }
  log.info({ ...first.ports }, 'ready');
  const reason = await end;
  log.info({ reason }, 'stopping');
  await first.stop();
  log.info({}, 'stopped');
}

/**
 * Runs one part as this process's whole job: starts it, says that it is ready, waits until it is asked to
 * end, stops it. The exit code is 1 when it cannot start or stop.
 */
export async function runPart(name: string, start: StartPart): Promise<void> {
  const log = createLog(name);
  // Without a server or a timer of its own the process would end while it waits.
  const alive = setInterval(() => {}, 60_000);
  try {
    await run(start, log);
  } catch (error) {
    log.fatal({}, explain(error));
    process.exitCode = 1;
  } finally {
    clearInterval(alive);
  }
  process.exit();
}
