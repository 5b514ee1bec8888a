import type { Proof } from '@caretaker/cloud/contract';

/** A gateway says at least every 2 s up to when all is known; later than that it is silent. */
const tellsWithin = 10_000;

/**
 * How long it has been clear, by the time of what was measured: between two answers of the service it runs on, but
 * never past the time that a gateway may take to say more.
 * @param heard when the service said it
 */
export function clearFor({ since, at, needed }: Proof, heard: number, now: number): number {
  const known = (at ?? since) + Math.min(Math.max(0, now - heard), tellsWithin);
  return Math.min(Math.max(0, known - since), needed);
}

/** Whether nothing newer is known, so that the clock of the proof stands still. */
export function isStill({ at }: Proof, now: number): boolean {
  return at !== null && now - at > 3 * tellsWithin;
}
