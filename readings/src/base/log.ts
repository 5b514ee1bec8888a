type Level = (fields: Record<string, unknown>, message: string) => void;

/** The part of a structured logger that our code uses; pino satisfies it. */
export interface Log {
  debug: Level;
  info: Level;
  warn: Level;
  error: Level;
  child(bindings: Record<string, unknown>): Log;
}

const nothing: Level = () => {};

/** A log that keeps nothing; for tests and tools that print their own output. */
export const silentLog: Log = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  child: () => silentLog,
};
