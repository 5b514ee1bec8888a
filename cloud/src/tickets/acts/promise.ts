import type { TicketReport } from '../../contract/index.ts';
import { promiseDue } from '../clocks/promise.ts';
import { incomplete, wrongTime } from './act.ts';

type Promised = NonNullable<TicketReport['promise']>;

/**
 * What an entry says of a promise: until when it is to be kept.
 * @param zone of the estate
 * @throws CaretakerError `CLOUD_TICKET_INCOMPLETE`, `CLOUD_TICKET_TIME`
 */
export function promised({ kind, at }: Promised, made: number, zone: string) {
  if (kind === 'at' && at === undefined) {
    incomplete('A promise for a time of its own needs that time.', 'Say until when.');
  }
  const due = promiseDue(kind, made, zone, at ?? null);
  if (due <= made) wrongTime('That is over already.', 'Promise a time to come.');
  return { kind, at: due };
}
