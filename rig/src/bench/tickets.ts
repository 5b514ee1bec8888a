import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  type TicketBench,
  type TicketFigures,
  ticketBench,
} from '@caretaker/cloud/testing/tickets';
import { findBinary } from '../servers/binary.ts';
import { startPostgres } from '../servers/postgres.ts';
import { lineOf, median, printLine } from './lines.ts';

const help = `usage: pnpm bench tickets [--json] [--runs N] [--tickets N]

Lists and search of 100,000 open and closed tickets, and opening 1,000 at once, on SQLite and on PostgreSQL, beside
bare SQL. Pages are those people look at most, 200 of each kind; their figure is the 95th percentile. PostgreSQL is
Debian's server, without fsync; it is left out where there is none.`;

const opened = 1000;

/** `pnpm bench tickets` */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: 'boolean', default: false },
      runs: { type: 'string', default: '3' },
      tickets: { type: 'string', default: '100000' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return;
  }
  const tickets = Number(values.tickets);
  const runs = Number(values.runs);
  const folder = await mkdtemp(join(tmpdir(), 'caretaker-bench-'));
  try {
    const file = join(folder, 'cloud.db');
    const sqlite = await ticketBench({ engine: 'sqlite', file }, { tickets, opened });
    await report('sqlite', sqlite, runs, values.json);
    const binary = findBinary('postgres');
    if (binary === null) {
      console.error('PostgreSQL is not installed here; its lines are left out.');
      return;
    }
    const server = await startPostgres(binary, folder);
    try {
      const postgres = await ticketBench(
        { engine: 'postgres', url: server.url },
        { tickets, opened },
      );
      await report('postgres', postgres, runs, values.json);
    } finally {
      await server.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Ours and bare SQL in turn, and the median of each. */
async function report(
  engine: string,
  bench: TicketBench,
  runs: number,
  json: boolean,
): Promise<void> {
  const ours: TicketFigures[] = [];
  const bare: TicketFigures[] = [];
  try {
    for (let round = 0; round < runs; round += 1) {
      ours.push(await bench.ours());
      bare.push(await bench.bare());
    }
  } finally {
    await bench.close();
  }
  const line = (name: string, unit: string, figure: keyof TicketFigures) => {
    const of = (all: readonly TicketFigures[]) => median(all.map((one) => one[figure]));
    printLine(lineOf('tickets', `${engine}-${name}`, unit, of(ours), 'bare SQL', of(bare)), json);
  };
  line('list-page', 'ms p95', 'list');
  line('search-page', 'ms p95', 'search');
  line(`burst-${opened}`, 'ms', 'burst');
}
