import { CaretakerError } from '@caretaker/readings/base';
import { countGuess, type Guesses, networkOf, waitLeft } from '@caretaker/readings/secrets';
import type { Kysely } from 'kysely';
import type { Database, Tx } from '../db/database.ts';
import type { Tables } from '../db/schema.ts';
import { digestOf } from './secrets.ts';

/** Something that is guessed at, and how many wrong guesses it bears before they are slowed down. */
export interface Guarded {
  readonly key: string;
  readonly free: number;
}

const forgottenAfter = 24 * 3_600_000;

export const ofLogin = (login: string): Guarded => ({ key: digestOf(`login:${login}`), free: 5 });
export const ofFactor = (person: string): Guarded => ({
  key: digestOf(`factor:${person}`),
  free: 5,
});
/** A company sits behind one address: its typing errors must not lock everybody out. */
export const ofAddress = (address: string): Guarded => ({
  key: digestOf(`address:${networkOf(address)}`),
  free: 20,
});

/** Codes of gateways; apart from the above, for nobody who signs in is to wait for a gateway. */
export const ofEnrolment = (address: string): Guarded => ({
  key: digestOf(`enrolment:${networkOf(address)}`),
  free: 20,
});

/** Too many wrong guesses: nothing is looked at for a while, not even the right answer. */
export class WaitError extends CaretakerError {
  /** Milliseconds. */
  readonly retryAfter: number;

  constructor(retryAfter: number) {
    const seconds = Math.ceil(retryAfter / 1000);
    super({
      code: 'CLOUD_SIGN_IN_WAIT',
      message: `There were too many attempts; the next one is taken in ${seconds} s.`,
      next: 'Wait, then try again with care.',
    });
    this.retryAfter = retryAfter;
  }
}

/**
 * Counts an attempt before its outcome is known, so that many at once are slowed down like one after another.
 * @throws WaitError `CLOUD_SIGN_IN_WAIT`, and counts nothing
 */
export async function charge(
  database: Database,
  guarded: readonly Guarded[],
  at: number,
): Promise<void> {
  // Whoever has to wait anyhow does not get in the way of those who write.
  checkWait(await rowsOf(database.read, guarded), at);
  await database.write(async (tx) => {
    await tx
      .deleteFrom('attempts')
      .where('last', '<', at - forgottenAfter)
      .execute();
    const found = await rowsOf(tx, guarded);
    checkWait(found, at);
    for (const [i, { key, free }] of guarded.entries()) {
      const values = countGuess(found[i], free, at);
      await tx
        .insertInto('attempts')
        .values({ key, ...values })
        .onConflict((conflict) => conflict.column('key').doUpdateSet(values))
        .execute();
    }
  });
}

function rowsOf(db: Kysely<Tables>, guarded: readonly Guarded[]): Promise<(Guesses | undefined)[]> {
  return Promise.all(
    guarded.map(({ key }) =>
      db.selectFrom('attempts').selectAll().where('key', '=', key).executeTakeFirst(),
    ),
  );
}

function checkWait(rows: readonly (Guesses | undefined)[], at: number): void {
  const wait = waitLeft(rows, at);
  if (wait > 0) throw new WaitError(wait);
}

/** The attempt was right: of its login nothing is held against it any more. */
export async function forget(tx: Tx, { key }: Guarded): Promise<void> {
  await tx.deleteFrom('attempts').where('key', '=', key).execute();
}

/** The attempt was right: it is taken off its address, where the wrong ones of others stay. */
export async function takeBack(tx: Tx, { key }: Guarded, at: number): Promise<void> {
  const row = await tx
    .selectFrom('attempts')
    .select('failures')
    .where('key', '=', key)
    .executeTakeFirst();
  if (row === undefined) return;
  // Nobody behind the address waits for a right attempt. A guesser with a login of their own gains nothing: the
  // wrong ones stay counted, and each of them has its wait.
  const failures = Math.max(0, row.failures - 1);
  await tx.updateTable('attempts').set({ failures, until: at }).where('key', '=', key).execute();
}
