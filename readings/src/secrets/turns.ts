/** Lets so many work at once and so many more wait. */
export class Turns {
  readonly #atOnce: number;
  readonly #mayWait: number;
  readonly #waiting: (() => void)[] = [];
  #working = 0;

  constructor(atOnce: number, mayWait: number) {
    this.#atOnce = atOnce;
    this.#mayWait = mayWait;
  }

  /**
   * Does `work` when it is its turn.
   * @param full throws, when as many wait as may wait
   */
  async take<T>(work: () => Promise<T>, full: () => never): Promise<T> {
    if (this.#working < this.#atOnce) this.#working += 1;
    else if (this.#waiting.length < this.#mayWait) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else full();
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#working -= 1;
      else next();
    }
  }
}
