import type { Estate } from '@caretaker/devices/model';
import type { Alarm, AlarmAction } from '@caretaker/readings/uplink';
import { commandOf } from './command.ts';
import { linesFor } from './entry.ts';

/** One step as it would be done. */
export interface PlannedStep extends Pick<AlarmAction, 'kind' | 'target' | 'undo'> {
  /** Topic, or address. */
  readonly to: string;
  readonly body: string;
}

/** Whose breach it would be. */
export interface Breach {
  readonly rule: string;
  readonly asset: string;
}

/**
 * What a gateway would do because of a breach, in the order of the estate; nothing is done.
 * @param now when it would raise the alarm, UTC epoch milliseconds
 */
export function planActions(
  { id, actions }: Estate,
  gateway: string,
  { rule, asset }: Breach,
  now: number,
): PlannedStep[] {
  const alarm: Alarm = {
    ...{ subject: `${id}/${asset}`, rule, item: '', severity: 'emergency', standardVersion: '' },
    ...{ onset: now, detected: now, end: null, raised: now, worst: null, worstAt: null },
    ...{ why: { en: '', zh: '' }, readings: [], actions: [] },
  };
  return linesFor(actions, alarm).map(({ step, undo }) => {
    const command = commandOf(step, { gateway, alarm, undo });
    const { kind, target } = command;
    const sent =
      'post' in command
        ? { to: command.post.url, body: command.post.body }
        : { to: command.publish.topic, body: command.publish.payload };
    return { kind, target, undo, ...sent };
  });
}
