import type { Reading } from '@caretaker/readings';
import type { Estate } from '../model/index.ts';
import type { FaultName } from './incident.ts';
import { Story } from './story.ts';

interface Stretch {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  /** `past` reports states less often, as the history that devices catch up on. */
  readonly pace: 'live' | 'past';
}

/**
 * What the simulated devices of an estate would publish from ≤ at < to, in order of time, with full point
 * ids and as if received at once; for tests and for series that need no broker.
 * @param fault one that an asset gets at an instant; the first asset that can have it, when none is named.
 */
export function simulateReadings(
  estate: Estate,
  stretch: Stretch,
  fault?: { readonly name: FaultName; readonly at: number; readonly asset?: string },
): { readings: Reading[]; hit: string | null } {
  const story = new Story(estate, stretch.seed);
  const injected =
    fault === undefined ? null : story.incidents.inject(fault.name, fault.asset, fault.at);
  const readings = story.messages(stretch.from, stretch.to, stretch.pace).flatMap((message) =>
    Object.entries(message.values).map(([metric, value]) => ({
      point: `${estate.id}/${message.asset.id}/${metric}`,
      at: message.at,
      received: message.at,
      value,
      stamped: true,
      history: false,
    })),
  );
  return { readings, hit: injected?.asset.id ?? null };
}
