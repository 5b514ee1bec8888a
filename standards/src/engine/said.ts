import type { ReadingValue } from '@caretaker/readings';
import { whyOf, whySilent } from '../text/why.ts';
import { diffOne } from './diff.ts';
import type { Episode, EpisodeChange } from './engine.ts';
import type { Instance, Layout } from './layout.ts';
import { type Ended, type Rows, row, state } from './rows.ts';

/** Episodes that are over, episodes that were said, and the changes nobody has fetched yet. */
export class Said {
  readonly past: Map<number, Ended[]> = new Map();
  readonly episodes: Map<number, readonly Episode[]> = new Map();
  changes: EpisodeChange[] = [];
  private readonly layout: Layout;

  constructor(layout: Layout) {
    this.layout = layout;
  }

  /** Adds episodes that ended for good. */
  end(i: number, ended: readonly Ended[]): void {
    const past = this.past.get(i);
    if (past === undefined) this.past.set(i, [...ended]);
    else past.push(...ended);
  }

  /** Forgets endings decided at or after `time`: it is going to be judged again. */
  reopen(i: number, time: number): void {
    const past = this.past.get(i);
    if (past !== undefined)
      this.past.set(
        i,
        past.filter((e) => e.clearedAt < time),
      );
  }

  /** Forgets, without a word, what ended before `time`. */
  forget(i: number, time: number): void {
    const past = this.past.get(i);
    const said = this.episodes.get(i);
    if (past?.[0] !== undefined && past[0].end < time) {
      this.past.set(
        i,
        past.filter((e) => e.end >= time),
      );
    }
    if (said?.[0] !== undefined && (said[0].end ?? time) < time) {
      this.episodes.set(
        i,
        said.filter((e) => (e.end ?? time) >= time),
      );
    }
  }

  /**
   * Says what holds by a row that was projected to now, and notes the difference.
   * @returns whether anything changed.
   */
  say(i: number, rows: Rows, target: number, ended: readonly Ended[]): boolean {
    const past = this.past.get(i) ?? [];
    const said = this.episodes.get(i) ?? [];
    const at = rows.get(target, row.state);
    const stands = at === state.breach || at === state.clearing;
    if (said.length === 0 && past.length === 0 && ended.length === 0 && !stands) return false;
    const known = new Map(said.map((episode) => [episode.onset, episode]));
    const cores: Core[] = [...past, ...ended];
    if (stands) cores.push(standing(rows, target));
    const holds = cores.map((core) => this.episode(i, core, known.get(core.onset)));
    const changes = diffOne(said, holds);
    if (changes.length === 0) return false;
    this.episodes.set(i, holds);
    this.changes.push(...changes);
    return true;
  }

  /** The value of a rule's primary leaf as a reading has it; null when there is none. */
  decode(instance: Instance, value: number): ReadingValue | null {
    if (Number.isNaN(value) || instance.resolved === null) return null;
    const type = this.layout.points[instance.points[0] ?? -1]?.type;
    if (type === 'boolean') return value === 1;
    return type === 'string' ? this.layout.words.decode(value) : value;
  }

  private episode(i: number, core: Core, known: Episode | undefined): Episode {
    const instance = this.layout.instances[i] as Instance;
    const worst = this.decode(instance, core.worst);
    const worstAt = worst === null ? null : core.worstAt;
    if (
      known !== undefined &&
      known.detected === core.detected &&
      known.end === core.end &&
      known.worst === worst &&
      known.worstAt === worstAt &&
      known.history === core.history
    ) {
      return known;
    }
    return {
      subject: instance.subject,
      rule: instance.rule,
      item: instance.item,
      onset: core.onset,
      detected: core.detected,
      end: core.end,
      worst,
      worstAt,
      severity: instance.severity,
      effect: instance.effect,
      standardVersion: this.layout.standardVersion,
      why: this.why(instance, worst),
      latched: instance.latched,
      history: core.history,
    };
  }

  private why(instance: Instance, worst: ReadingValue | null): Episode['why'] {
    if (instance.resolved !== null) return whyOf(instance.kind, instance.resolved, worst);
    const point = this.layout.points[instance.points[0] ?? -1];
    return whySilent(instance.kind, point?.metric ?? '', point?.silentAfter ?? 0);
  }
}

type Core = Omit<Ended, 'end' | 'clearedAt'> & { readonly end: number | null };

function standing(rows: Rows, target: number): Core {
  return {
    onset: rows.get(target, row.onset),
    detected: rows.get(target, row.detected),
    end: null,
    worst: rows.get(target, row.worst),
    worstAt: rows.get(target, row.worstAt),
    history: rows.get(target, row.history) === 1,
  };
}
