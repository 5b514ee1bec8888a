import type { Reading } from '@caretaker/readings';
import type { Quarantine } from '../quarantine/index.ts';

/** Readings that are remembered as told; beyond it one may be counted twice. */
const MOST_TOLD = 10_000;

/**
 * Shows in quarantine which devices are further ahead than they may be, where that was found only once the time was
 * known. Every consumer of the journal comes across the same reading: it is told once.
 */
export function tellAhead(quarantine: Quarantine): (reading: Reading) => void {
  const told = new Set<string>();
  return (reading) => {
    const { point, at, received } = reading;
    const key = `${point} ${at}`;
    if (told.has(key)) return;
    if (told.size >= MOST_TOLD) told.clear();
    told.add(key);
    const fault = {
      code: 'EDGE_TIME_FUTURE',
      message: `${at} is more than 5 min ahead of the gateway's clock; the time of receipt counts`,
      next: 'set the clock of the device',
    };
    const payload = Buffer.from(JSON.stringify(reading));
    quarantine.add({ client: 'gateway', topic: point, fault, payload, received }, () => {});
  };
}
