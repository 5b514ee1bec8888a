import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

/** One line a message: time, level, part, text, then its fields. */
const style = {
  singleLine: true,
  translateTime: 'SYS:HH:MM:ss',
  ignore: 'pid,hostname',
  messageFormat: '{msg}',
};

/**
 * The log of one process. Under `caretaker start` it is JSON, which the parent merges; otherwise one
 * readable line a message. CARETAKER_LOG_LEVEL sets how much (default `info`).
 */
export function createLog(name: string): Logger {
  const level = process.env.CARETAKER_LOG_LEVEL ?? 'info';
  if (process.send !== undefined || process.env.CARETAKER_LOG === 'json') {
    return pino({ name, level });
  }
  return pino({ name, level }, pretty({ ...style, sync: true }));
}

/** Turns the JSON lines of child processes into the same readable lines; other text passes with its name. */
export function createLineFormatter(colour: boolean): (name: string, line: string) => string {
  const format = pretty.prettyFactory({ ...style, colorize: colour });
  return (name, line) => {
    if (!line.startsWith('{')) return `${name}: ${line}`;
    try {
      return String(format(JSON.parse(line))).trimEnd();
    } catch {
      return `${name}: ${line}`;
    }
  };
}
