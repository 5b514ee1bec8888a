const DAY_MS = 24 * 3_600_000;
const SAMPLES = 60;
/** A rate taken over less says nothing. */
const LEAST_MS = 50_000;

/** How much room a journal has, and for how long. */
export interface Room {
  readonly bytes: number;
  readonly maxBytes: number;
  /** Left on the disk; null before it was looked at. */
  readonly freeBytes: number | null;
  /** Bytes a day as of the last hour; null before that is known. */
  readonly bytesPerDay: number | null;
  /** Days of backlog until readings must be thinned out; null while the rate is not known, or nothing comes. */
  readonly daysLeft: number | null;
  /** The same with an empty journal. */
  readonly daysWhole: number | null;
}

/** Measures how fast the journal grows: one sample a minute, of the last hour. */
export class Growth {
  readonly #samples: { at: number; appended: number }[] = [];

  /**
   * @param at monotonic milliseconds
   * @param appended bytes so far
   */
  note(at: number, appended: number): void {
    // Less than before: another journal.
    if (appended < (this.#samples.at(-1)?.appended ?? 0)) this.#samples.length = 0;
    this.#samples.push({ at, appended });
    if (this.#samples.length > SAMPLES + 1) this.#samples.shift();
  }

  /** Null before a minute has passed. */
  get bytesPerDay(): number | null {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.at - first.at < LEAST_MS) return null;
    return ((last.appended - first.appended) * DAY_MS) / (last.at - first.at);
  }
}

/**
 * @param usable bytes that the journal may take before it is thinned
 * @param floor bytes that the disk must have left
 */
export function roomOf(
  { bytes, maxBytes, freeBytes }: Pick<Room, 'bytes' | 'maxBytes' | 'freeBytes'>,
  usable: number,
  floor: number,
  bytesPerDay: number | null,
): Room {
  const days = (room: number) =>
    bytesPerDay === null || bytesPerDay <= 0 ? null : Math.max(0, room) / bytesPerDay;
  const onDisk = freeBytes === null ? Infinity : freeBytes - floor;
  return {
    bytes,
    maxBytes,
    freeBytes,
    bytesPerDay,
    daysLeft: days(Math.min(usable - bytes, onDisk)),
    daysWhole: days(Math.min(usable, bytes + onDisk)),
  };
}
