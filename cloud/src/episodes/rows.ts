import type { Text } from '@caretaker/readings/base';
import type { Episode as Judged } from '@caretaker/standards/engine';
import type { Selectable } from 'kysely';
import type { Episode } from '../contract/index.ts';
import type { Tables } from '../db/schema.ts';

export type EpisodeRow = Selectable<Tables['episodes']>;

/** The columns that say what the engine said. */
export function columnsOf(episode: Judged) {
  return {
    subject: episode.subject,
    rule: episode.rule,
    item: episode.item,
    onset: episode.onset,
    detected: episode.detected,
    ended: episode.end,
    worst: episode.worst === null ? null : JSON.stringify(episode.worst),
    worst_at: episode.worstAt,
    severity: episode.severity,
    effect: episode.effect,
    standard_version: episode.standardVersion,
    why: JSON.stringify(episode.why),
    latched: Number(episode.latched),
    history: Number(episode.history),
  };
}

/** A row as the engine would say it, to compare what was said with what holds. */
export function judgedOf(row: EpisodeRow): Judged {
  return {
    subject: row.subject,
    rule: row.rule,
    item: row.item,
    onset: row.onset,
    detected: row.detected,
    end: row.ended,
    worst: row.worst === null ? null : JSON.parse(row.worst),
    worstAt: row.worst_at,
    severity: row.severity as Judged['severity'],
    effect: row.effect as Judged['effect'],
    standardVersion: row.standard_version,
    why: JSON.parse(row.why),
    latched: row.latched === 1,
    history: row.history === 1,
  };
}

/** A stored reason; rows of former times have it in English only. */
export function reasonOf(stored: string | null): Text | null {
  if (stored === null) return null;
  return stored.startsWith('{') ? JSON.parse(stored) : { en: stored, zh: stored };
}

/** A row as the API gives it. */
export function episodeOf(row: EpisodeRow): Episode {
  return {
    ...judgedOf(row),
    id: row.id,
    estate: row.estate,
    state: row.state,
    reason: reasonOf(row.reason),
    ticket: row.ticket,
  };
}
