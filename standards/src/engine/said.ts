import type { ReadingValue } from '@caretaker/readings';
import type { Text } from '@caretaker/readings/base';
import type { Rule } from '../rules/clause.ts';
import type { Severity } from '../severity.ts';
import { whyOf, whySilent } from '../text/why.ts';
import { classOf, type Instance, instanceOf, type Layout } from './core/layout.ts';
import { diffOne } from './diff.ts';
import type { Episode, EpisodeChange } from './engine.ts';
import { LazyEpisode, type Teller } from './episode.ts';
import { type Core, continues, type Folding, joined, push } from './folding.ts';
import type { Ended } from './rows.ts';
import { nextStep, severityAt } from './steps.ts';

/** What is known of an instance's endings, so that saying something looks only at what may have changed. */
interface Line {
  /** Endings that are folded into `groups`, or into what was said for good. */
  taken: number;
  /** Leading episodes said that only judging again can change. */
  settled: number;
  /** Folded endings from there on; the last one may still be continued. */
  groups: Core[];
}

/** Episodes that are over, episodes that were said, and the changes nobody has fetched yet. */
export class Said implements Teller<Instance> {
  /** In the order of their ends. */
  readonly past: Map<number, Ended[]> = new Map();
  readonly episodes: Map<number, Episode[]> = new Map();
  changes: EpisodeChange[] = [];
  private readonly lines = new Map<number, Line>();
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
    if (past === undefined) return;
    while (past.length > 0 && (past.at(-1) as Ended).clearedAt >= time) past.pop();
    this.rewind(i, past);
  }

  /** Forgets, without a word, what ended before `time`. */
  forget(i: number, time: number): void {
    const past = this.past.get(i) ?? [];
    const said = this.episodes.get(i) ?? [];
    const over = ({ end }: { readonly end: number | null }) => end !== null && end < time;
    if (![past[0], said[0]].some((first) => first !== undefined && over(first))) return;
    const { fold } = foldingOf(instanceOf(this.layout, i));
    const gone = fold > 0 ? this.forgetFolded(i, past, time) : dropWhile(past, over);
    const unsaid = dropWhile(said, over);
    const line = this.lines.get(i);
    if (line === undefined || gone + unsaid === 0) return;
    if (fold === 0 && gone === unsaid && gone <= line.settled) {
      line.settled -= gone;
      line.taken -= gone;
    } else this.lines.delete(i);
  }

  /**
   * Says what holds at `now`, and notes the difference from what was said before.
   * @param standing the episode that stands at `now`, or null
   * @param ended episodes over by `now` though no reading has said so yet
   * @param now event time up to which time alone speaks, UTC epoch milliseconds
   * @returns whether anything changed
   */
  say(i: number, standing: Core | null, now: number, ended: readonly Ended[]): boolean {
    const past = this.past.get(i);
    const said = this.episodes.get(i);
    if (standing === null && ended.length === 0 && past === undefined && said === undefined) {
      return false;
    }
    const instance = instanceOf(this.layout, i);
    const folding = foldingOf(instance);
    const line = this.line(i, past ?? [], folding);
    const cores = line.groups.slice();
    for (const core of ended) push(cores, core, folding);
    if (standing !== null) push(cores, standing, folding);
    const from = line.settled;
    if (line.groups.length > 1) {
      line.settled += line.groups.length - 1;
      line.groups = line.groups.slice(-1);
    }
    return this.tell(i, instance, cores, from, now);
  }

  /** Notes the difference between what was said from number `from` on and what holds instead. */
  private tell(
    i: number,
    instance: Instance,
    cores: readonly Core[],
    from: number,
    now: number,
  ): boolean {
    const said = this.episodes.get(i) ?? [];
    const holds = this.episodesOf(instance, cores, from, said, now);
    let same = 0;
    while (same < holds.length && holds[same] === said[from + same]) same += 1;
    if (from + same === said.length && same === holds.length) return false;
    if (from + same === said.length) {
      for (let k = same; k < holds.length; k += 1) {
        this.changes.push({ type: 'opened', episode: holds[k] as Episode });
      }
    } else {
      const changes = diffOne(said.slice(from + same), holds.slice(same));
      for (const change of changes) this.changes.push(change);
    }
    if (said.length === 0) this.episodes.set(i, holds);
    else {
      said.length = from + same;
      for (let k = same; k < holds.length; k += 1) said.push(holds[k] as Episode);
    }
    return true;
  }

  /** How severe the condition is at `now`: of the episode that stands, or the rule's own. */
  severityOf(i: number, standing: Core | null, now: number): Severity {
    const instance = instanceOf(this.layout, i);
    if (standing === null || instance.program.resolved?.rule.steps === undefined)
      return instance.program.severity;
    const folding = foldingOf(instance);
    const cores = [...this.line(i, this.past.get(i) ?? [], folding).groups];
    push(cores, standing, folding);
    return severityAt(gradesOf(instance), cores.at(-1) ?? standing, now);
  }

  /** The next instant after `now` at which the age of the episode said last changes its severity. */
  nextStep(i: number, now: number): number {
    const instance = instanceOf(this.layout, i);
    const last = this.episodes.get(i)?.at(-1);
    if (
      last === undefined ||
      last.end !== null ||
      instance.program.resolved?.rule.steps === undefined
    ) {
      return Number.POSITIVE_INFINITY;
    }
    const worst = typeof last.worst === 'number' ? last.worst : Number.NaN;
    return nextStep(gradesOf(instance), { onset: last.onset, end: null, worst }, now);
  }

  /** The value of a rule's primary leaf as a reading has it; null when there is none. */
  decode(instance: Instance, value: number): ReadingValue | null {
    if (Number.isNaN(value) || instance.program.resolved === null) return null;
    const { type } = classOf(this.layout, instance.points[0] ?? -1);
    if (type === 'boolean') return value === 1;
    return type === 'string' ? this.layout.words.decode(value) : value;
  }

  /** The line of an instance with every ending folded in. */
  private line(i: number, past: readonly Ended[], folding: Folding): Line {
    let line = this.lines.get(i);
    if (line === undefined) {
      line = { taken: 0, settled: 0, groups: [] };
      if (past.length > 0) this.lines.set(i, line);
    }
    for (; line.taken < past.length; line.taken += 1) {
      push(line.groups, past[line.taken] as Ended, folding);
    }
    return line;
  }

  /**
   * Drops endings before `time`, but for those that a later one continues: these shrink to one.
   * @returns how many endings there are fewer
   */
  private forgetFolded(i: number, past: Ended[], time: number): number {
    const folding = foldingOf(instanceOf(this.layout, i));
    const before = past.length;
    let first = 0;
    let k = 0;
    for (; k < past.length && (past[k] as Ended).end < time; k += 1) {
      const core = past[k] as Ended;
      if (k > 0 && !continues(past[k - 1] as Ended, core, folding)) first = k;
    }
    const next = past[k];
    const last = past[k - 1];
    if (last === undefined) return 0;
    const standing = this.episodes.get(i)?.at(-1);
    const goesOn =
      next === undefined
        ? standing?.end === null && standing.onset === past[first]?.onset
        : continues(last, next, folding);
    const kept = goesOn ? past.slice(first, k) : [];
    past.splice(0, k, ...shrink(kept, folding));
    return before - past.length;
  }

  /** Makes the line fit endings that were taken away at the back. */
  private rewind(i: number, past: readonly Ended[]): void {
    const line = this.lines.get(i);
    if (line === undefined || line.taken <= past.length) return;
    const { fold } = foldingOf(instanceOf(this.layout, i));
    if (fold > 0) {
      this.lines.delete(i);
      return;
    }
    line.settled = Math.min(line.settled, Math.max(0, past.length - 1));
    line.taken = past.length;
    line.groups = past.slice(line.settled);
  }

  private episodesOf(
    instance: Instance,
    cores: readonly Core[],
    from: number,
    said: readonly Episode[],
    now: number,
  ): Episode[] {
    const holds: Episode[] = [];
    let known = from;
    for (const core of cores) {
      while (known < said.length && (said[known] as Episode).onset < core.onset) known += 1;
      const before = said[known]?.onset === core.onset ? said[known] : undefined;
      holds.push(this.episode(instance, core, before, now));
    }
    return holds;
  }

  private episode(
    instance: Instance,
    core: Core,
    known: Episode | undefined,
    now: number,
  ): Episode {
    const worst = this.decode(instance, core.worst);
    const worstAt = worst === null ? null : core.worstAt;
    const severity = severityAt(gradesOf(instance), core, now);
    if (
      known !== undefined &&
      known.detected === core.detected &&
      known.end === core.end &&
      known.worst === worst &&
      known.worstAt === worstAt &&
      known.severity === severity &&
      known.history === core.history
    ) {
      return known;
    }
    const { subject, program } = instance;
    const { rule, item, effect, latched, standardVersion } = program;
    const { onset, detected, end, history } = core;
    const told = { subject, rule, item, onset, detected, end, worst, worstAt, severity };
    const whole = { ...told, effect, standardVersion, latched, history };
    return new LazyEpisode(whole, this, instance);
  }

  /** The sentence of an episode. */
  why(instance: Instance, worst: ReadingValue | null): Text {
    const { kind, resolved } = instance.program;
    if (resolved !== null) return whyOf(resolved, worst);
    const { metric, silentAfter } = classOf(this.layout, instance.points[0] ?? -1);
    return whySilent(kind, metric, silentAfter);
  }
}

/** Takes leading entries away. @returns how many */
function dropWhile<T>(list: T[], goes: (entry: T) => boolean): number {
  const kept = list.findIndex((entry) => !goes(entry));
  return list.splice(0, kept < 0 ? list.length : kept).length;
}

/** Endings that continue each other as one, decided when the last of them was. */
function shrink(endings: readonly Ended[], folding: Folding): Ended[] {
  const [first, ...others] = endings;
  if (first === undefined) return [];
  return [
    others.reduce<Ended>((sum, core) => {
      const { end, clearedAt } = core;
      return { ...joined(sum, core, folding), end, clearedAt };
    }, first),
  ];
}

function foldingOf({ program: { resolved } }: Instance): Folding {
  return { fold: resolved?.rule.fold ?? 0, primary: resolved?.leaves[0] };
}

function gradesOf({ program: { severity, resolved } }: Instance): Pick<Rule, 'severity' | 'steps'> {
  const steps = resolved?.rule.steps;
  return steps === undefined ? { severity } : { severity, steps };
}
