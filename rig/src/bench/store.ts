import { fork } from 'node:child_process';
import { parseArgs } from 'node:util';
import { lineOf, median, printLine } from './lines.ts';
import type { StoreAnswer, StoreOrder } from './store-child.ts';

const help = `usage: pnpm bench store [--json] [--runs N] [--rows N]

The embedded store through its port beside bare node:sqlite: readings of 1,000 and 10,000 points in order of time,
two a minute of each, in batches of 5,000; the month of one point in 500 buckets; the last values of all points.
--rows writes so many at 10,000 points instead of 3 million.`;

const sides = ['ours', 'bare'] as const;
const against = 'bare node:sqlite';

/** `pnpm bench store` */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: 'boolean', default: false },
      runs: { type: 'string', default: '3' },
      rows: { type: 'string', default: '3000000' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return;
  }
  // Two and a half hours at 10,000 points, so that hours are folded while it is measured; eight at 1,000.
  const rows = Number(values.rows);
  const orders = [
    { points: 10_000, rows },
    { points: 1_000, rows: rows / 3 },
  ] as const;
  const answers = new Map<string, StoreAnswer[]>();
  for (let round = 0; round < Number(values.runs); round += 1) {
    for (const order of orders) {
      for (const side of sides) {
        const key = `${side} ${order.points}`;
        answers.set(key, [...(answers.get(key) ?? []), await measure({ side, ...order })]);
      }
    }
  }
  const line = (name: string, unit: string, points: number, figure: keyof StoreAnswer) => {
    const of = (side: string) =>
      median((answers.get(`${side} ${points}`) ?? []).map((answer) => answer[figure]));
    printLine(lineOf('store', name, unit, of('ours'), against, of('bare')), values.json);
  };
  line('write-1000', 'rows/s', 1_000, 'rate');
  line('write-10000', 'rows/s', 10_000, 'rate');
  line('month-of-a-point', 'ms', 10_000, 'month');
  line('latest-all', 'ms', 10_000, 'latest');
}

function measure(order: StoreOrder): Promise<StoreAnswer> {
  const child = fork(new URL('./store-child.ts', import.meta.url));
  return new Promise((resolve, reject) => {
    const gone = (code: number | null) =>
      reject(new Error(`measuring ${JSON.stringify(order)} ended with ${code}`));
    child.once('exit', gone);
    child.once('message', (answer) => {
      child.off('exit', gone);
      resolve(answer as StoreAnswer);
    });
    child.send(order);
  });
}
