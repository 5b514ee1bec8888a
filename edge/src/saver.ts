/** Writes something as a whole, never twice at a time: a write that waits to begin serves all who ask meanwhile. */
export class Saver {
  readonly #write: () => Promise<void>;
  #last: Promise<void> = Promise.resolve();
  #waiting: Promise<void> | null = null;

  constructor(write: () => Promise<void>) {
    this.#write = write;
  }

  /** Settles with the write that begins after this moment. */
  save(): Promise<void> {
    this.#waiting ??= this.#last
      .catch(() => {})
      .then(() => {
        this.#waiting = null;
        return this.#write();
      });
    this.#last = this.#waiting;
    return this.#waiting;
  }

  /** Resolves when everything that was asked for has been tried. */
  settled(): Promise<void> {
    return this.#last.catch(() => {});
  }
}
