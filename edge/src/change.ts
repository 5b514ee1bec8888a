import type { BundleCredential, Estate } from '@caretaker/devices/model';
import type { Standard } from '@caretaker/standards';

/** What a gateway goes by; all of it is replaced at once. */
export interface Configuration {
  readonly estate: Estate;
  /** What is judged here of a standard; null when there is none that can be used. */
  readonly standard: Standard | null;
  /** Beside those of the gateway's own list. */
  readonly credentials: readonly BundleCredential[];
}

/** A change of one part that is ready: nothing is otherwise before `commit`. */
export interface Change {
  commit(): void;
  /** Everything as before `prepare`, whether it was committed or not. */
  undo(): void;
  /** All parts have changed, or none has: what was held up goes on. */
  done?(): void;
}

/** A part of the gateway that goes by the configuration. */
export interface Changeable {
  /** Builds what is new, and changes nothing. */
  prepare(next: Configuration): Change | Promise<Change>;
}

/** A part that is nothing but worked out of the configuration. */
export class Followed<T> implements Changeable {
  readonly #work: (configuration: Configuration) => T;
  #value: T;

  constructor(configuration: Configuration, work: (configuration: Configuration) => T) {
    this.#work = work;
    this.#value = work(configuration);
  }

  get value(): T {
    return this.#value;
  }

  prepare(next: Configuration): Change {
    const before = this.#value;
    const after = this.#work(next);
    return {
      commit: () => {
        this.#value = after;
      },
      undo: () => {
        this.#value = before;
      },
    };
  }
}
