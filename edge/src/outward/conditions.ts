import type { FedTicket } from '@caretaker/readings/uplink';
import type { Episode } from '@caretaker/standards/engine';
import type { ConditionEvent, Severity } from './messages.ts';
import { assetOf } from './tickets.ts';

type Breach = ConditionEvent['breaches'][number];

const severities: readonly Severity[] = ['emergency', 'high', 'medium', 'low', 'advice'];

/** What is wrong with each asset of an estate. */
export class Conditions {
  readonly #estate: string;
  #breaches = new Map<string, readonly Breach[]>();
  #tickets = new Map<string, readonly number[]>();

  constructor(estate: string) {
    this.#estate = estate;
  }

  of(asset: string, now: number): ConditionEvent {
    const breaches = this.#breaches.get(asset) ?? [];
    const severity = severities.find((one) => breaches.some((breach) => breach.severity === one));
    return {
      estate: this.#estate,
      asset,
      at: now,
      severity: severity ?? null,
      breaches,
      tickets: this.#tickets.get(asset) ?? [],
    };
  }

  /** @param standing all breaches that the gateway's rules see. @returns the assets of which that has changed */
  judged(standing: readonly Episode[]): string[] {
    const before = this.#breaches;
    this.#breaches = this.#grouped(standing, ({ rule, item, severity, onset, why }) => {
      return { rule, item, severity, since: onset, why: { en: why.en, zh: why.zh } };
    });
    return differing(before, this.#breaches);
  }

  /** @param open all open tickets. @returns the assets of which they have changed */
  ticketed(open: readonly FedTicket[]): string[] {
    const before = this.#tickets;
    this.#tickets = this.#grouped(
      open.toSorted((a, b) => a.id - b.id),
      ({ id }) => id,
    );
    return differing(before, this.#tickets);
  }

  #grouped<T extends { readonly subject: string }, R>(
    all: readonly T[],
    shown: (one: T) => R,
  ): Map<string, R[]> {
    const grouped = new Map<string, R[]>();
    for (const one of all) {
      const asset = assetOf(one.subject, this.#estate);
      if (asset === null) continue;
      const mine = grouped.get(asset) ?? [];
      mine.push(shown(one));
      grouped.set(asset, mine);
    }
    return grouped;
  }
}

function differing(
  before: ReadonlyMap<string, readonly unknown[]>,
  now: ReadonlyMap<string, readonly unknown[]>,
): string[] {
  return [...new Set([...before.keys(), ...now.keys()])].filter(
    (asset) => JSON.stringify(before.get(asset)) !== JSON.stringify(now.get(asset)),
  );
}
