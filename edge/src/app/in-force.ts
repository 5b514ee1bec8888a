import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Estate } from '@caretaker/devices/model';
import { CaretakerError, type Log } from '@caretaker/readings/base';
import type { Change, Changeable, Configuration } from '../change.ts';

/** The configuration that the gateway goes by, and the parts that follow it. */
export class InForce {
  readonly #log: Log;
  readonly #parts: Changeable[] = [];
  readonly #listeners = new Set<(estate: Estate) => void>();
  #now: Configuration;

  constructor(configuration: Configuration, log: Log) {
    this.#now = configuration;
    this.#log = log;
  }

  get configuration(): Configuration {
    return this.#now;
  }

  get estate(): Estate {
    return this.#now.estate;
  }

  /** From now on the part changes with the configuration, after those that were added before it. */
  follow(...parts: readonly Changeable[]): void {
    this.#parts.push(...parts);
  }

  /** Calls the listener after each change, when all parts go by it. @returns how to stop it */
  onEstate(listener: (estate: Estate) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Replaces the configuration: all parts build what is new, then all of them switch in one turn of the event loop, so
   * that no message sees a part of it. Connections stay, and what is on its way goes on. One at a time.
   * @param kept makes it outlive a restart, once it is in force
   * @throws CaretakerError `EDGE_BUNDLE_UNFIT`, when nothing was changed; `EDGE_BUNDLE_ROLLED_BACK`, when all is as before
   */
  async apply(next: Configuration, kept: () => Promise<void>): Promise<void> {
    const changes: Change[] = [];
    try {
      for (const part of this.#parts) {
        // Devices are served in between: of a large estate each part takes its time.
        await nextTurn();
        changes.push(await part.prepare(next));
      }
    } catch (cause) {
      this.#end(changes, true);
      throw unfit(cause);
    }
    try {
      for (const change of changes) change.commit();
      await kept();
    } catch (cause) {
      this.#end(changes, true);
      throw rolledBack(cause);
    }
    this.#now = next;
    this.#end(changes, false);
    this.#tell(next.estate);
  }

  /** One part that fails to go back must not keep the others from it. */
  #end(changes: readonly Change[], undo: boolean): void {
    const last = changes.toReversed();
    const steps = [
      ...(undo ? last.map((change) => () => change.undo()) : []),
      ...last.map((change) => () => change.done?.()),
    ];
    for (const step of steps) {
      try {
        step();
      } catch (error) {
        this.#log.error({ error }, 'a part of the gateway could not end a change of configuration');
      }
    }
  }

  #tell(estate: Estate): void {
    for (const listener of this.#listeners) {
      try {
        listener(estate);
      } catch (error) {
        this.#log.error({ error }, 'a part of the gateway could not follow the configuration');
      }
    }
  }
}

function unfit(cause: unknown): CaretakerError {
  return new CaretakerError(
    {
      code: 'EDGE_BUNDLE_UNFIT',
      message: `The gateway cannot be built by this configuration: ${reasonOf(cause)}`,
      next: 'Nothing was changed. Bring cloud and gateway to the same version.',
    },
    { cause },
  );
}

function rolledBack(cause: unknown): CaretakerError {
  return new CaretakerError(
    {
      code: 'EDGE_BUNDLE_ROLLED_BACK',
      message: `The configuration could not be put in force: ${reasonOf(cause)}`,
      next: 'The one before it is in force again. See the log of the gateway.',
    },
    { cause },
  );
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
