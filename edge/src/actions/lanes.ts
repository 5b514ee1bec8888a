/** So many at a time of each name: one receiver that hangs keeps nobody else waiting. */
export class Lanes {
  readonly #width: number;
  readonly #lanes = new Map<string, { running: number; readonly waiting: (() => void)[] }>();

  constructor(width: number) {
    this.#width = width;
  }

  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const lane = this.#lanes.get(name) ?? { running: 0, waiting: [] };
    this.#lanes.set(name, lane);
    // Whoever leaves hands its place on, so the count stays.
    if (lane.running < this.#width) lane.running += 1;
    else await new Promise<void>((resolve) => lane.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = lane.waiting.shift();
      if (next !== undefined) next();
      else {
        lane.running -= 1;
        if (lane.running === 0) this.#lanes.delete(name);
      }
    }
  }
}
