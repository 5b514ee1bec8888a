import { writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import type { Outcome } from './run.ts';
import { shortcomings, totalsOf } from './run.ts';

/** Writes what a run was like and what it found, in Markdown. */
export async function writeReport(file: string, seed: number, outcome: Outcome): Promise<void> {
  await writeFile(file, reportOf(seed, outcome, new Date()));
}

const method = `Gateway and cloud are processes of their own; between them, and between devices and gateway, lie connections that can
be cut and held up. Five devices with persistent sessions and outboxes of their own say at QoS 1 and 2 what 24 assets
measure: 16 said some time after it was measured, 4 at once, 4 bins without a clock; \`mosquitto_pub\`, a client that is
not ours, speaks for two more. Faults fall at random instants of each round. After each round every reading that was
acknowledged is looked for in the store of the cloud: with a time of the device it must be there once, otherwise at
least once, and once if it was published once at QoS 2 within one life of the gateway. A product lives for 30 rounds.
Then its episodes (subject, rule, onset, end, worst, severity, version of the standard) and tickets (subject, item,
episodes, repeat number) are compared with those of a second cloud, to which nothing happened and which got the same
readings each once and in order; what stands open must have been paged, and a page may come again only for a death of
the cloud, under its key.

That it can fail was tried by breaking the product. Within six rounds it found acknowledgement before the write to disk
(111 readings lost), frames acknowledged and not stored (26), frames forgotten by a cloud that starts again (19 episodes,
94 tickets) and pages not noted as sent; within eight, QoS 2 without its check for duplicates (8 readings twice). A cloud
that takes frames twice makes no difference, because its store and its engine know a reading by its point and time.`;

function reportOf(seed: number, outcome: Outcome, now: Date): string {
  const totals = totalsOf(outcome);
  const { rounds, deaths, comparisons, seconds } = outcome;
  const sum = (figure: (one: (typeof comparisons)[number]) => number) =>
    comparisons.reduce((total, one) => total + figure(one), 0);
  const found = shortcomings(outcome);
  const verdict = found.length === 0 ? 'Nothing was found.' : found.map((one) => `- ${one}`);
  const cores = cpus();
  return `${[
    '# Chaos at the gateway',
    '',
    `\`pnpm chaos edge --rounds ${rounds.length} --seed ${seed}\` on ${now.toISOString().slice(0, 10)}, ` +
      `Node ${process.versions.node}, ${cores.length} cores (${cores[0]?.model ?? 'unknown'}), ` +
      `load average ${loadavg()[2]?.toFixed(0)} at the end, ${(seconds / 60).toFixed(0)} min.`,
    '',
    ...[verdict].flat(),
    '',
    '| | |',
    '|---|---:|',
    ...Object.entries(totals).map(([name, count]) => `| ${name} | ${figure(count)} |`),
    `| gateway killed | ${figure(deaths.edge)} |`,
    `| cloud killed | ${figure(deaths.cloud)} |`,
    `| episodes compared | ${figure(sum((one) => one.episodes))} |`,
    `| tickets compared | ${figure(sum((one) => one.tickets))} |`,
    `| pages | ${figure(sum((one) => one.pages))} |`,
    `| pages that came again, under their key | ${figure(sum((one) => one.repeatedPages))} |`,
    '',
    method,
    '',
    '## What happened',
    '',
    ...tableOf('fault', 'rounds', countsOf(rounds.flatMap(({ happened }) => happened))),
    '',
    'One in every place is armed and may pass unused when the round ends before it is reached.',
    '',
    '## Episodes compared, by rule',
    '',
    ...tableOf('rule', 'episodes', totalOf(comparisons.map(({ rules }) => rules))),
  ].join('\n')}\n`;
}

function tableOf(what: string, counted: string, counts: ReadonlyMap<string, number>): string[] {
  const rows = [...counts].sort(([, a], [, b]) => b - a);
  return [
    `| ${what} | ${counted} |`,
    '|---|---:|',
    ...rows.map(([name, count]) => `| ${name} | ${figure(count)} |`),
  ];
}

function countsOf(names: readonly string[]): Map<string, number> {
  return totalOf(names.map((name) => new Map([[name, 1]])));
}

function totalOf(all: readonly ReadonlyMap<string, number>[]): Map<string, number> {
  const total = new Map<string, number>();
  for (const counts of all) {
    for (const [name, count] of counts) total.set(name, (total.get(name) ?? 0) + count);
  }
  return total;
}

function figure(count: number): string {
  return count.toLocaleString('en');
}
