import type { Text } from '@caretaker/readings/base';
import { sql } from 'kysely';
import type { Database, Tx } from '../../db/database.ts';
import type { EpisodeRow } from '../../episodes/rows.ts';
import { type CommitContext, type Committed, denied } from '../../host/commit.ts';
import { enqueuePage } from '../../outbox/outbox.ts';
import { append, type NewEvent } from '../append.ts';
import { hiddenRows } from '../hidden.ts';
import type { TicketRow } from '../rows.ts';
import { badEvents, breachedAgain, provenClear, stillStands } from '../texts.ts';
import { taken } from '../write.ts';
import { knownOf, type ProofSources } from './load.ts';
import { type Finding, type Judgement, proofOf } from './proof.ts';

/** One estate, between whose frames tickets are written. */
export interface ProofHost {
  readonly ready: boolean;
  between(work: (tx: Tx, context: CommitContext) => Promise<Committed>): Promise<void>;
}

export interface ProofParts {
  readonly database: Database;
  readonly sources: ProofSources;
  /** By estate. */
  readonly hosts: ReadonlyMap<string, ProofHost>;
}

/** What nobody waits for is looked at this often, milliseconds. */
const patience = 5000;
/** Tickets that are looked at in one go; the rest has its turn with the next. */
const most = 100;
const nothing: Committed = { episodes: [], tickets: [] };

type Candidate = Pick<TicketRow, 'id' | 'state' | 'revision'>;

/**
 * Sees whether the sensors prove what people say is mended, and writes what they say: verified, denied, or that a
 * ticket whose fault went by itself asks for one tap. What is written follows from what is stored, so that a restart
 * neither loses nor repeats it.
 */
export class ProofWatch {
  readonly #parts: ProofParts;
  /** When tickets that had nothing to say are looked at again, unless they change. */
  readonly #rests = new Map<number, { readonly revision: number; readonly until: number }>();

  /** Up to which ticket of an estate the last look came, where there were too many for one. */
  readonly #turns = new Map<string, number>();
  #looking = false;

  constructor(parts: ProofParts) {
    this.#parts = parts;
  }

  async look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    await this.#look().finally(() => {
      this.#looking = false;
    });
  }

  async #look(): Promise<void> {
    const { database, hosts, sources } = this.#parts;
    const now = sources.now();
    for (const [estate, host] of hosts) {
      if (!host.ready) continue;
      const found = await candidates(database, estate, this.#turns.get(estate) ?? 0);
      this.#turns.set(estate, found.length < most ? 0 : (found.at(-1)?.id ?? 0));
      for (const candidate of found) {
        const rest = this.#rests.get(candidate.id);
        if (rest?.revision === candidate.revision && now < rest.until) continue;
        await this.#lookAt(host, candidate, now);
      }
    }
    for (const [id, { until }] of this.#rests) if (until + patience < now) this.#rests.delete(id);
  }

  async #lookAt(host: ProofHost, { id, state, revision }: Candidate, now: number): Promise<void> {
    const { database, sources } = this.#parts;
    const found = await judgedNow(sources, database.read, id);
    if (found?.judgement.finding == null) {
      if (state !== 'fixed') this.#rests.set(id, { revision, until: now + patience });
      return;
    }
    await host.between((tx, context) => settle(sources, tx, id, context));
  }
}

/** Claimed to be mended, or clear and not asked about yet. In literal SQL, so that both databases use their indexes. */
async function candidates({ read }: Database, estate: string, after: number): Promise<Candidate[]> {
  const { rows } = await sql<Candidate>`
    select id, state, revision from tickets
    where estate = ${estate} and state in ('fixed', 'verified', 'signed-off', 'follow-up')
      and (state = 'fixed' or condition_clear = 0) and id > ${after}
    union all
    select id, state, revision from tickets
    where estate = ${estate} and asks is null and touched = 1 and condition_clear = 1
      and latched = 0 and clear_since is not null
      and state in ('new', 'triaged', 'dispatched', 'acknowledged', 'en-route', 'on-site',
        'working', 'temporary-measure', 'waiting', 'reopened') and id > ${after}
    order by id limit ${most}`.execute(read);
  return rows;
}

interface Judged {
  readonly row: TicketRow;
  readonly rows: readonly EpisodeRow[];
  readonly judgement: Judgement;
}

/** @param hiddenOf which of its breaches something else explains */
async function judgedNow(
  sources: ProofSources,
  read: Database['read'] | Tx,
  id: number,
  hiddenOf?: (rows: readonly EpisodeRow[]) => Promise<ReadonlyMap<number, Text>>,
): Promise<Judged | null> {
  const row = await read.selectFrom('tickets').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) return null;
  const rows = await read
    .selectFrom('episodes')
    .selectAll()
    .where('ticket', '=', id)
    .orderBy('onset')
    .orderBy('id')
    .execute();
  const known = await knownOf(sources, read, row, rows);
  if (known === null) return null;
  const hidden = await hiddenOf?.(rows.filter(({ state }) => state === 'standing'));
  const breaches = known.breaches.map((b) => ({ ...b, hidden: hidden?.has(b.id) ?? false }));
  return { row, rows, judgement: proofOf(known.ticket, breaches, known.watched) };
}

/** Writes what is found, if it still is so. */
async function settle(
  sources: ProofSources,
  tx: Tx,
  id: number,
  context: CommitContext,
): Promise<Committed> {
  const { overlay, naming, zone = 'UTC', now, timeOf } = context;
  const hiddenOf = (rows: readonly EpisodeRow[]) => hiddenRows(tx, rows, overlay, naming);
  const found = await judgedNow(sources, tx, id, hiddenOf);
  const finding = found?.judgement.finding ?? null;
  if (found === null || finding === null) return nothing;
  const { row, rows } = found;
  const after = await append(tx, row, [eventOf(finding, row, rows, now, zone)], now, timeOf);
  if (finding.type === 'denied') {
    const { key, about } = denied(after);
    const page = { key: `ticket-${id}-${key}`, ticket: id, about, notBefore: now };
    await enqueuePage(tx, page);
  }
  return { episodes: [], tickets: [after] };
}

function eventOf(
  finding: Finding,
  row: TicketRow,
  rows: readonly EpisodeRow[],
  now: number,
  zone: string,
): NewEvent {
  const base = { by: 'engine', note: null, episode: null };
  if (finding.type === 'denied') {
    const { breach, at, why } = finding;
    const told = rows.find((e) => e.id === breach.id)?.why ?? row.why;
    const reason = {
      again: () => breachedAgain(told, at, zone),
      stands: () => stillStands(told, at, zone),
      events: () => badEvents(finding.count, told, at, zone),
    }[why]();
    const patch = { ...taken, denials: row.denials + 1, state: 'reopened' } as const;
    return { ...base, type: 'denied', episode: breach.id, reason, data: { at }, patch };
  }
  const { type, since, needed } = finding;
  const reason = provenClear(since, needed, zone);
  const data = { since, needed };
  if (type === 'asked') return { ...base, type, reason, data, patch: { asks: 'self-clear' } };
  return { ...base, type, reason, data, patch: { state: 'verified', verified: now } };
}
