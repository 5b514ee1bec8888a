import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PlayedGateway } from '../product/gateway.ts';
import { type Part, startPart } from '../product/parts.ts';
import { createSandbox, type Sandbox } from '../product/sandbox.ts';
import type { Turns } from '../product/turns.ts';
import { until } from '../servers/process.ts';
import { type BigEstate, bigEstate, bigGateway } from './big-estate.ts';

const minute = 60_000;
/** As a gateway sends them. */
const perFrame = 5_000;
const startLimitMs = 120_000;

/** One line of `--json`; a contract of ours. */
interface Line {
  readonly bench: 'restart';
  readonly case: string;
  readonly unit: 's to ready' | 'CPU s to ready' | 'readings/s' | 'ms of CPU in one turn';
  readonly ours: number;
  readonly against: string;
  readonly peer: number;
  readonly ratio: number;
}

/** From the start of the process until the cloud is ready: by the clock, and of the processor. */
interface Start {
  readonly seconds: number;
  readonly cpu: number;
}

/** What one run measured: seconds, readings a second, milliseconds. */
interface Run {
  readonly first: Start;
  readonly restart: Start;
  readonly intake: number;
  readonly held: Turns;
}

/** `pnpm bench restart [--json] [--runs N] [--points N] [--uncovered N]` */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: 'boolean', default: false },
      runs: { type: 'string', default: '3' },
      points: { type: 'string', default: '100000' },
      uncovered: { type: 'string', default: '1' },
    },
  });
  const points = Number(values.points);
  const rounds = Number(values.uncovered);
  const runs: Run[] = [];
  for (let i = 0; i < Number(values.runs); i += 1) runs.push(await measure(points, rounds));
  for (const line of linesOf(points, rounds, runs)) print(line, values.json);
}

function linesOf(points: number, rounds: number, runs: readonly Run[]): Line[] {
  const line = (unit: Line['unit'], ours: number, against: string, peer: number): Line => ({
    bench: 'restart',
    case: `${points} points, ${rounds} readings a point since the snapshot`,
    unit,
    ours: rounded(ours),
    against,
    peer: rounded(peer),
    ratio: rounded(ours / peer),
  });
  const of = (pick: (run: Run) => number) => median(runs.map(pick));
  const anew = 'first start, nothing to restore';
  const held = of(({ held: { most } }) => most);
  return [
    line(
      's to ready',
      of((r) => r.restart.seconds),
      anew,
      of((r) => r.first.seconds),
    ),
    line(
      'CPU s to ready',
      of((r) => r.restart.cpu),
      anew,
      of((r) => r.first.cpu),
    ),
    line(
      'readings/s',
      of((r) => r.intake),
      'a reading a point and 10 s',
      points / 10,
    ),
    line(
      'ms of CPU in one turn',
      held,
      'p99',
      of(({ held: { p99 } }) => p99),
    ),
  ];
}

function print(line: Line, json: boolean): void {
  if (json) console.log(JSON.stringify(line));
  else {
    const figures = `ours ${line.ours}, ${line.against} ${line.peer}, ratio ${line.ratio}`;
    console.log(`${line.bench} ${line.case}: ${line.unit} ${figures}`);
  }
}

/** A cloud takes in a big estate and its readings, is killed with kill -9, and comes back. */
async function measure(points: number, rounds: number): Promise<Run> {
  const sandbox = await createSandbox(undefined, { CARETAKER_SIMULATE: '0' });
  const estate = bigEstate(points);
  const path = join(sandbox.folder, 'big.yaml');
  writeFileSync(path, estate.file);
  const big = { ...sandbox, environment: { ...sandbox.environment, CARETAKER_ESTATE: path } };
  const gateway = new PlayedGateway(big, bigGateway);
  let part: Part | null = null;
  const start = async (): Promise<Start> => {
    const before = performance.now();
    part = await startPart('cloud', big, undefined, startLimitMs);
    await until('the cloud is ready', () => ready(sandbox), startLimitMs, 10);
    const seconds = (performance.now() - before) / 1_000;
    const { cpu } = await turnsOf(part);
    await gateway.connect();
    return { seconds, cpu };
  };
  const from = Date.now() - (rounds + 2) * minute;
  try {
    const first = await start();
    await turnsOf(part);
    const began = performance.now();
    const sent =
      (await send(gateway, estate, from, 0)) + (await send(gateway, estate, from + minute, 1));
    const intake = sent / ((performance.now() - began) / 1_000);
    const held = await turnsOf(part);
    // A stop keeps the engine's state; what follows is not in it.
    await gateway.leave();
    await stopOf(part);
    await start();
    for (let i = 0; i < rounds; i += 1) await send(gateway, estate, from + (2 + i) * minute, 2 + i);
    await gateway.leave();
    await killOf(part);
    const restart = await start();
    return { first, restart, intake, held };
  } catch (error) {
    if (error instanceof Error) error.message += `\n-- output of the cloud:\n${outputOf(part)}`;
    throw error;
  } finally {
    await gateway.leave();
    await killOf(part);
    sandbox.dispose();
  }
}

const stopOf = (part: Part | null) => part?.stop();
const turnsOf = async (part: Part | null): Promise<Turns> =>
  (await part?.turns()) ?? { p99: 0, most: 0, cpu: 0 };
const outputOf = (part: Part | null) => part?.output();
const killOf = (part: Part | null) => part?.kill();

/** Sends a reading of every point and waits until all are judged. @returns how many */
async function send(
  gateway: PlayedGateway,
  estate: BigEstate,
  at: number,
  round: number,
): Promise<number> {
  const readings = [...estate.readings(at, round)];
  for (let i = 0; i < readings.length; i += perFrame) {
    await gateway.send(readings.slice(i, i + perFrame), at + minute / 2);
    // As a gateway does: a few frames on the way.
    await gateway.untilAccepted(startLimitMs, 4 * perFrame);
  }
  await gateway.untilAccepted(startLimitMs);
  return readings.length;
}

async function ready({ httpUrl }: Sandbox): Promise<boolean> {
  try {
    return (await fetch(`${httpUrl}/readyz`)).ok;
  } catch {
    // It does not listen yet.
    return false;
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
