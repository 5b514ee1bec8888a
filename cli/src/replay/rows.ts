import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { CaretakerError } from '@caretaker/readings/base';
import { parse } from 'csv-parse';
import type { Row } from './map.ts';

/** A row and where it stands, for messages. */
export interface PlacedRow {
  readonly row: Row;
  readonly where: string;
}

function unreadable(file: string, cause: unknown): CaretakerError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new CaretakerError(
    { code: 'CLI_REPLAY_FILE', message, where: file, next: 'Name a CSV or JSON lines file.' },
    { cause },
  );
}

async function* csvRows(file: string): AsyncGenerator<PlacedRow> {
  // Column names are trimmed: files of real instruments carry blanks there.
  const parser = parse({
    bom: true,
    columns: (header: string[]) => header.map((name) => name.trim()),
    info: true,
    skip_empty_lines: true,
    trim: true,
  });
  const source = createReadStream(file);
  source.once('error', (error) => parser.destroy(error));
  for await (const { record, info } of source.pipe(parser)) {
    yield { row: record, where: `${file}:${info.lines}` };
  }
}

async function* jsonRows(file: string): AsyncGenerator<PlacedRow> {
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(file) })) {
    line += 1;
    if (text.trim() === '') continue;
    const row: unknown = JSON.parse(text);
    if (typeof row !== 'object' || row === null) throw new Error(`line ${line} is not an object`);
    yield { row: Object.fromEntries(Object.entries(row)), where: `${file}:${line}` };
  }
}

/**
 * The rows of a CSV (with a header line) or JSON lines file, in the file's order, without holding it in memory.
 * @throws CaretakerError `CLI_REPLAY_FILE` when it cannot be read.
 */
export async function* readRows(file: string): AsyncGenerator<PlacedRow> {
  const isJson = /\.(jsonl|ndjson)$/i.test(file);
  try {
    yield* isJson ? jsonRows(file) : csvRows(file);
  } catch (error) {
    throw error instanceof CaretakerError ? error : unreadable(file, error);
  }
}
