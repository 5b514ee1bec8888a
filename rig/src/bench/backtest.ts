import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { PassAnswer, PassOrder } from './backtest-child.ts';
import { estateOf, makeStore } from './backtest-store.ts';
import { lineOf, median, printLine } from './lines.ts';

const help = `usage: pnpm bench backtest [--json] [--days N] [--runs N] [--file PATH]

A backtest of the catalogue over 200 points at one minute, against the fastest scan that the store offers of
the same rows in the same order, in CPU time. --days makes it shorter than 90 days; --file keeps the
readings there, and takes them from there the next time.`;

const sides = ['scan', 'backtest', 'draft'] as const;

/** `pnpm bench backtest` */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: 'boolean', default: false },
      days: { type: 'string', default: '90' },
      runs: { type: 'string', default: '3' },
      file: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return;
  }
  const days = Number(values.days);
  const folder = values.file === undefined ? await mkdtemp(join(tmpdir(), 'backtest-')) : null;
  const file = values.file ?? join(folder ?? '', 'readings.db');
  try {
    if (!existsSync(file)) {
      console.error(`making readings of ${days} days in ${file}`);
      await makeStore(file, estateOf(), days);
    }
    await measureAll(file, days, Number(values.runs), values.json);
  } finally {
    if (folder !== null) await rm(folder, { recursive: true });
  }
}

async function measureAll(file: string, days: number, runs: number, json: boolean): Promise<void> {
  const answers: Record<PassOrder['side'], PassAnswer[]> = { scan: [], backtest: [], draft: [] };
  for (let round = 0; round < runs; round += 1) {
    for (const side of sides) answers[side].push(await pass({ side, file, days }));
  }
  const [first] = answers.backtest;
  const rows = answers.scan[0]?.rows ?? 0;
  if (first === undefined || first.rows !== rows) {
    throw new Error(`the sides went through ${first?.rows} and ${rows} rows`);
  }
  const rate = (side: PassOrder['side']) => median(answers[side].map((answer) => answer.rate));
  const shape = `${days} d x 200 points at 1 min, ${first.mean.toFixed(1)} rules a point (least ${first.fewest})`;
  const against = 'scan by columns';
  const line = (name: string, side: PassOrder['side']) =>
    lineOf('backtest', name, 'readings/s', rate(side), against, rate('scan'));
  printLine(line(shape, 'backtest'), json);
  printLine(line(`${shape}, draft with one rule changed`, 'draft'), json);
  if (!json) console.log(`  ${rows} rows, ${first.tickets} tickets`);
}

function pass(order: PassOrder): Promise<PassAnswer> {
  const child = fork(new URL('./backtest-child.ts', import.meta.url));
  return new Promise((resolve, reject) => {
    const gone = (code: number | null) =>
      reject(new Error(`the pass ${order.side} ended with ${code}`));
    child.once('exit', gone);
    child.once('message', (answer) => {
      child.off('exit', gone);
      resolve(answer as PassAnswer);
    });
    child.send(order);
  });
}
