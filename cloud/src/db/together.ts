import { nextTick } from 'node:process';
import type { Tx } from './database.ts';

/** Does a step for some at once; gives the result of each, in their order. */
type Step<A, R> = (tx: Tx, all: readonly A[]) => Promise<readonly R[]>;

interface Waiting {
  readonly one: unknown;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** What goes side by side in a transaction, and waits for the others by step. */
const gatherings = new WeakMap<Tx, Map<unknown, Waiting[]>>();

/**
 * Makes a step of which many that go side by side take one statement together: a statement for each of a thousand
 * costs seconds on a server. Alone it is done at once.
 */
export function together<A, R>(step: Step<A, R>): (tx: Tx, one: A) => Promise<R> {
  return async (tx, one) => {
    const gathered = gatherings.get(tx);
    if (gathered === undefined) {
      const [result] = await step(tx, [one]);
      return result as R;
    }
    return new Promise<R>((resolve, reject) => {
      const waiting = { one, resolve: resolve as Waiting['resolve'], reject };
      const others = gathered.get(step);
      if (others !== undefined) {
        others.push(waiting);
        return;
      }
      const all = [waiting];
      gathered.set(step, all);
      // Once everybody has got as far as they can.
      queueMicrotask(() =>
        nextTick(() => {
          gathered.delete(step);
          perform(tx, step, all);
        }),
      );
    });
  };
}

function perform<A, R>(tx: Tx, step: Step<A, R>, all: readonly Waiting[]): void {
  step(
    tx,
    all.map(({ one }) => one as A),
  ).then(
    (results) => {
      for (const [index, { resolve }] of all.entries()) resolve(results[index]);
    },
    (error: unknown) => {
      for (const { reject } of all) reject(error);
    },
  );
}

/**
 * Does the same work for some that have nothing to do with each other, side by side in one transaction.
 * @returns the result of each, in their order
 */
export async function sideBySide<T, R>(
  tx: Tx,
  all: readonly T[],
  work: (one: T) => Promise<R>,
): Promise<R[]> {
  gatherings.set(tx, new Map());
  try {
    // Nobody may still be at work in a transaction that is given up.
    const ended = await Promise.allSettled(all.map(work));
    return ended.map((one) => {
      if (one.status === 'rejected') throw one.reason;
      return one.value;
    });
  } finally {
    gatherings.delete(tx);
  }
}
