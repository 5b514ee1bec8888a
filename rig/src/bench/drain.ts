import { parseArgs } from 'node:util';
import type { DrainShape } from './drain-estate.ts';
import { type Drained, drainOnce } from './drain-run.ts';
import { quantile } from './drain-watch.ts';
import { type BenchLine, lineOf, median, printLine } from './lines.ts';

const minute = 60_000;
const hour = 60 * minute;

const shapes: Readonly<Record<string, Omit<DrainShape, 'name'>>> = {
  // A device says two or three values, as most do.
  '200x30s': { devices: 200, points: 1_000_000, perMessage: 2, period: 30_000, away: 72 * hour },
  '10000pts': {
    devices: 1_000_000,
    points: 10_000,
    perMessage: 20,
    period: 15 * minute,
    away: 72 * hour,
  },
};

const wanted = { rate: 50_000, alarm: 500, turn: 50 } as const;

/**
 * `pnpm bench drain [--json] [--case NAME]… [--hours N] [--runs N]`: one run of each case, since one takes two or three
 * minutes; of several the medians count, and what must hold must hold in each.
 */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: 'boolean', default: false },
      case: { type: 'string', multiple: true, default: Object.keys(shapes) },
      hours: { type: 'string', default: '72' },
      runs: { type: 'string', default: '1' },
    },
  });
  const faults: string[] = [];
  for (const name of values.case) {
    const shape = shapes[name];
    if (shape === undefined) throw new Error(`there is no case ${name}`);
    const say = (what: string) => void (values.json || console.log(`  ${name}: ${what}`));
    const away = Number(values.hours) * hour;
    const full = `${name}${away === 72 * hour ? '' : ` ${values.hours} h`}`;
    const runs: Drained[] = [];
    for (let run = 0; run < Number(values.runs); run += 1) {
      runs.push(await drainOnce({ name, ...shape, away }, say));
    }
    for (const line of medianLines(full, runs)) printLine(line, values.json);
    faults.push(...runs.flatMap(faultsOf).map((fault) => `${full}: ${fault}`));
  }
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
}

function medianLines(name: string, runs: readonly Drained[]): BenchLine[] {
  const all = runs.map((drained) => linesOf(name, drained));
  return (all[0] ?? []).map(({ unit, against }, n) => {
    const of = (pick: (line: BenchLine) => number) =>
      median(all.flatMap((lines) => (lines[n] === undefined ? [] : [pick(lines[n])])));
    const [ours, peer] = [of((one) => one.ours), of((one) => one.peer)];
    return lineOf('drain', name, unit, ours, against, peer);
  });
}

function linesOf(name: string, drained: Drained): BenchLine[] {
  const { readings, seconds, bare, kept, alarms, answers, loops, turns, memory, cpu } = drained;
  const line = (unit: string, ours: number, against: string, peer: number) =>
    lineOf('drain', name, unit, ours, against, peer);
  const rate = readings / seconds;
  return [
    line('readings/s', rate, 'SQLite store alone', bare),
    line('readings/s', rate, 'target', wanted.rate),
    line('readings lost', kept.lost, 'readings journalled', kept.expected),
    line('readings twice', kept.duplicated, 'readings journalled', kept.expected),
    line('alarm to event, ms p95', quantile(alarms, 0.95), 'target', wanted.alarm),
    line('alarm to event, ms p50', quantile(alarms, 0.5), 'target', wanted.alarm),
    line('silence episodes by the drain', kept.silences, 'episodes', kept.allEpisodes),
    line('episodes that differ', kept.differing, 'episodes of a reference', kept.episodes),
    line('GET /api/assets, ms p95', quantile(answers, 0.95), 'p50', quantile(answers, 0.5)),
    ...(['cloud', 'edge'] as const).flatMap((part) => [
      line(`${part} loop held, ms most`, loops[part].most, 'p99', loops[part].p99),
      line(`${part} turn, ms of CPU most`, turns[part], 'target', wanted.turn),
      line(`${part} peak MB`, memory[part].peak, 'before the drain', memory[part].before),
      line(
        `${part} CPU us/reading`,
        (cpu[part] * 1e6) / readings,
        'of one processor',
        (seconds * 1e6) / readings,
      ),
    ]),
  ];
}

function faultsOf({ readings, seconds, kept, alarms, leftAtLastAlarm }: Drained): string[] {
  const faults: string[] = [];
  const must = (holds: boolean, fault: string) => void (holds || faults.push(fault));
  must(kept.lost === 0, `${kept.lost} readings were lost`);
  must(kept.duplicated === 0, `${kept.duplicated} readings are there twice`);
  must(kept.altered === 0, `readings of ${kept.altered} points are other ones`);
  must(kept.quarantined === 0, `${kept.quarantined} messages or readings were quarantined`);
  must(
    readings / seconds >= wanted.rate,
    `${Math.round(readings / seconds)} readings/s, below ${wanted.rate}`,
  );
  must(alarms.length > 0 && leftAtLastAlarm > 0, 'the alarms were not raised within the drain');
  const p95 = quantile(alarms, 0.95);
  must(p95 <= wanted.alarm, `an alarm takes ${Math.round(p95)} ms at p95, above ${wanted.alarm}`);
  must(kept.alarmsAmiss === 0, `${kept.alarmsAmiss} alarms have not exactly one ticket`);
  must(kept.silences === 0, `${kept.silences} silence episodes come from the drain`);
  must(kept.deadFound, 'the device that fell silent was not found');
  must(
    kept.episodes > 0 && kept.differing === 0,
    `${kept.differing} episodes differ from the reference`,
  );
  must(kept.gatewayBack, "the ticket of the gateway's silence did not end");
  return faults;
}
