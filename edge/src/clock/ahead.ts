import type { Reading } from '@caretaker/readings';
import type { Refused } from '../quarantine/index.ts';

/** What quarantine shows of a device that is further ahead than it may be, found only once the time was known. */
export function aheadOf(reading: Reading): Refused {
  const { point, at, received } = reading;
  const fault = {
    code: 'EDGE_TIME_FUTURE',
    message: `${at} is more than 5 min ahead of the gateway's clock; the time of receipt counts`,
    next: 'set the clock of the device',
  };
  const payload = Buffer.from(JSON.stringify(reading));
  return { client: 'gateway', topic: point, fault, payload, received };
}
