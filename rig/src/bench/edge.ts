import { parseArgs } from 'node:util';
import type { Side } from './edge-broker.ts';
import { type Ingested, measureIngest, shapes } from './edge-ingest.ts';
import { lineOf, median, printLine } from './lines.ts';

interface Options {
  readonly runs: number;
  readonly json: boolean;
}

type ShapeName = keyof typeof shapes;

async function ingest({ runs, json }: Options, name: ShapeName, listener: boolean): Promise<void> {
  const results: Record<Side, Ingested[]> = { bare: [], ours: [] };
  for (let round = 0; round < runs; round += 1) {
    for (const side of ['bare', 'ours'] as const) {
      results[side].push(await measureIngest(side, shapes[name], listener));
    }
  }
  const middle = (side: Side, pick: (one: Ingested) => number) => median(results[side].map(pick));
  const pairs = [
    ['readings/s', (one: Ingested) => one.rate],
    ['cpu_us/reading', (one: Ingested) => one.cpuUs],
  ] as const;
  const title = `ingest ${name}${listener ? ' with #' : ''}`;
  for (const [unit, pick] of pairs) {
    printLine(
      lineOf('edge', title, unit, middle('ours', pick), 'bare aedes', middle('bare', pick)),
      json,
    );
  }
}

/** `pnpm bench edge [--json] [--runs N] [--only CASE]…` */
export async function run(args: string[]): Promise<void> {
  const cases: Record<string, (options: Options) => Promise<void>> = {
    '8x200': (options) => ingest(options, '8x200', false),
    '1000x1': (options) => ingest(options, '1000x1', false),
    '8x200#': (options) => ingest(options, '8x200', true),
    '1000x1#': (options) => ingest(options, '1000x1', true),
  };
  const { values } = parseArgs({
    args,
    options: {
      json: { type: 'boolean', default: false },
      runs: { type: 'string', default: '3' },
      only: { type: 'string', multiple: true, default: Object.keys(cases) },
    },
  });
  for (const name of values.only) {
    const one = cases[name];
    if (one === undefined) throw new Error(`there is no case ${name}: ${Object.keys(cases)}`);
    await one({ runs: Number(values.runs), json: values.json });
  }
}
