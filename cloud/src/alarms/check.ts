import type { Alarm } from '@caretaker/readings/uplink';
import { ruleOf, type Standard } from '@caretaker/standards';
import type { Directory } from '../estates/directory.ts';
import { horizon } from '../host/engine-state.ts';

/** Why an alarm is not taken, for the quarantine. */
export interface AlarmFault {
  readonly code: 'CLOUD_ALARM_FOREIGN' | 'CLOUD_ALARM_UNFIT';
  readonly reason: string;
}

export interface CheckParts {
  readonly directory: Pick<Directory, 'assets'>;
  readonly standard: Standard;
  /** Cloud clock. */
  readonly now: number;
}

/** Gateways whose clock goes ahead by more would raise alarms that no reading can settle [design 3 (g)]. */
const longestAhead = 5 * 60_000;

/** Whether a gateway may raise this alarm: about an asset of its own, by a rule that we have, and not of another age. */
export function alarmFault(
  gateway: string,
  alarm: Alarm,
  { directory, standard, now }: CheckParts,
): AlarmFault | null {
  const asset = directory.assets.get(alarm.subject);
  if (asset?.gateway !== gateway) {
    return foreign(`The gateway has no asset ${alarm.subject}.`);
  }
  const rule = ruleOf(standard, alarm.rule);
  if (rule === undefined || rule.builtin !== undefined || rule.kind !== asset.kind) {
    return foreign(`The standard has no rule ${alarm.rule} for ${alarm.subject}.`);
  }
  const { onset, detected, end, raised } = alarm;
  const inOrder = onset <= detected && (end === null || onset <= end);
  if (!inOrder) return unfit('The times of the alarm are not in order.');
  if (Math.max(detected, raised, end ?? 0) > now + longestAhead) {
    return unfit('The alarm lies ahead of the clock of the cloud.');
  }
  if (raised < now - horizon) return unfit('The alarm is older than what is judged.');
  const readings = alarm.readings.every(({ point }) => point.startsWith(`${asset.estate}/`));
  return readings ? null : foreign('The alarm shows readings of another estate.');
}

function foreign(reason: string): AlarmFault {
  return { code: 'CLOUD_ALARM_FOREIGN', reason };
}

function unfit(reason: string): AlarmFault {
  return { code: 'CLOUD_ALARM_UNFIT', reason };
}
