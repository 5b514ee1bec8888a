import type { Text } from '@caretaker/readings/base';
import { diffEpisodes, type Engine, type EpisodeChange } from '@caretaker/standards/engine';
import type { Tx } from '../db/database.ts';
import { type EpisodeRow, judgedOf } from '../episodes/rows.ts';
import { gatewaySubject } from '../estates/directory.ts';
import type { Position } from '../inbox/place.ts';
import type { PlannedChange } from '../overlay/overlay.ts';
import { restatementDone } from '../standards/restatements.ts';
import type { Committed } from './commit.ts';
import { type EngineParts, horizon, recoverEngine } from './engine-state.ts';
import { saveSnapshot } from './snapshots.ts';

const day = 24 * 3_600_000;

export interface BroughtUp {
  readonly engine: Engine;
  readonly covers: number;
  readonly news: Committed;
  /** What has changed because something was restated pages nobody. */
  readonly quiet: boolean;
}

const unmade: Text = {
  en: 'By what was restated there is no breach then.',
  zh: '按重述后的标准或限值，当时并未超限。',
};

/**
 * Rebuilds an estate's engine and brings the rows in line with it. They differ when a crash fell between the
 * store and the commit of a frame with late readings, or when the rules have changed.
 */
export async function bringUp(
  parts: EngineParts,
  commit: (tx: Tx, changes: readonly EpisodeChange[], quiet: boolean) => Promise<Committed>,
): Promise<BroughtUp> {
  const { engine, covers, anew, restated } = await recoverEngine(parts);
  const quiet = restated !== null;
  const keep = () =>
    saveSnapshot(parts.database, parts.estate, { engine, covers, at: 0 }, async (tx) => {
      if (restated !== null) await restatementDone(tx, parts.estate, restated);
    });
  const said = (await standingRows(parts)).map(judgedOf);
  const holds = engine.episodes();
  const keys = new Set(holds.map(({ subject, rule, onset }) => `${subject}\n${rule}\n${onset}`));
  const edge = (await newestCompleteTo(parts)) - horizon + day;
  // The engine forgets what ended before the horizon; such rows stand as they are.
  const comparable = said.filter(
    (e) =>
      e.end === null ||
      e.end >= edge ||
      isRecorded(parts, e.subject) ||
      keys.has(`${e.subject}\n${e.rule}\n${e.onset}`),
  );
  const changes = diffEpisodes(comparable, holds, quiet ? unmade : undefined);
  if (changes.length === 0) {
    if (anew || quiet) await keep();
    return { engine, covers, news: { episodes: [], tickets: [] }, quiet };
  }
  parts.log.info({ estate: parts.estate, changes: changes.length }, 'brought episodes up to date');
  const news = await parts.database.write((tx) => commit(tx, changes, quiet));
  await keep();
  return { engine, covers, news, quiet };
}

/** Points with recorded data are judged at any age, and the engine forgets nothing of them. */
function isRecorded({ directory }: EngineParts, subject: string): boolean {
  const asset = directory.assets.get(subject);
  return asset?.points.some((point) => point.history === 'judge') ?? false;
}

async function standingRows({ database, estate, directory }: EngineParts): Promise<EpisodeRow[]> {
  const gateways = directory.gatewaysOf(estate).map((id) => gatewaySubject(estate, id));
  const rows = await database.read
    .selectFrom('episodes')
    .selectAll()
    .where('estate', '=', estate)
    .where('state', '=', 'standing')
    .orderBy('id')
    .execute();
  return rows.filter((row) => !gateways.includes(row.subject));
}

async function newestCompleteTo({ database, estate }: EngineParts): Promise<number> {
  const rows = await database.read
    .selectFrom('gateways')
    .select('complete_to')
    .where('estate', '=', estate)
    .execute();
  return Math.max(0, ...rows.map((row) => row.complete_to ?? 0));
}

/** Subjects with an episode that stands and has no ticket, since something hid it. */
export async function withoutTicket({
  database,
  estate,
}: Pick<EngineParts, 'database' | 'estate'>): Promise<readonly PlannedChange[]> {
  const rows = await database.read
    .selectFrom('episodes')
    .select('subject')
    .distinct()
    .where('estate', '=', estate)
    .where('state', '=', 'standing')
    .where('severity', '!=', 'advice')
    .where('ticket', 'is', null)
    .where((eb) => eb.or([eb('ended', 'is', null), eb('latched', '=', 1)]))
    .execute();
  return rows.map(({ subject }) => ({ subject, since: Number.MAX_SAFE_INTEGER }));
}

/** Accepted positions of an estate's gateways, by gateway and journal. */
export async function loadPositions(parts: EngineParts): Promise<Map<string, Position>> {
  const gateways = parts.directory.gatewaysOf(parts.estate);
  if (gateways.length === 0) return new Map();
  const rows = await parts.database.read
    .selectFrom('positions')
    .selectAll()
    .where('gateway', 'in', gateways)
    .execute();
  return new Map(
    rows.map(({ gateway, ...position }) => [`${gateway}\n${position.journal}`, position]),
  );
}
