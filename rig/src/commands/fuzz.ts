import { parseArgs } from 'node:util';
import { type Decoding, decodings, fuzz } from '@caretaker/devices/decode/testing';
import { type Timed, writeReport } from '../fuzz/report.ts';
import { whole } from './whole.ts';

const usage = `usage: pnpm fuzz decode [--payloads N] [--seed S] [--family F] [--report FILE]

Sends payloads to every decoder, half of them valid ones with something wrong in them and half invented, and checks that
each is accepted, quarantined or ignored, that readings are sound, that none takes over 50 ms and that nothing throws.
Families: ${decodings.join(', ')}.`;

const usualPayloads = 1_000_000;

function chosen(family: string | undefined): readonly Decoding[] {
  if (family === undefined) return decodings;
  const known = decodings.find((name) => name === family);
  if (known === undefined) throw new Error(`--family takes one of ${decodings.join(', ')}`);
  return [known];
}

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      payloads: { type: 'string', default: String(usualPayloads) },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000) + 1) },
      family: { type: 'string' },
      report: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help || positionals.length !== 1 || positionals[0] !== 'decode') {
    console.error(usage);
    return values.help ? 0 : 1;
  }
  const seed = whole(values.seed, 'seed');
  const payloads = whole(values.payloads, 'payloads');
  console.log(`seed ${seed}`);
  const outcomes: Timed[] = [];
  for (const decoding of chosen(values.family)) {
    const began = performance.now();
    const outcome = fuzz(decoding, payloads, seed);
    const seconds = (performance.now() - began) / 1_000;
    outcomes.push({ ...outcome, seconds });
    const { sent, accepted, quarantined, ignored, slowest, complaints } = outcome;
    console.log(
      `${decoding}: ${sent} sent, ${accepted} accepted, ${quarantined} quarantined, ${ignored} ignored, ` +
        `slowest ${slowest.toFixed(1)} ms, ${seconds.toFixed(0)} s`,
    );
    for (const complaint of complaints) console.log(`FAILED: ${complaint}`);
  }
  if (values.report !== undefined) await writeReport(values.report, payloads, outcomes);
  return outcomes.every(({ complaints }) => complaints.length === 0) ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
