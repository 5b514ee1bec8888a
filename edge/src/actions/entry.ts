import type { Action, ActionStep } from '@caretaker/devices/model';
import {
  type Alarm,
  type AlarmAction,
  alarmActionSchema,
  alarmSchema,
} from '@caretaker/readings/uplink';
import { z } from 'zod';

/** One step of an alarm, and what came of it; null while that is not known. */
const line = z.object({
  // The gateway wrote it itself, and the file has a checksum.
  step: z.custom<ActionStep>((value) => typeof value === 'object' && value !== null),
  undo: z.boolean(),
  result: alarmActionSchema.nullable(),
});
export type Line = z.infer<typeof line>;

/** What is done because of one alarm. The steps are kept as they were: what was done then is what is to be undone. */
const entry = z.object({
  alarm: alarmSchema,
  lines: z.array(line),
  /** When its breach was found to be over, gateway clock; null while it is not. */
  over: z.int().nullable(),
});
export type Entry = z.infer<typeof entry>;

export const fileSchema = z.object({ version: z.literal(1), entries: z.array(entry) });

/** What an estate has done because of an alarm: all steps of the actions that name its rule and its asset. */
export function linesFor(actions: readonly Action[], { rule, subject }: Alarm): Line[] {
  const asset = subject.split('/')[1] ?? '';
  return actions
    .filter((one) => one.rule === rule && (one.assets?.includes(asset) ?? true))
    .flatMap(({ do: steps, undo }) => [...linesOf(steps, false), ...linesOf(undo, true)]);
}

function linesOf(steps: readonly ActionStep[], undo: boolean): Line[] {
  return steps.map((step) => ({ step, undo, result: null }));
}

/** What was done so far, in the order in which it was done. */
export function takenOf({ lines }: Entry): AlarmAction[] {
  return lines.flatMap(({ result }) => result ?? []).toSorted((a, b) => a.at - b.at);
}

/** Steps whose turn it is: undoing begins when the breach is over and everything was done or given up. */
export function dueOf({ lines, over }: Entry): Line[] {
  const doing = lines.filter(({ undo, result }) => !undo && result === null);
  if (doing.length > 0) return doing;
  return over === null ? [] : lines.filter(({ result }) => result === null);
}

/** Whether there is nothing left to do, now or when the breach is over. */
export function isDone({ lines }: Entry): boolean {
  return lines.every(({ result }) => result !== null);
}
