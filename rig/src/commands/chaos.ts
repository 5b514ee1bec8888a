import { parseArgs } from 'node:util';
import { writeReport } from '../chaos/report.ts';
import { run, shortcomings, totalsOf } from '../chaos/run.ts';
import { whole } from './whole.ts';

const usage = `usage: pnpm chaos [edge] [--rounds N] [--minutes N] [--seed S] [--through gateway|mosquitto] [--json] [--report FILE]

Kills and restarts a gateway and a cloud at random instants, cuts what connects them, and checks that no acknowledged
reading is lost and that the same episodes and tickets stand as without it. A round that fails says how to repeat it.`;

const usualRounds = 20;

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      rounds: { type: 'string' },
      minutes: { type: 'string' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000) + 1) },
      through: { type: 'string', default: 'gateway' },
      json: { type: 'boolean', default: false },
      report: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const [name = 'edge', ...more] = positionals;
  if (values.help || name !== 'edge' || more.length > 0) {
    console.error(usage);
    return values.help ? 0 : 1;
  }
  const { through } = values;
  if (through !== 'gateway' && through !== 'mosquitto') {
    throw new Error(`--through takes gateway or mosquitto, not "${through}"`);
  }
  const seed = whole(values.seed, 'seed');
  const minutes = values.minutes === undefined ? Infinity : whole(values.minutes, 'minutes');
  const open = values.minutes === undefined ? usualRounds : Infinity;
  const rounds = values.rounds === undefined ? open : whole(values.rounds, 'rounds');
  // With --json whoever reads standard output gets the one line.
  const tell = values.json ? console.error : console.log;
  tell(`seed ${seed}`);
  const outcome = await run({ seed, rounds, minutes, through, tell });
  const found = shortcomings(outcome);
  for (const one of found) tell(`FAILED: ${one}`);
  if (values.report !== undefined) await writeReport(values.report, seed, outcome);
  const totals = totalsOf(outcome);
  if (values.json) console.log(JSON.stringify(totals));
  else console.log(totals);
  return found.length === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
