import { type AuditFault, headsFileOf, readCloudConfig, verifyStoredAudit } from '@caretaker/cloud';
import { Presets, SingleBar } from 'cli-progress';
import { z } from 'zod';

const optionsSchema = z.object({
  /** False with `--no-heads`. */
  heads: z.union([z.string(), z.boolean()]).optional(),
  json: z.boolean(),
});

type Proof = Awaited<ReturnType<typeof verifyStoredAudit>>;

/** `caretaker verify`: ends with 1 when the log has faults. */
export async function runVerify(given: Record<string, unknown>): Promise<void> {
  const options = optionsSchema.parse(given);
  const config = readCloudConfig(process.env);
  const headsFile =
    options.heads === false
      ? null
      : typeof options.heads === 'string'
        ? options.heads
        : headsFileOf(config);
  const bar = process.stderr.isTTY ? barOf() : null;
  const print = (line: string) => process.stdout.write(`${line}\n`);
  const tell = (fault: AuditFault) =>
    print(options.json ? JSON.stringify(fault) : `${fault.message} [${fault.kind}]`);
  bar?.start(1, 0);
  const proof = await verifyStoredAudit(config, {
    headsFile,
    tell,
    progress(done, total) {
      bar?.setTotal(total);
      bar?.update(done);
    },
  }).finally(() => bar?.stop());
  for (const line of options.json ? [jsonLine(proof)] : proofLines(proof)) print(line);
  if (proof.faults > 0) process.exitCode = 1;
}

function barOf(): SingleBar {
  const format = 'Reading {bar} {percentage} %  {value} of {total} rows';
  return new SingleBar({ format, clearOnComplete: true, hideCursor: true }, Presets.shades_classic);
}

function jsonLine(proof: Proof): string {
  return JSON.stringify({ sound: proof.faults === 0, ...proof });
}

/** The result for people. */
export function proofLines({ faults, rows, erased, lastAt, heads, lastHead }: Proof): string[] {
  const count = (n: number, one: string) => `${n.toLocaleString('en')} ${one}${n === 1 ? '' : 's'}`;
  const date = (at: number | null) => (at === null ? 'never' : new Date(at).toISOString());
  const lines = [
    faults === 0
      ? `Sound: ${count(rows, 'row')}, the last of ${date(lastAt)}.`
      : `NOT SOUND: ${count(faults, 'fault')} in ${count(rows, 'row')}.`,
  ];
  if (erased > 0) {
    lines.push(`The content of ${count(erased, 'row')} was erased, as the log itself tells.`);
  }
  lines.push(
    heads === null
      ? 'No noted heads were looked at: a cut end would not be found.'
      : `The end of the log was noted ${heads === 1 ? 'once' : `${heads.toLocaleString('en')} times`}, the last time on ${date(lastHead)}.`,
  );
  return lines;
}
