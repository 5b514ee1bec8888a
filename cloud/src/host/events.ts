import type { Reading } from '@caretaker/readings';
import type { Committed } from './commit.ts';

/** What a host tells the rest of the cloud; called after the commit, never before. */
export interface HostEvents {
  ack(gateway: string, journal: string, accepted: number, rewind: boolean): void;
  /**
   * Readings that are stored and judged, and what became of it.
   * @param behind their gateway holds more that are newer
   */
  judged(
    news: Committed,
    readings: readonly Reading[],
    subjects: readonly string[],
    behind?: boolean,
  ): void;
  gateway(gateway: string): void;
}
