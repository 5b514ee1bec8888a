import { setTimeout as wait } from 'node:timers/promises';
import { Campaign, type Deaths, type Round, roundsPerCampaign, type Through } from './campaign.ts';
import type { Comparison } from './compare.ts';
import { foreignClient } from './foreign.ts';

export interface Wanted {
  /** Seed of the first round; each next one has the next number. */
  readonly seed: number;
  /** Infinity for as long as `minutes` allow. */
  readonly rounds: number;
  readonly minutes: number;
  /** What devices speak to; the gateway unless given. */
  readonly through?: Through | undefined;
  /** Told what happens, a line at a time. */
  readonly tell: (line: string) => void;
}

/** The contract of `pnpm chaos --json` (design: outer contracts). */
export interface Totals {
  readonly rounds: number;
  readonly published: number;
  readonly acknowledged: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly episodes_differ: number;
  readonly tickets_differ: number;
  readonly pages_differ: number;
}

/** Everything that a run found. */
export interface Outcome {
  readonly rounds: readonly Round[];
  readonly comparisons: readonly Comparison[];
  readonly deaths: Deaths;
  readonly seconds: number;
  /** Why the run ended before its time. */
  readonly broken: string | null;
}

/** The cloud is away for long in the rounds whose number leaves this rest. */
const long = { every: 40, rest: 25 } as const;
/** With fewer of them the comparison would prove little. */
const leastPerRound = { episodes: 4, tickets: 2 } as const;

export async function run(wanted: Wanted): Promise<Outcome> {
  if (foreignClient === null) wanted.tell('no mosquitto_pub: only our own client speaks');
  const began = performance.now();
  const over = (done: number) =>
    done >= wanted.rounds || performance.now() - began > wanted.minutes * 60_000;
  const rounds: Round[] = [];
  const comparisons: Comparison[] = [];
  const deaths = { edge: 0, cloud: 0 };
  let broken: string | null = null;
  while (broken === null && (rounds.length === 0 || !over(rounds.length))) {
    const campaign = await Campaign.start(wanted.seed + rounds.length, wanted.through);
    let sound = false;
    try {
      const before = rounds.length;
      while (campaign.rounds < roundsPerCampaign && !over(rounds.length)) {
        const number = rounds.length;
        const round = await campaign.round(wanted.seed + number, number % long.every === long.rest);
        rounds.push(round);
        wanted.tell(lineOf(number, round));
        for (const fault of round.faults.slice(0, 20)) wanted.tell(`  ${fault}`);
      }
      const comparison = await campaign.finish();
      comparisons.push(comparison);
      tellComparison(comparison, wanted.tell);
      sound = rounds.slice(before).every(isSound) && comparison.faults.length === 0;
    } catch (error) {
      broken = error instanceof Error ? (error.stack ?? error.message) : String(error);
      wanted.tell(`round ${rounds.length} (--seed ${wanted.seed + rounds.length}): ${broken}`);
    } finally {
      deaths.edge += campaign.deaths.edge;
      deaths.cloud += campaign.deaths.cloud;
      if (!sound) wanted.tell(`kept: ${campaign.folder}`);
      await campaign.end(!sound);
    }
    // The ports of what has ended are free again.
    await wait(50);
  }
  return { rounds, comparisons, deaths, broken, seconds: (performance.now() - began) / 1_000 };
}

function isSound({ lost, duplicated }: Round): boolean {
  return lost === 0 && duplicated === 0;
}

function lineOf(number: number, round: Round): string {
  const { seed, published, acknowledged, lost, duplicated, happened, forgotten } = round;
  const repeat = isSound(round) ? '' : ` FAILED: repeat it with --seed ${seed} --rounds 1`;
  const times = `${round.seconds.toFixed(1)} s, ${round.ackSeconds.toFixed(1)} s to acknowledge`;
  const counts = `${acknowledged}/${published} acknowledged, ${lost} lost, ${duplicated} duplicated`;
  const again = forgotten === 0 ? '' : `, ${forgotten} published again after a long silence`;
  return `round ${number} (seed ${seed}, ${times}): ${counts}${again}; ${happened.join(', ')}${repeat}`;
}

function tellComparison(comparison: Comparison, tell: (line: string) => void): void {
  const { episodes, tickets, rules, pages, episodesDiffer, ticketsDiffer, faults } = comparison;
  tell(
    `compared ${episodes} episodes of ${rules.size} rules (${episodesDiffer} differ), ${tickets} tickets (${ticketsDiffer} differ), ${pages} pages`,
  );
  for (const fault of faults.slice(0, 20)) tell(`  ${fault}`);
}

export function totalsOf({ rounds, comparisons }: Outcome): Totals {
  const sum = <T>(all: readonly T[], figure: (one: T) => number) =>
    all.reduce((total, one) => total + figure(one), 0);
  return {
    rounds: rounds.length,
    published: sum(rounds, (one) => one.published),
    acknowledged: sum(rounds, (one) => one.acknowledged),
    lost: sum(rounds, (one) => one.lost),
    duplicated: sum(rounds, (one) => one.duplicated) + sum(comparisons, (one) => one.miscounted),
    episodes_differ: sum(comparisons, (one) => one.episodesDiffer),
    tickets_differ: sum(comparisons, (one) => one.ticketsDiffer),
    pages_differ: sum(comparisons, (one) => one.pagesDiffer),
  };
}

/** Why a run does not prove what it is for; empty when it does. */
export function shortcomings(outcome: Outcome): string[] {
  const { lost, duplicated, episodes_differ, tickets_differ, pages_differ } = totalsOf(outcome);
  const wrong = { lost, duplicated, episodes_differ, tickets_differ, pages_differ };
  const found = Object.entries(wrong)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name}: ${count}`);
  if (outcome.broken !== null) found.push(`the run broke off: ${outcome.broken}`);
  const rounds = outcome.rounds.length;
  for (const what of ['episodes', 'tickets'] as const) {
    const compared = outcome.comparisons.reduce((sum, one) => sum + one[what], 0);
    if (compared >= rounds * leastPerRound[what]) continue;
    found.push(`only ${compared} ${what} were compared in ${rounds} rounds`);
  }
  if (outcome.deaths.edge === 0) found.push('the gateway was never killed');
  return found;
}
