import type { Reading } from '@caretaker/readings';
import { type Alarm, alarmReadings } from '@caretaker/readings/uplink';
import type { Episode } from '@caretaker/standards/engine';

/**
 * What a gateway tells of an episode.
 * @param shown the readings that show it
 * @param raised when, gateway clock
 * @returns null for what nobody is told of
 */
export function alarmOf(episode: Episode, shown: readonly Reading[], raised: number): Alarm | null {
  const { subject, rule, item, onset, detected, end, worst, worstAt, severity } = episode;
  const { standardVersion, why } = episode;
  if (severity === 'advice') return null;
  return {
    ...{ subject, rule, item, onset, detected, end, worst, worstAt, severity },
    ...{ standardVersion, why, raised },
    readings: shown.slice(0, alarmReadings).map(({ point, at, value }) => ({ point, at, value })),
    actions: [],
  };
}
