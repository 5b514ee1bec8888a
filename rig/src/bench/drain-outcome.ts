import { join } from 'node:path';
import type { Episode } from '@caretaker/cloud/contract';
import type { Api } from '../product/api.ts';
import type { Part } from '../product/parts.ts';
import type { Sandbox } from '../product/sandbox.ts';
import {
  isOver,
  referenceEpisodes,
  type Tally,
  tallyStore,
  watchedDevices,
} from './drain-check.ts';
import { type DrainEstate, drainEstateId } from './drain-estate.ts';
import { subjectOf } from './drain-watch.ts';

/** What the cloud has in the end. */
export interface Kept {
  readonly expected: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly altered: number;
  /** Silence episodes of points that were never silent, and whether the silent one has its own. */
  readonly silences: number;
  readonly deadFound: boolean;
  /** Episodes of the devices looked at one by one, and how many of them differ from the reference. */
  readonly episodes: number;
  readonly differing: number;
  /** Episodes and open tickets altogether. */
  readonly allEpisodes: number;
  readonly allTickets: number;
  /** Devices that raised an alarm with other than exactly one emergency ticket. */
  readonly alarmsAmiss: number;
  /** The ticket of the gateway's silence is over. */
  readonly gatewayBack: boolean;
  readonly quarantined: number;
}

interface Given {
  readonly sandbox: Sandbox;
  readonly estate: DrainEstate;
  readonly began: number;
  readonly expected: Tally;
  readonly edge: Part;
  readonly cloud: Part;
  readonly api: Api;
}

/** Compares episodes and tickets with what they should be, stops both parts and counts what is in the store. */
export async function keptBy(given: Given): Promise<Kept> {
  const { sandbox, estate, began, expected, edge, cloud, api } = given;
  const standing = (await api.episodes()).filter(({ state }) => state === 'standing');
  const silences = standing.filter(({ rule }) => rule.startsWith('silence'));
  const dead = subjectOf(estate.dead);
  const tickets = await api.tickets();
  const emergencies = (subject: string) =>
    tickets.filter((t) => t.subject === subject && t.severity === 'emergency').length;
  const quarantined = (await api.quarantine()).reduce((sum, { count }) => sum + count, 0);
  const compared = compare(standing, estate, began);
  await edge.stop();
  await cloud.stop();
  const held = await tallyStore(join(sandbox.folder, 'cloud', 'readings.db'), estate);
  return {
    expected: expected.total,
    ...held.against(expected),
    silences: silences.filter(({ subject }) => subject !== dead).length,
    deadFound: silences.some(({ subject }) => subject === dead),
    ...compared,
    allEpisodes: standing.length,
    allTickets: tickets.length,
    alarmsAmiss: estate.alarms.filter((device) => emergencies(subjectOf(device)) !== 1).length,
    gatewayBack: tickets.some((t) => t.subject.includes('/gateway:') && t.state !== 'new'),
    quarantined,
  };
}

/** So many differences are told. */
const mostTold = 10;

function compare(
  standing: readonly Episode[],
  estate: DrainEstate,
  began: number,
): { episodes: number; differing: number } {
  const ids = watchedDevices(estate);
  const subjects = new Set(ids.map((id) => `${drainEstateId}/${id}`));
  const end = began + estate.shape.away;
  const reference = referenceEpisodes(estate, began, ids).map(wordsOf);
  const ours = standing.filter((e) => subjects.has(e.subject) && isOver(e, end)).map(wordsOf);
  const differing = new Set(reference).symmetricDifference(new Set(ours));
  for (const one of [...differing].slice(0, mostTold)) console.error(`differs: ${one}`);
  return { episodes: reference.length, differing: differing.size };
}

function wordsOf(
  e: Pick<Episode, 'subject' | 'rule' | 'onset' | 'end' | 'worst' | 'severity'>,
): string {
  return JSON.stringify([e.subject, e.rule, e.onset, e.end, e.worst, e.severity]);
}
