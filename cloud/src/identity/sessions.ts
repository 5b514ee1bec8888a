import type { Database, Tx } from '../db/database.ts';
import { type Audit, actorOf, type By, refuse } from './deed.ts';
import { grantsOf } from './grants.ts';
import type { Grant } from './principal.ts';
import { digestOf, isToken, randomToken } from './secrets.ts';

const minute = 60_000;
const hour = 3_600_000;
/** OWASP Session Management Cheat Sheet: both an idle and an absolute end. */
const idleLimit = 12 * hour;
const absoluteLimit = 7 * 24 * hour;
/** Time to type the code of a second factor. */
const halfLimit = 10 * minute;
/** Requests under way when a token is replaced still carry the old one; they are refused, but are no theft. */
const underWay = 10_000;
/** Sessions that are over are shown for this long. */
const keptFor = 30 * 24 * hour;

/** Where a session comes from, as the person sees it in the list of theirs. */
export interface From {
  readonly address: string;
  /** The browser's own words. */
  readonly agent: string;
}

interface Start {
  readonly person: string;
  readonly stage: 'half' | 'full';
  /** The way in, when it was not a password. */
  readonly by?: 'oidc';
  /** When the person proved who they are, if that was before. */
  readonly confirmed?: number;
}

/** What a token opens. */
export interface Opened {
  readonly session: string;
  readonly person: string;
  readonly name: string;
  /** `half`: opens nothing but the second factor. */
  readonly stage: 'half' | 'full';
  /** When the person last proved who they are. */
  readonly confirmed: number;
  /** What the person may do has changed since the token was given: it is to be replaced. */
  readonly renew: boolean;
}

export interface SessionInfo extends From {
  readonly id: string;
  readonly started: number;
  readonly lastUsed: number;
}

type Row = Awaited<ReturnType<Sessions['find']>>;

/**
 * Who is signed in. A session has a token of 256 random bits of which only the digest is kept, and gets a new one
 * whenever it may do more. Whoever comes with an old one has stolen it, or was stolen from: the session ends.
 */
export class Sessions {
  readonly #database: Database;
  readonly #audit: Audit;

  constructor(database: Database, audit: Audit) {
    this.#database = database;
    this.#audit = audit;
  }

  /** @returns the token, which nobody can tell again */
  async startIn(
    tx: Tx,
    at: number,
    { person, stage, address, agent, ...how }: From & Start,
  ): Promise<{ readonly token: string; readonly session: string }> {
    const id = crypto.randomUUID();
    const from = { address: address.slice(0, 100), agent: agent.slice(0, 300) };
    const times = { started: at, last_used: at, confirmed: how.confirmed ?? at };
    await tx
      .insertInto('sessions')
      .values({ id, person, stage, ...times, ...from, ended: null, ended_why: null })
      .execute();
    const token = await issue(tx, id, at);
    const entry = { at, actor: actorOf(person), action: 'session.start' };
    const by = how.by === undefined ? {} : { by: how.by };
    await this.#audit(tx, { ...entry, object: `session:${id}`, detail: { stage, ...by, ...from } });
    return { token, session: id };
  }

  /** Whether a session of that person opens something still, for those who have not its token. */
  async isOpenIn(tx: Tx, of: { session: string; person: string }, at: number): Promise<boolean> {
    const row = await tx
      .selectFrom('sessions')
      .innerJoin('people', 'people.id', 'sessions.person')
      .selectAll('sessions')
      .where('sessions.id', '=', of.session)
      .where('person', '=', of.person)
      .where('ended', 'is', null)
      .where('disabled', 'is', null)
      .executeTakeFirst();
    return row !== undefined && row.stage === 'full' && !isOver(row, at);
  }

  /** What a token opens now; null for nothing, whatever the reason. */
  async open(token: string, at: number): Promise<Opened | null> {
    const row = await this.find(token);
    if (row === undefined) return null;
    if (row.replaced !== null) {
      if (row.ended === null && at - row.replaced > underWay) await this.#replayed(row, at);
      return null;
    }
    if (row.ended !== null || row.disabled !== null || isOver(row, at)) return null;
    // A write is paid for with a turn of the disk: once a minute is exact enough for hours.
    if (at - row.last_used >= minute) {
      await this.#database.write((tx) =>
        tx.updateTable('sessions').set({ last_used: at }).where('id', '=', row.session).execute(),
      );
    }
    const { session, person, name, stage, confirmed } = row;
    return { session, person, name, stage, confirmed, renew: row.issued < row.changed };
  }

  /**
   * What the person of a session may do now, without that counting as use.
   * @param session its id
   * @returns null when it is over
   */
  async grantsNow(session: string, at: number): Promise<Grant[] | null> {
    const row = await this.#database.read
      .selectFrom('sessions')
      .innerJoin('people', 'people.id', 'sessions.person')
      .select(['person', 'stage', 'started', 'last_used'])
      .where('sessions.id', '=', session)
      .where('ended', 'is', null)
      .where('disabled', 'is', null)
      .executeTakeFirst();
    if (row === undefined || row.stage === 'half' || isOver(row, at)) return null;
    return grantsOf(this.#database.read, row.person);
  }

  /**
   * Replaces a token by a new one.
   * @returns null when it is not, or no more, the token of a session: the answer to another request has the new one
   */
  rotate(token: string, at: number): Promise<string | null> {
    return this.#database.write((tx) => this.rotateIn(tx, token, at));
  }

  async rotateIn(tx: Tx, token: string, at: number): Promise<string | null> {
    const row = await tx
      .selectFrom('session_tokens')
      .innerJoin('sessions', 'sessions.id', 'session_tokens.session')
      .select('session')
      .where('digest', '=', digestOf(token))
      .where('replaced', 'is', null)
      .where('ended', 'is', null)
      .executeTakeFirst();
    if (row === undefined) return null;
    await tx
      .updateTable('session_tokens')
      .set({ replaced: at })
      .where('digest', '=', digestOf(token))
      .execute();
    return issue(tx, row.session, at);
  }

  /** The person has proved who they are once more, or by a second factor: a new token that opens all. */
  async confirmIn(tx: Tx, token: string, at: number): Promise<string | null> {
    const row = await this.find(token, tx);
    if (row === undefined || row.disabled !== null || isOver(row, at)) return null;
    const fresh = await this.rotateIn(tx, token, at);
    if (fresh === null) return null;
    await tx
      .updateTable('sessions')
      .set({ stage: 'full', confirmed: at, last_used: at })
      .where('id', '=', row.session)
      .execute();
    return fresh;
  }

  /** The sessions of a person that are not over, the newest first. */
  async list(person: string, at: number): Promise<SessionInfo[]> {
    const rows = await this.#database.read
      .selectFrom('sessions')
      .selectAll()
      .where('person', '=', person)
      .where('ended', 'is', null)
      .orderBy('started', 'desc')
      .orderBy('id')
      .execute();
    return rows
      .filter((row) => row.stage === 'full' && !isOver(row, at))
      .map(({ id, started, last_used: lastUsed, address, agent }) => {
        return { id, started, lastUsed, address, agent };
      });
  }

  /**
   * Ends one session of a person.
   * @throws CaretakerError `CLOUD_SESSION_UNKNOWN`, also for a session of somebody else
   */
  end(by: By, person: string, session: string): Promise<void> {
    return this.#database.write(async (tx) => {
      const { numUpdatedRows } = await tx
        .updateTable('sessions')
        .set({ ended: by.at, ended_why: 'revoked' })
        .where('id', '=', session)
        .where('person', '=', person)
        .where('ended', 'is', null)
        .executeTakeFirst();
      if (Number(numUpdatedRows) === 0) {
        refuse('CLOUD_SESSION_UNKNOWN', 'There is no such session.', 'It may be over already.');
      }
      const object = `session:${session}`;
      await this.#audit(tx, { ...by, action: 'session.end', object, detail: {} });
    });
  }

  /** Signs a person out everywhere, but for the session `keep`. */
  endAll(by: By, person: string, keep: string | null): Promise<number> {
    return this.#database.write(async (tx) => {
      const ended = await endSessions(tx, person, by.at, 'revoked', keep);
      const object = actorOf(person);
      await this.#audit(tx, { ...by, action: 'session.end-all', object, detail: { ended } });
      return ended;
    });
  }

  /** Signs out: whatever the token, afterwards it opens nothing. */
  async signOut(token: string, at: number): Promise<void> {
    const row = await this.find(token);
    if (row === undefined || row.ended !== null) return;
    await this.#finish(row, at, 'signed out');
  }

  /** Deletes sessions that have long been over; once a day is often enough. */
  async forget(at: number): Promise<void> {
    await this.#database.write((tx) =>
      tx
        .deleteFrom('sessions')
        .where('started', '<', at - absoluteLimit - keptFor)
        .execute(),
    );
  }

  find(token: string, db = this.#database.read) {
    return db
      .selectFrom('session_tokens')
      .innerJoin('sessions', 'sessions.id', 'session_tokens.session')
      .innerJoin('people', 'people.id', 'sessions.person')
      .selectAll(['session_tokens', 'sessions'])
      .select(['people.name', 'people.changed', 'people.disabled'])
      .where('digest', '=', isToken(token) ? digestOf(token) : '')
      .executeTakeFirst();
  }

  #replayed(row: NonNullable<Row>, at: number): Promise<void> {
    return this.#finish(row, at, 'replayed');
  }

  #finish(row: NonNullable<Row>, at: number, why: 'replayed' | 'signed out'): Promise<void> {
    return this.#database.write(async (tx) => {
      const { numUpdatedRows } = await tx
        .updateTable('sessions')
        .set({ ended: at, ended_why: why })
        .where('id', '=', row.session)
        .where('ended', 'is', null)
        .executeTakeFirst();
      if (Number(numUpdatedRows) === 0) return;
      const actor = why === 'replayed' ? 'nobody' : actorOf(row.person);
      const object = `session:${row.session}`;
      await this.#audit(tx, { at, actor, action: 'session.end', object, detail: { why } });
    });
  }
}

/** @returns how many were ended */
export async function endSessions(
  tx: Tx,
  person: string,
  at: number,
  why: string,
  keep: string | null,
): Promise<number> {
  const { numUpdatedRows } = await tx
    .updateTable('sessions')
    .set({ ended: at, ended_why: why })
    .where('person', '=', person)
    .where('ended', 'is', null)
    .where('id', '!=', keep ?? '')
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

async function issue(tx: Tx, session: string, at: number): Promise<string> {
  const token = randomToken();
  const digest = digestOf(token);
  await tx
    .insertInto('session_tokens')
    .values({ digest, session, issued: at, replaced: null })
    .execute();
  return token;
}

function isOver(
  row: { readonly started: number; readonly last_used: number; readonly stage: 'half' | 'full' },
  at: number,
): boolean {
  const longest = row.stage === 'half' ? halfLimit : absoluteLimit;
  return at - row.started >= longest || at - row.last_used >= idleLimit;
}
