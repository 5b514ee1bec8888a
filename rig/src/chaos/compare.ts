import type { Reading } from '@caretaker/readings';
import type { Api } from '../product/api.ts';
import type { Pager } from '../product/pager.ts';
import { readStanding, type Standing, withoutAbsences } from '../product/standing.ts';
import { patienceMs, until } from '../servers/process.ts';
import type { Link } from './link.ts';
import type { Stretch } from './messages.ts';
import { auditPages, pageKeyOf, wasPaged } from './pages.ts';
import { judgedInPeace } from './reference.ts';
import type { Row } from './stored.ts';

/** What came of a campaign, held against the reference. */
export interface Comparison {
  readonly episodes: number;
  readonly tickets: number;
  /** Episodes compared, by rule. */
  readonly rules: ReadonlyMap<string, number>;
  readonly pages: number;
  readonly repeatedPages: number;
  readonly episodesDiffer: number;
  readonly ticketsDiffer: number;
  readonly pagesDiffer: number;
  /** Readings that the interface counts and the file does not hold, or the other way round. */
  readonly miscounted: number;
  readonly faults: readonly string[];
}

export interface Compared {
  readonly api: Api;
  readonly pager: Pager;
  /** Cut off, the gateway lets no time pass in the cloud. */
  readonly uplink: Link;
  /** How often the cloud was killed. */
  readonly deaths: number;
  readonly estateFile: string;
  readonly gateway: string;
  readonly rows: ReadonlyMap<string, readonly Row[]>;
  /** What the reference is given. */
  readonly readings: readonly Reading[];
  /** Of the first round. */
  readonly stretch: Stretch;
  readonly rounds: number;
}

/**
 * A page about an old state of things waits 15 s [cloud: settleTime], and one about what was hidden until now for two
 * minutes [standards: comingBack]; longer, because a busy machine is slow.
 */
const pagesLimitMs = 200_000;
const tries = 5;
/**
 * What time alone brings is said of a device that empties its buffer when 10 s have passed since it was heard
 * [engine: quiet]; all that is said here was measured long ago.
 */
const quietMs = 11_000;

export async function compare(compared: Compared): Promise<Comparison> {
  const { api, pager, uplink, deaths, estateFile, gateway, readings } = compared;
  const quiet = Date.now() + quietMs;
  await until('time has passed', async () => (await judgedTo(api)) > quiet, patienceMs, 200);
  uplink.refuse();
  const { standing, completeTo } = await standingNow(api);
  uplink.allow();
  const peace = withoutAbsences(await judgedInPeace(estateFile, gateway, readings, completeTo));
  const where = (one: string) => `${one} (${roundOf(one, compared)})`;
  const episodes = differences('episode', peace.episodes, standing.episodes).map(where);
  const tickets = differences('ticket', peace.tickets, standing.tickets).map(where);
  const due = await duePages(api);
  const paged = () => {
    const keys = pager.kept.map(({ key }) => key);
    return due.every((key) => wasPaged(keys, key));
  };
  // What is missing then is told by key below.
  await until('the pages are out', paged, pagesLimitMs).catch(() => {});
  const pages = auditPages(pager.kept, await api.tickets(), due, deaths);
  const counts = await miscounted(compared);
  return {
    episodes: peace.episodes.length,
    tickets: peace.tickets.length,
    rules: byRule(peace.episodes),
    pages: pager.kept.length,
    repeatedPages: pages.repeats,
    episodesDiffer: episodes.length,
    ticketsDiffer: tickets.length,
    pagesDiffer: pages.faults.length,
    miscounted: counts.length,
    faults: [...episodes, ...tickets, ...pages.faults, ...counts],
  };
}

/** What stands, and up to when time had passed for it: a last frame may still be on its way while it is read. */
async function standingNow(api: Api): Promise<{ standing: Standing; completeTo: number }> {
  for (let attempt = 0; ; attempt += 1) {
    const completeTo = await judgedTo(api);
    const standing = withoutAbsences(await readStanding(api));
    if (completeTo === (await judgedTo(api))) return { standing, completeTo };
    if (attempt === tries) throw new Error('time does not stand still');
  }
}

async function judgedTo(api: Api): Promise<number> {
  const gateways = (await api.estates()).flatMap((estate) => estate.gateways);
  return gateways[0]?.completeTo ?? 0;
}

function differences(what: string, wanted: readonly string[], found: readonly string[]): string[] {
  const [all, there] = [new Set(wanted), new Set(found)];
  const repeated = found.filter((one, index) => found.indexOf(one) !== index);
  return [
    ...wanted.filter((one) => !there.has(one)).map((one) => `${what} missing: ${one}`),
    ...found.filter((one) => !all.has(one)).map((one) => `${what} too many: ${one}`),
    ...repeated.map((one) => `${what} twice: ${one}`),
  ];
}

/** The round that an episode or a ticket began in, by the event time it names. */
function roundOf(difference: string, { stretch, rounds }: Compared): string {
  const onset = Number(/\b\d{13}\b/.exec(difference)?.[0] ?? Number.NaN);
  const round = Math.floor((onset - stretch.from) / (stretch.count * stretch.every));
  return round >= 0 && round < rounds ? `round ${round} of this product` : 'live';
}

async function duePages(api: Api): Promise<string[]> {
  const keys: string[] = [];
  for (const { id, state } of await api.tickets()) {
    const key = state === 'new' ? pageKeyOf(await api.ticket(id)) : null;
    if (key !== null) keys.push(key);
  }
  return keys;
}

/** The interface counts readings from what it has folded; the file holds them one by one. */
async function miscounted({ api, rows, stretch, rounds }: Compared): Promise<string[]> {
  const faults: string[] = [];
  const { from, count, every } = stretch;
  const to = from + rounds * count * every;
  for (const [point, all] of rows) {
    const { series } = await api.readings(point, from, to, rounds);
    for (const bucket of series.buckets) {
      const held = all.filter(({ at }) => at >= bucket.from && at < bucket.to).length;
      if (held === bucket.n) continue;
      faults.push(`${point} from ${bucket.from}: ${bucket.n} readings counted, ${held} held`);
    }
  }
  return faults;
}

function byRule(episodes: readonly string[]): Map<string, number> {
  const rules = new Map<string, number>();
  for (const episode of episodes) {
    const { rule } = JSON.parse(episode) as { rule: string };
    rules.set(rule, (rules.get(rule) ?? 0) + 1);
  }
  return rules;
}
