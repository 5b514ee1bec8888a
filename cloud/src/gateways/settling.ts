/** A complete-to that jumps further than this says that the gateway was away. */
const awayAfter = 60_000;

/** How long the devices of a gateway that was away get to deliver what they kept, milliseconds. */
export const settleAfterAbsence = 30_000;

/**
 * While a gateway is away nobody hears its devices, and right after its return their buffers are still on
 * the way: what time alone brings (silence above all) is not said before they had the time to deliver.
 * Readings are judged at once all the same.
 */
export class Settling {
  readonly #wait: number;
  /** Complete-to with which a gateway came back. */
  readonly #returned = new Map<string, number>();

  constructor(wait: number) {
    this.#wait = wait;
  }

  /**
   * Whether time may pass to `completeTo` for this gateway.
   * @param judged what it was judged to before, UTC epoch milliseconds; null when it never was
   */
  allows(gateway: string, judged: number | null, completeTo: number): boolean {
    const returned = this.#returned.get(gateway);
    if (returned === undefined) {
      if (judged === null || completeTo - judged <= awayAfter || this.#wait === 0) return true;
      this.#returned.set(gateway, completeTo);
      return false;
    }
    if (completeTo - returned < this.#wait) return false;
    this.#returned.delete(gateway);
    return true;
  }
}
