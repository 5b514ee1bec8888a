import { existsSync, statSync } from 'node:fs';

/** What a service on this machine that sets its clock says of it. */
export type TimeService =
  | { readonly state: 'absent' }
  /** There is one, and it has not reached a server since the machine started. */
  | { readonly state: 'waiting' }
  /** It last set the clock then, by that clock itself, UTC epoch milliseconds. */
  | { readonly state: 'set'; readonly at: number };

const FOLDER = '/run/systemd/timesync';
const MARK = `${FOLDER}/synchronized`;

/**
 * systemd-timesyncd touches a file each time that it has set the clock; the folder is gone with each restart of the
 * machine [systemd-timesyncd.service(8), Files]. Others say how they do only to who asks in their own protocol.
 */
export function timeService(): TimeService {
  const mark = statSync(MARK, { throwIfNoEntry: false });
  if (mark !== undefined) return { state: 'set', at: mark.mtimeMs };
  return { state: existsSync(FOLDER) ? 'waiting' : 'absent' };
}
