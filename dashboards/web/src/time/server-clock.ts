/**
 * The server's time, told from its answers, so that ages are right on a machine whose clock is wrong.
 * The `Date` header has whole seconds: a smaller difference than two seconds is taken as none.
 */
class ServerClock {
  #offset = 0;

  /** UTC epoch milliseconds on the server's clock. */
  now(): number {
    return Date.now() + this.#offset;
  }

  /** An instant of this machine's clock, on the server's. */
  of(local: number): number {
    return local + this.#offset;
  }

  hearDate(header: string | null): void {
    const at = header === null ? Number.NaN : Date.parse(header);
    if (Number.isNaN(at)) return;
    const offset = at + 500 - Date.now();
    this.#offset = Math.abs(offset) < 2000 ? 0 : offset;
  }
}

export const serverClock = new ServerClock();
