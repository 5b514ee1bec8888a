import { patienceMs, until } from '../servers/process.ts';
import type { Api } from './api.ts';

/** What must be the same after any order, duplication, batching or restart (never ids or processing times). */
export interface Standing {
  readonly episodes: readonly string[];
  readonly tickets: readonly string[];
}

/** The standing episodes and tickets in a form that can be compared, sorted. */
export async function readStanding(api: Api): Promise<Standing> {
  const episodes = (await api.episodes()).filter(({ state }) => state === 'standing');
  const key = (e: (typeof episodes)[number]) => `${e.subject} ${e.rule} ${e.onset}`;
  const tickets: string[] = [];
  for (const { id, state } of await api.tickets()) {
    if (state === 'withdrawn') continue;
    const ticket = await api.ticket(id);
    const standing = ticket.episodes.filter((episode) => episode.state === 'standing');
    tickets.push(
      JSON.stringify({
        subject: ticket.subject,
        item: ticket.item,
        episodes: standing.map(key).toSorted(),
        repeat: ticket.repeat,
      }),
    );
  }
  return {
    episodes: episodes
      .map((e) =>
        JSON.stringify({
          subject: e.subject,
          rule: e.rule,
          onset: e.onset,
          end: e.end,
          worst: e.worst,
          severity: e.severity,
          standardVersion: e.standardVersion,
        }),
      )
      .toSorted(),
    tickets: tickets.toSorted(),
  };
}

/**
 * Whether a gateway was silent for a minute depends on when processes died, and is no part of the comparison. That one
 * lost readings is: nothing here makes it lose any.
 */
const ofSilence = /"rule":"gateway-silent"|"item":"EST-S2"/;

/** Without what comes of how long a part was away, which the machine decides and not the readings. */
export function withoutAbsences({ episodes, tickets }: Standing): Standing {
  const others = (all: readonly string[]) => all.filter((one) => !ofSilence.test(one));
  return { episodes: others(episodes), tickets: others(tickets) };
}

/**
 * Resolves when everything that the gateways received up to now is judged by the cloud, which each gateway
 * says by its complete-to.
 */
export async function untilJudged(api: Api, limitMs = patienceMs): Promise<void> {
  const asked = Date.now();
  await until(
    'the cloud has judged everything received so far',
    async () => {
      try {
        const gateways = (await api.estates()).flatMap((estate) => estate.gateways);
        return (
          gateways.length > 0 && gateways.every(({ completeTo }) => (completeTo ?? 0) >= asked)
        );
      } catch {
        // The cloud may be starting again.
        return false;
      }
    },
    limitMs,
    100,
  );
}
