import type { Conflict, Reading, Refusal, WriteResult } from '@caretaker/readings';
import { encodeFrame, type Frame } from '@caretaker/readings/frame';
import type { Tx } from '../db/database.ts';
import { refuse, trim } from '../quarantine/quarantine.ts';

/** Readings of one frame that are not stored. */
export interface Refused {
  readonly conflicts: readonly Conflict[];
  readonly unknown: readonly Reading[];
  /** Of another type than the point, or beyond what a store keeps. */
  readonly unfit: readonly Reading[];
  /** What the store itself will never keep, such as a value of another type than it has of the point. */
  readonly unkept: readonly Refusal[];
}

/** Keeps the readings of a frame that could not be taken, where people find them. @returns how many */
export async function refuseReadings(
  tx: Tx,
  gateway: string,
  { conflicts, unknown, unfit, unkept }: Refused,
  at: number,
): Promise<number> {
  const count = conflicts.length + unknown.length + unfit.length + unkept.length;
  if (count === 0) return 0;
  const say = (code: string, reason: string, reading: Reading) => {
    const payload = Buffer.from(JSON.stringify(reading));
    return refuse(tx, { gateway, code, reason, topic: reading.point, payload }, 1, at);
  };
  for (const { offered, held } of conflicts) {
    const reason = `Another value, ${held}, was stored for this instant before.`;
    await say('CLOUD_CONFLICT', reason, offered);
  }
  for (const reading of unknown) {
    const reason = "The cloud's copy of the estate knows no such point.";
    await say('CLOUD_UNKNOWN_POINT', reason, reading);
  }
  for (const reading of unfit) {
    const reason = 'The value or time is not one that this point can have.';
    await say('CLOUD_READING_UNFIT', reason, reading);
  }
  for (const { reading, message } of unkept) await say('CLOUD_READING_UNFIT', message, reading);
  await trim(tx, gateway);
  return count;
}

/** Keeps a frame of which nothing could be taken, where people find it. */
export async function refuseWhole(
  tx: Tx,
  bad: Parameters<typeof refuse>[1],
  at: number,
): Promise<void> {
  await refuse(tx, bad, 1, at);
  await trim(tx, bad.gateway);
}

/** The engine judges what the store holds: the first value under (point, at), and nothing that was refused. */
export function heldOf(
  readings: readonly Reading[],
  written: Pick<WriteResult, 'conflicts' | 'refused'> | null,
): readonly Reading[] {
  if (written === null) return readings;
  const { conflicts, refused } = written;
  if (conflicts.length === 0 && refused.length === 0) return readings;
  // By what they say, not by identity: a store may hand back copies.
  const say = ({ point, at, value }: Reading) => JSON.stringify([point, at, value]);
  const left = new Set(conflicts.map(({ offered }) => say(offered)));
  for (const { reading } of refused) left.add(say(reading));
  return readings.filter((reading) => !left.has(say(reading)));
}

/** A frame with only these readings, so that after a restart nothing else is judged either. */
export function frameOf(frame: Frame, held: readonly Reading[], estate: string): Uint8Array {
  const own = held.map((one) => ({ ...one, point: one.point.slice(estate.length + 1) }));
  const { gaps: _, ...bare } = frame;
  return encodeFrame({ ...bare, readings: own });
}
