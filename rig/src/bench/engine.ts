import { fork } from 'node:child_process';
import { parseArgs } from 'node:util';
import type { Mix } from './engine-estate.ts';
import type { EngineAnswer, EngineOrder } from './engine-order.ts';
import { type BenchLine, lineOf, median, printLine } from './lines.ts';

/** What the engine is to reach; the rest is only reported. */
const leastRate = 5_000_000;
const mostBytes = 64;
const leastRatio = 0.5;
const leastLate = 100_000;
const mostSeconds = 10;

const sizes = [1_000, 10_000, 100_000] as const;
const rulesEach = [1, 10, 100] as const;
/** The reference judges each reading anew from all others: more would take minutes. */
const naiveOrder = { what: 'naive', points: 20, rules: 1, mix: 'threshold' } as const;
const naiveName = 'naive reference (20 points x 1 rule x 300 readings)';

const help = `usage: pnpm bench engine [--json] [--runs N] [--only TEXT]…

Points x rules a point in CPU time on one core, in random order, through the whole public entry, with one
reading in a hundred across a limit. --only runs the cases whose name contains the text.`;

interface Case {
  readonly name: string;
  readonly order: EngineOrder;
  /** Which figure of the answer counts. */
  readonly figure: string;
  readonly unit: string;
  /** Null: held against the reference. */
  readonly target: number | null;
}

/** `pnpm bench engine` */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: 'boolean', default: false },
      runs: { type: 'string', default: '3' },
      only: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return;
  }
  const wanted = (name: string) =>
    values.only.length === 0 || values.only.some((text) => name.includes(text));
  const cases = allCases().filter(({ name }) => wanted(name));
  const answers = await measureAll(cases, Number(values.runs));
  for (const line of linesOf(cases, answers)) printLine(line, values.json);
}

function allCases(): Case[] {
  const size = (points: number, rules: number) =>
    `${points.toExponential(0).replace('e+', 'e')} points x ${rules} rule${rules === 1 ? '' : 's'}`;
  const order = (what: EngineOrder['what'], points: number, rules: number, mix: Mix) => ({
    name: size(points, rules),
    order: { what, points, rules, mix },
  });
  const rate = (points: number, rules: number, mix: Mix, what: EngineOrder['what'] = 'rate') => ({
    ...order(what, points, rules, mix),
    figure: 'rate',
    unit: 'evaluations/s',
    target: null,
  });
  const grid = sizes.flatMap((points) =>
    rulesEach.map((rules) => rate(points, rules, 'threshold')),
  );
  const others = [
    { ...rate(10_000, 10, 'threshold', 'readings-rate'), note: ', readings by name' },
    { ...rate(10_000, 3, 'windowed'), note: ', means of an hour' },
    { ...rate(10_000, 3, 'two-point'), note: ', over two points' },
    { ...rate(200, 3, 'catalogue'), note: ', mixed' },
  ].map(({ note, ...one }) => ({ ...one, name: one.name + note }));
  const held = [
    order('bytes', 100_000, 1, 'threshold'),
    order('bytes', 100_000, 10, 'threshold'),
    order('bytes', 100_000, 100, 'threshold'),
  ].map((one) => ({
    ...one,
    name: `${one.name}, idle, with its points and their names`,
    figure: 'bytes',
    unit: 'bytes/instance',
    target: mostBytes,
  }));
  const late = [order('late', 1_000, 10, 'threshold'), order('late', 10_000, 1, 'threshold')].map(
    (one) => ({
      ...one,
      name: `${one.name}, 1 % one hour late`,
      figure: 'rate',
      unit: 'readings/s',
      target: leastLate,
    }),
  );
  const restart = order('restart', 100_000, 3, 'catalogue');
  return [
    ...grid,
    ...others,
    ...held,
    ...late,
    {
      ...restart,
      name: `${restart.name}, engine from its snapshot`,
      figure: 'restoreS',
      unit: 's',
      target: mostSeconds,
    },
  ];
}

type Answers = Map<string, EngineAnswer[]>;

/** Every case and the reference once a round, so that a busy moment of the machine meets all of them. */
async function measureAll(cases: readonly Case[], runs: number): Promise<Answers> {
  const answers: Answers = new Map();
  const add = async (name: string, order: EngineOrder) => {
    const list = answers.get(name) ?? [];
    answers.set(name, list);
    try {
      list.push(await measure(order));
    } catch (error) {
      // The other cases are worth having all the same.
      console.error(`${name}: ${error instanceof Error ? error.message : error}`);
      process.exitCode = 1;
    }
  };
  for (let round = 0; round < runs; round += 1) {
    if (cases.some(({ target }) => target === null)) await add(naiveName, naiveOrder);
    for (const { name, order } of cases) await add(name, order);
  }
  return answers;
}

/** @throws when the process of the measurement ends without an answer, such as for want of memory */
function measure(order: EngineOrder): Promise<EngineAnswer> {
  const child = fork(new URL('./engine-child.ts', import.meta.url), {
    execArgv: ['--expose-gc', '--max-old-space-size=14000'],
  });
  return new Promise((resolve, reject) => {
    const gone = (code: number | null) =>
      reject(new Error(`measuring ${JSON.stringify(order)} ended with ${code}`));
    child.once('exit', gone);
    child.once('message', (answer) => {
      child.off('exit', gone);
      resolve(answer as EngineAnswer);
    });
    child.send(order);
  });
}

function linesOf(cases: readonly Case[], answers: Answers): BenchLine[] {
  const figure = (name: string, key: string) =>
    median((answers.get(name) ?? []).map((answer) => answer[key] ?? Number.NaN));
  const measured = cases.filter(({ name }) => (answers.get(name) ?? []).length > 0);
  const lines = measured.map(({ name, figure: key, unit, target }) => {
    const ours = figure(name, key);
    return target === null
      ? lineOf('engine', name, unit, ours, naiveName, figure(naiveName, 'rate'))
      : lineOf('engine', name, unit, ours, 'target', target);
  });
  const held = new Map(
    measured
      .filter(({ order }) => order.what === 'bytes')
      .map(({ name, order }) => [order.rules, figure(name, 'bytes') * order.rules] as const),
  );
  const more = ((held.get(100) ?? Number.NaN) - (held.get(1) ?? Number.NaN)) / 99;
  if (!Number.isNaN(more)) {
    const name = 'an instance more of a point, idle';
    lines.push(lineOf('engine', name, 'bytes/instance', more, 'target', mostBytes));
  }
  const grid = measured.filter(({ order, target }) => order.what === 'rate' && target === null);
  const threshold = grid.filter(({ order }) => order.mix === 'threshold');
  if (threshold.length < sizes.length * rulesEach.length) return lines;
  const rates = new Map(
    threshold.map(({ name, order }) => [`${order.points} ${order.rules}`, figure(name, 'rate')]),
  );
  const rateOf = (points: number, rules: number) => rates.get(`${points} ${rules}`) ?? Number.NaN;
  const slowest = Math.min(...rates.values());
  const [small, , large] = sizes;
  const flattest = Math.min(...rulesEach.map((n) => rateOf(large, n) / rateOf(small, n)));
  return [
    ...lines,
    lineOf('engine', 'slowest of the grid', 'evaluations/s', slowest, 'target', leastRate),
    lineOf('engine', '1e5 points beside 1e3', 'rate/rate', flattest, 'target', leastRatio),
  ];
}
