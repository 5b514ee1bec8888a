import { ClientMeter, KeyedBuckets } from '@caretaker/readings/mqtt-guard';
import type { Credential } from './credential.ts';
import { clientLimits, loginRate } from './limits.ts';

/**
 * What a credential has used of its limits, over all of its connections and also from one to the next: whoever
 * connects again begins no new burst.
 */
export class PerCredential {
  readonly #meters = new Map<string, { readonly kind: string; readonly meter: ClientMeter }>();
  readonly #logins = new KeyedBuckets(loginRate);

  /** Whether this credential may connect now; counts it. */
  admits(id: string, now: number): boolean {
    return this.#logins.tryTake(id, now);
  }

  meterOf({ id, kind }: Pick<Credential, 'id' | 'kind'>, now: number): ClientMeter {
    const known = this.#meters.get(id);
    if (known?.kind === kind) return known.meter;
    const meter = new ClientMeter(clientLimits[kind], now);
    this.#meters.set(id, { kind, meter });
    return meter;
  }

  /** Forgets those who are away and have used nothing that still counts. */
  sweep(now: number, isHere: (id: string) => boolean): void {
    for (const [id, { meter }] of this.#meters) {
      if (!isHere(id) && meter.isFull(now)) this.#meters.delete(id);
    }
  }
}
