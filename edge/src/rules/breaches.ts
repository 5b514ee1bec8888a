import type { Episode, EpisodeChange } from '@caretaker/standards/engine';

/** A breach that the gateway has found, and of which the cloud may not know. */
export interface Breach {
  readonly episode: Episode;
  /** The journal, and its newest sequence that was judged when the breach was said. */
  readonly journal: string;
  readonly sequence: number;
}

/** Up to where the cloud has judged. */
export interface CloudPosition {
  readonly journal: string;
  readonly accepted: number;
  /** Gateway clock; see `Confirmation`. */
  readonly confirmedTo: number;
}

/** An onset that is older when it is judged is no news to act on: it was said before, or is learnt of far too late. */
const oldestOnset = 24 * 3_600_000;
/** Bounds memory; more at once is no time for a gateway to act on its own. */
const MOST = 5_000;

export const keyOf = ({ subject, rule, onset }: Pick<Episode, 'subject' | 'rule' | 'onset'>) =>
  `${subject} ${rule} ${onset}`;

/** Breaches that wait for the cloud to confirm them. */
export class Breaches {
  readonly #waiting = new Map<string, Breach>();

  constructor(waiting: readonly Breach[] = []) {
    for (const breach of waiting) this.#waiting.set(keyOf(breach.episode), breach);
  }

  get all(): readonly Breach[] {
    return [...this.#waiting.values()];
  }

  /** @param now gateway clock */
  note(change: EpisodeChange, place: Pick<Breach, 'journal' | 'sequence'>, now: number): void {
    if (change.type !== 'opened') {
      const before = this.#waiting.get(keyOf(change.was));
      this.#waiting.delete(keyOf(change.was));
      if (change.type === 'withdrawn' || before === undefined) return;
      this.#put({ ...before, episode: plain(change.episode) });
      return;
    }
    const { episode } = change;
    const news = !episode.history && episode.severity !== 'advice';
    if (news && episode.onset >= now - oldestOnset)
      this.#put({ episode: plain(episode), ...place });
  }

  /**
   * Lets go of what the cloud has judged, and of what is over before anybody had to act.
   * @param newest of the present journal: a breach of an earlier one counts from there
   */
  settle(cloud: CloudPosition, newest: number): void {
    for (const [key, breach] of this.#waiting) {
      const { episode, journal, sequence } = breach;
      if (journal !== cloud.journal) {
        this.#waiting.set(key, { episode, journal: cloud.journal, sequence: newest });
        continue;
      }
      const judged = cloud.accepted >= sequence && cloud.confirmedTo >= episode.detected;
      const over = episode.end !== null && !episode.latched;
      if (judged || over) this.#waiting.delete(key);
    }
  }

  /** Takes out all that wait. */
  takeAll(): readonly Breach[] {
    const all = this.all;
    this.#waiting.clear();
    return all;
  }

  #put(breach: Breach): void {
    if (this.#waiting.size < MOST) this.#waiting.set(keyOf(breach.episode), breach);
  }
}

/** Without the engine behind its sentence. */
function plain(episode: Episode): Episode {
  return { ...episode, why: { ...episode.why } };
}
