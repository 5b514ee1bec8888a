import type { Judge, Moment } from './judge.ts';
import type { ReferenceEpisode } from './world.ts';

/** Walks the moments of one machine once, looking for holds that were fulfilled. */
export class Walk {
  private readonly moments: readonly Moment[];
  private readonly judge: Judge;
  private readonly last: number;
  private k = 0;

  /** @param last no hold is fulfilled after this instant, UTC epoch milliseconds */
  constructor(moments: readonly Moment[], judge: Judge, last: number) {
    this.moments = moments;
    this.judge = judge;
    this.last = last;
  }

  episodes(): ReferenceEpisode[] {
    const found: ReferenceEpisode[] = [];
    while (this.k < this.moments.length) {
      if (this.moments[this.k]?.opens !== true) {
        this.k += 1;
        continue;
      }
      const start = this.k;
      const detected = this.hold('opens');
      if (detected === null) continue;
      const clear = this.clearing();
      const episode: ReferenceEpisode = {
        onset: this.moments[start]?.time ?? 0,
        detected: detected.at,
        end: clear.end,
        clearedAt: clear.at,
        worst: null,
        worstAt: null,
        history: true,
      };
      this.witness(episode, start, detected.index, clear.skipped);
      found.push(episode);
    }
    return found;
  }

  /**
   * From the moment k, at which `what` is true: when it has been true for long enough without being false in
   * between; unknown time does not count. Leaves k at the moment behind it, or at the one that broke it.
   */
  private hold(what: 'opens' | 'clears'): { at: number; index: number } | null {
    let held = 0;
    for (; this.k < this.moments.length; this.k += 1) {
      const moment = this.moments[this.k] as Moment;
      const next = this.moments[this.k + 1]?.time ?? Number.POSITIVE_INFINITY;
      if (moment[what] === false) return null;
      if (moment[what] === null) continue;
      const rule = this.judge.rule(moment.time);
      const needed = what === 'opens' ? rule.for : rule.clearFor;
      const fulfilled = moment.time + Math.max(0, needed - held);
      if (fulfilled < next && fulfilled <= this.last) {
        const index = this.k;
        this.k += 1;
        return { at: fulfilled, index };
      }
      held += next - moment.time;
    }
    return null;
  }

  /** The end of the episode, and the moments that belong to a clearing and tell nothing of the worst. */
  private clearing(): { end: number | null; at: number | null; skipped: Set<number> } {
    const skipped = new Set<number>();
    while (this.k < this.moments.length) {
      if (this.moments[this.k]?.clears !== true) {
        this.k += 1;
        continue;
      }
      const start = this.k;
      const cleared = this.hold('clears');
      for (let j = start; j < this.k; j += 1) skipped.add(j);
      if (cleared === null) continue;
      return { end: this.moments[start]?.time ?? null, at: cleared.at, skipped };
    }
    return { end: null, at: null, skipped };
  }

  private witness(episode: ReferenceEpisode, start: number, detected: number, skip: Set<number>) {
    for (let j = start; j < this.k; j += 1) {
      const { time } = this.moments[j] as Moment;
      if (j <= detected && !this.judge.history(time)) episode.history = false;
      if (skip.has(j)) continue;
      const { value, isReading } = this.judge.primary(time);
      if (value === null || (!isReading && j !== start)) continue;
      if (episode.worst === null || this.judge.worse(value, episode.worst, time)) {
        episode.worst = value;
        episode.worstAt = time;
      }
    }
  }
}
