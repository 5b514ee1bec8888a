import type { LogLevel } from './messages.ts';

/** Node-RED's numbers of what is worse than a warning, and of warnings. */
const ERROR = 20;
const WARN = 30;
const MOST_CHARACTERS = 1_000;
/** Lines at once, and how soon there is room for another: a flow that logs in a loop fills nobody's disk. */
const BURST = 100;
const LINE_MS = 100;
/** What a confined process may not do itself; see `keepFlows`. */
const keptByGateway = 'fsync API is disabled';
/** Its greeting over several lines: its version comes next. */
const greeting = 'Welcome to Node-RED';
/** Warnings of Node-RED about what is as it should be here. */
const usual = /^(?:Projects disabled|Encrypted credentials not found)/;

interface Entry {
  readonly level: number;
  readonly msg: unknown;
  /** Of the node that says it. */
  readonly type?: string;
  readonly name?: string;
  readonly id?: string;
}

/** Hands on what Node-RED logs, within limits. */
export class Scribe {
  readonly #tell: (level: LogLevel, text: string) => void;
  #room = BURST;
  #since = 0;
  #left = 0;

  constructor(tell: (level: LogLevel, text: string) => void) {
    this.#tell = tell;
  }

  /** @param now milliseconds of a clock that never steps */
  note(entry: Entry, now: number): void {
    const text = textOf(entry.msg);
    if (text.includes(keptByGateway) || text.trimStart().startsWith(greeting)) return;
    this.#room = Math.min(BURST, this.#room + (now - this.#since) / LINE_MS);
    this.#since = now;
    if (this.#room < 1) {
      this.#left += 1;
      return;
    }
    this.#room -= 1;
    if (this.#left > 0) this.#tell('warn', `${this.#left} lines were left out: too many at once`);
    this.#left = 0;
    const who = entry.type === undefined ? '' : `[${entry.type}:${entry.name || entry.id}] `;
    const level = usual.test(text) ? 'info' : levelOf(entry.level);
    this.#tell(level, `${who}${text}`.slice(0, MOST_CHARACTERS));
  }
}

function levelOf(level: number): LogLevel {
  if (level <= ERROR) return 'error';
  return level <= WARN ? 'warn' : 'info';
}

function textOf(said: unknown): string {
  if (said instanceof Error) return said.stack ?? said.message;
  if (typeof said !== 'object' || said === null) return String(said);
  try {
    return 'message' in said ? String(said.message) : JSON.stringify(said);
  } catch {
    return '(a text that cannot be written)';
  }
}
