import { statfs } from 'node:fs/promises';
import path from 'node:path';
import type { JournalLimits } from '../config.ts';
import type { GatewayStatus } from '../http/index.ts';
import {
  bootId,
  heldAfter,
  type Loss,
  removedBy,
  survey,
  type Tombstone,
} from '../journal/index.ts';
import { bad, type Finding, instant, megabytes, ok, warn } from './finding.ts';

/** What is asked of a journal, whether its gateway runs or not. */
export interface JournalFacts {
  readonly id: string;
  readonly bytes: number;
  /** Readings behind each consumer's position. */
  readonly behind: Readonly<Record<string, number>>;
  readonly losses: readonly Loss[];
  readonly tombstones: readonly Tombstone[];
  /** Null where only a running gateway knows. */
  readonly daysLeft: number | null;
}

const HIGH = 0.75;
const FULL = 0.9;

export function factsOf({ journal }: GatewayStatus): JournalFacts {
  const { id, bytes, losses, tombstones, behind, room } = journal;
  return { id, bytes, behind, losses, tombstones, daysLeft: room.daysLeft };
}

/** Reads every record of the journal of a gateway that is stopped, and changes nothing. */
export async function stoppedJournal(
  directory: string,
): Promise<{ facts: JournalFacts | null; findings: Finding[] }> {
  const found = await survey(directory, null, await bootId());
  const { state, segments, bytes, reasons, lost } = found;
  if (state === 'none') {
    const next =
      'None, if this gateway has never run. Otherwise bring the folder back from a backup.';
    return { facts: null, findings: [warn('JOURNAL_NONE', 'There is no journal yet.', next)] };
  }
  if (state === 'damaged') {
    const next = 'Start the gateway: all readings that are whole are kept under a new id.';
    return { facts: null, findings: [bad('JOURNAL_CUT', 'The state file is damaged.', next)] };
  }
  const behind = Object.fromEntries(
    Object.entries(state.positions).map(([name, at]) => [name, heldAfter(segments, at)]),
  );
  const { losses, tombstones, journal: id } = state;
  return {
    facts: { id, bytes, behind, losses, tombstones, daysLeft: null },
    findings: wholeness(reasons, lost, bytes),
  };
}

function wholeness(
  reasons: readonly string[],
  lost: Awaited<ReturnType<typeof survey>>['lost'],
  bytes: number,
): Finding[] {
  if (reasons.length === 0) return [ok('JOURNAL_WHOLE', 'The journal is whole.')];
  const renewed = `Start the gateway: what is whole is copied under a new id. It needs up to ${megabytes(bytes)} of room.`;
  if (lost.length === 0) {
    const why = `The journal cannot be proven whole: ${reasons.join('; ')}. Nothing is missing.`;
    return [warn('JOURNAL_UNPROVEN', why, renewed)];
  }
  const ranges = lost.map(
    ({ from, to, since, until }) =>
      `places ${from} to ${to}, received between ${instant(since)} and ${instant(until)}`,
  );
  const message = `The journal was cut: ${reasons.join('; ')}. Gone: ${ranges.join('; ')}.`;
  return [bad('JOURNAL_CUT', message, `${renewed} Then look at the disk.`)];
}

/** What both kinds tell. */
export async function journalFindings(
  facts: JournalFacts,
  limits: JournalLimits,
  directory: string,
): Promise<Finding[]> {
  return [
    ...room(facts, limits),
    await disk(directory, limits),
    ...Object.entries(facts.behind).map(([name, behind]) => position(name, behind)),
    ...lost(facts.losses),
    ...thinned(facts.tombstones),
  ];
}

function room({ bytes, daysLeft }: JournalFacts, { maxBytes, maxDays }: JournalLimits): Finding[] {
  const days = daysLeft === null ? '' : `, room for ${daysLeft.toFixed(1)} days without the cloud`;
  const message = `The journal takes ${megabytes(bytes)} of ${megabytes(maxBytes)} and keeps ${maxDays} days in full${days}.`;
  const next = 'Restore the connection to the cloud, or raise CARETAKER_JOURNAL_MB.';
  if (bytes >= maxBytes * FULL) return [bad('JOURNAL_FULL', message, next)];
  if (bytes >= maxBytes * HIGH) return [warn('JOURNAL_FILLING', message, next)];
  return [ok('JOURNAL_ROOM', message)];
}

async function disk(directory: string, { minFreeBytes }: JournalLimits): Promise<Finding> {
  const { bavail, bsize } = await statfs(directory);
  const free = bavail * bsize;
  const message = `${megabytes(free)} are left on the disk.`;
  const next = 'Make room on the disk: the gateway thins out readings, then takes none.';
  if (free < minFreeBytes) return bad('DISK_FULL', message, next);
  return free < minFreeBytes * 2 ? warn('DISK_FILLING', message, next) : ok('DISK_ROOM', message);
}

const consumers: Readonly<Record<string, string>> = {
  uplink: 'The cloud',
  history: 'The local history',
  rules: 'Local judging',
};

/** A backlog is what a journal is for: how old it is, only a running gateway tells. */
function position(name: string, behind: number): Finding {
  const who = consumers[name] ?? name;
  const count = behind.toLocaleString('en');
  const message = behind === 0 ? `${who} has all readings.` : `${who} is ${count} readings behind.`;
  return ok(`POSITION_${name.toUpperCase().replaceAll('-', '_')}`, message);
}

const shown = 5;

function lost(losses: readonly Loss[]): Finding[] {
  if (losses.length === 0) return [ok('LOSSES_NONE', 'No reading was ever lost here.')];
  const next = 'Look at the disk and the power supply. The cloud has a ticket on it.';
  return losses.slice(-shown).map(({ at, reason, from, to, since, until }) => {
    const places = from === null ? 'nobody knows which' : `places ${from} to ${to}`;
    const times = `received between ${instant(since)} and ${instant(until)}`;
    const message = `Readings were lost: ${places}, ${times}. Found ${instant(at)}: ${reason}.`;
    return warn('LOSSES_FOUND', message, next);
  });
}

function thinned(tombstones: readonly Tombstone[]): Finding[] {
  if (tombstones.length === 0) return [ok('THINNED_NONE', 'No reading was thinned out.')];
  const next = 'Give the journal more room, or mend what kept readings from leaving it.';
  return tombstones.slice(-shown).map((one) => {
    const { from, to, since, until, stage, reason, removed } = one;
    const kinds = Object.entries(removed).map(([kind, count]) => `${kind} ${count}`);
    const message = `${removedBy(one)} readings were thinned out of places ${from} to ${to}, received between ${instant(since)} and ${instant(until)} (step ${stage}, ${reason}): ${kinds.join(', ')}.`;
    return warn('THINNED_SOME', message, next);
  });
}

export function journalFolder(directory: string): string {
  return path.join(directory, 'journal');
}
