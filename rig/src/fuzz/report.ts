import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import type { FuzzOutcome } from '@caretaker/devices/decode/testing';

/** An outcome with how long all its payloads took together. */
export interface Timed extends FuzzOutcome {
  readonly seconds: number;
}

/** Writes what a run was like and what it found, in Markdown. */
export async function writeReport(
  file: string,
  payloads: number,
  outcomes: readonly Timed[],
): Promise<void> {
  await writeFile(file, reportOf(payloads, outcomes, new Date()));
}

const method = `Half of the payloads are valid messages with something wrong in them: bytes replaced, dropped, doubled or cut, or
values, keys and types of their JSON changed for ones that break what takes them for granted. The other half are
invented: noise up to 256 kB, towers of brackets, any JSON. One in sixteen is valid, because births and names are
remembered, and one topic in fifty is off by a character. The decoder lives for the whole run. Each message must be
accepted (a reading at least), quarantined (a fault and no reading) or ignored; every reading must be of a known point,
of its type, in its range and not of the future; every fault must have a code, a place and a short sentence. A payload
that takes more than 10 ms is decoded five times more; the least processor time counts, and 50 ms is too long.`;

function reportOf(payloads: number, outcomes: readonly Timed[], now: Date): string {
  const cores = cpus();
  const seed = outcomes[0]?.seed ?? 0;
  const found = outcomes.flatMap(({ complaints }) => complaints);
  return `${[
    '# Fuzzing the decoders',
    '',
    `\`pnpm fuzz decode --payloads ${payloads} --seed ${seed}\` on ${now.toISOString().slice(0, 10)}, ` +
      `Node ${process.versions.node}, ${cores.length} cores (${cores[0]?.model ?? 'unknown'}).`,
    '',
    ...(found.length === 0 ? ['Nothing was found.'] : found.map((one) => `- ${one}`)),
    '',
    '| decoder | sent | accepted | quarantined | ignored | slowest, ms | all, s |',
    '|---|---:|---:|---:|---:|---:|---:|',
    ...outcomes.map(
      (one) =>
        `| ${one.decoding} | ${figure(one.sent)} | ${figure(one.accepted)} | ${figure(one.quarantined)} | ` +
        `${figure(one.ignored)} | ${one.slowest.toFixed(1)} | ${one.seconds.toFixed(0)} |`,
    ),
    '',
    method,
  ].join('\n')}\n`;
}

function figure(count: number): string {
  return count.toLocaleString('en');
}
