import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import type { BrokerNews, BrokerOrder, Side } from './ingest-broker.ts';
import type { LoadNews, LoadOrder } from './ingest-load.ts';

interface IngestBenchOptions {
  /** Interleaved runs of each side; the medians count. */
  readonly runs: number;
  /** JSON lines and nothing else. */
  readonly json: boolean;
  /** Names of the shapes to run. */
  readonly shapes: readonly string[];
}

interface Shape {
  readonly connections: number;
  readonly window: number;
  readonly warmUp: number;
  readonly measured: number;
}

const shapes: Readonly<Record<string, Shape>> = {
  '8x200': { connections: 8, window: 200, warmUp: 150_000, measured: 400_000 },
  '1000x1': { connections: 1_000, window: 1, warmUp: 30_000, measured: 120_000 },
};

interface Result {
  readonly rate: number;
  readonly cpuUs: number;
  readonly rssMb: number;
}

/** One line of `--json`; a contract of ours. */
interface Line {
  readonly bench: 'ingest';
  readonly case: string;
  readonly unit: 'readings/s' | 'cpu_us/reading';
  readonly ours: number;
  readonly against: string;
  readonly peer: number;
  readonly ratio: number;
}

/** `pnpm bench ingest [--json] [--runs N] [--shape NAME]…` */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: 'boolean', default: false },
      runs: { type: 'string', default: '3' },
      shape: { type: 'string', multiple: true, default: Object.keys(shapes) },
    },
  });
  await runIngestBench({ runs: Number(values.runs), json: values.json, shapes: values.shape });
}

/**
 * Measures how many readings a second the gateway acknowledges durably, against a bare aedes that only
 * counts them: 109-byte JSON at QoS 1, loader in its own process, the same for both.
 */
async function runIngestBench(options: IngestBenchOptions): Promise<void> {
  for (const name of options.shapes) {
    const shape = shapes[name];
    if (shape === undefined) throw new Error(`there is no load shape ${name}`);
    const results: Record<Side, Result[]> = { bare: [], ours: [] };
    for (let round = 0; round < options.runs; round += 1) {
      for (const side of ['bare', 'ours'] as const) results[side].push(await measure(side, shape));
    }
    for (const line of linesOf(name, results)) print(line, options.json);
    if (!options.json) {
      const rss = (side: Side) => Math.round(median(results[side].map((one) => one.rssMb)));
      console.log(`  memory: ours ${rss('ours')} MB, bare aedes ${rss('bare')} MB`);
    }
  }
}

function linesOf(name: string, { ours, bare }: Record<Side, Result[]>): Line[] {
  const line = (unit: Line['unit'], pick: (result: Result) => number, digits: number): Line => {
    const mine = median(ours.map(pick));
    const peer = median(bare.map(pick));
    return {
      bench: 'ingest',
      case: name,
      unit,
      ours: rounded(mine, digits),
      against: 'bare aedes',
      peer: rounded(peer, digits),
      ratio: rounded(mine / peer, 2),
    };
  };
  return [
    line('readings/s', (result) => result.rate, 0),
    line('cpu_us/reading', (result) => result.cpuUs, 2),
  ];
}

function print(line: Line, json: boolean): void {
  if (json) console.log(JSON.stringify(line));
  else {
    const figures = `ours ${line.ours}, ${line.against} ${line.peer}, ratio ${line.ratio}`;
    console.log(`${line.bench} ${line.case.padEnd(7)} ${line.unit.padEnd(15)} ${figures}`);
  }
}

async function measure(side: Side, shape: Shape): Promise<Result> {
  const broker = child('./ingest-broker.ts');
  const loader = child('./ingest-load.ts');
  try {
    const ask = (order: BrokerOrder) => broker.send(order);
    ask({ type: 'start', side, devices: shape.connections });
    const started = await news<BrokerNews>(broker);
    if (started.type !== 'started') throw new Error('the broker did not start');
    const usage = async () => {
      ask({ type: 'usage' });
      const said = await news<BrokerNews>(broker);
      return said.type === 'usage' ? said : { cpuUs: 0, rssMb: 0 };
    };
    const order: LoadOrder = { port: started.port, ...shape };
    loader.send(order);
    await news<LoadNews>(loader);
    const before = await usage();
    const done = await news<LoadNews>(loader);
    const after = await usage();
    ask({ type: 'stop' });
    await once(broker, 'exit');
    const ms = done.type === 'done' ? done.ms : 0;
    return {
      rate: (shape.measured / ms) * 1_000,
      cpuUs: (after.cpuUs - before.cpuUs) / shape.measured,
      rssMb: after.rssMb,
    };
  } finally {
    broker.kill();
    loader.kill();
  }
}

function child(file: string): ChildProcess {
  return fork(new URL(file, import.meta.url));
}

function news<T>(process: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const gone = (code: number | null) => reject(new Error(`a process ended with ${code}`));
    process.once('exit', gone);
    process.once('message', (message) => {
      process.off('exit', gone);
      resolve(message as T);
    });
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
