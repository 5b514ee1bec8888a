/** Runs what it is given one after another, in the order of the calls; what fails keeps nothing else from its turn. */
export class Turns {
  #tail: Promise<unknown> = Promise.resolve();

  /** @returns the result of `work` */
  run<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#tail.then(work);
    this.#tail = turn.catch(() => {});
    return turn;
  }

  /** Settles when everything that was given so far is done. */
  async idle(): Promise<void> {
    await this.#tail;
  }
}
