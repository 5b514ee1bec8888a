import type { ReadingValue } from '@caretaker/readings';
import type { Text } from '@caretaker/readings/base';
import type { Severity } from '../severity.ts';
import { whyOf, whySilent } from '../text/why.ts';
import { classOf, type Instance, instanceOf, type Layout, versionAt } from './core/layout.ts';
import { programAt } from './core/timeline.ts';
import { diffOne } from './diff.ts';
import type { Ended } from './ended.ts';
import type { Episode, EpisodeChange } from './engine.ts';
import { LazyEpisode, type Teller } from './episode.ts';
import { type Core, continues, type Foldings, push } from './folding.ts';
import { decidedUntil, overBefore, shrink } from './forgetting.ts';
import { foldingOf, gradesOf } from './in-force.ts';
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
  /** Up to when the last ending that was forgotten was decided: found again by looking back, it is not news. */
  readonly forgotten: Map<number, number> = new Map();
  changes: EpisodeChange[] = [];
  private readonly lines = new Map<number, Line>();
  private readonly layout: Layout;

  constructor(layout: Layout) {
    this.layout = layout;
  }

  /** Adds episodes that ended for good. */
  end(i: number, ended: readonly Ended[]): void {
    const past = this.past.get(i);
    if (past === undefined) {
      this.past.set(i, [...ended]);
      return;
    }
    const known = past.at(-1)?.clearedAt ?? Number.NEGATIVE_INFINITY;
    for (const one of ended) if (one.clearedAt > known) past.push(one);
  }

  /** Forgets endings decided at or after `time`: it is going to be judged again. */
  reopen(i: number, time: number): void {
    const past = this.past.get(i);
    if (past === undefined) return;
    // Several that are kept as one go together: those of them that are decided again are known already.
    const goes = ({ clearedAt, firstClearedAt }: Ended) => (firstClearedAt ?? clearedAt) >= time;
    while (past.length > 0 && goes(past.at(-1) as Ended)) past.pop();
    this.rewind(i, past);
  }

  /** Whether any episode of the instance is over or was said. */
  knows(i: number): boolean {
    return this.past.has(i) || this.episodes.has(i);
  }

  /** Whether all is said of a known instance of which nothing stands, and nothing is to be forgotten. */
  rests(i: number, edge: number): boolean {
    const past = this.past.get(i);
    const said = this.episodes.get(i);
    const line = this.lines.get(i);
    const last = line?.groups.at(-1);
    if (past === undefined || said === undefined || line === undefined || last === undefined) {
      return false;
    }
    const same = line.taken === past.length && said.length === line.settled + line.groups.length;
    return same && said.at(-1)?.end === last.end && (past[0] as Ended).clearedAt >= edge;
  }

  /** Says nothing of what was decided to be over before `time`. */
  ignore(i: number, time: number): void {
    this.forgotten.set(i, time);
  }

  /** Whether the first episode said may be one that `forget` forgets. */
  mayForget(i: number, edge: number): boolean {
    const first = this.episodes.get(i)?.[0];
    return first !== undefined && first.end !== null && first.end < edge;
  }

  /**
   * Forgets again what was forgotten, and is known again since late readings made the engine look back that far.
   * @param ended episodes over though no reading has said so yet
   * @returns those of `ended` that are left
   */
  again(i: number, ended: readonly Ended[]): readonly Ended[] {
    const until = this.forgotten.get(i);
    if (until === undefined) return ended;
    const past = this.past.get(i) ?? none;
    const lost = decidedUntil(past, until);
    if (lost > 0) {
      past.splice(0, lost);
      this.lines.delete(i);
    }
    return ended.slice(decidedUntil(ended, until));
  }

  /**
   * Forgets, without a word, what was decided to be over before `edge` and can be continued by nothing after it.
   * To be called after all was said.
   * @param standing the episode that stands, or null
   * @param ended episodes over though no reading has said so yet
   * @param edge nothing from before it is judged any more, UTC epoch milliseconds
   */
  forget(i: number, edge: number, standing: Core | null, ended: readonly Ended[]): void {
    const past = this.past.get(i) ?? none;
    const oldest = past[0] ?? ended[0];
    if (oldest === undefined || oldest.clearedAt >= edge) return;
    const folding = foldingOf(instanceOf(this.layout, i));
    const all = ended.length === 0 ? past : [...past, ...ended];
    const groups = overBefore(all, standing, edge, { folding, fold: this.folds(i) });
    const over = groups.at(-1);
    if (over !== undefined) {
      const lost = Math.min(over.next, past.length);
      const line = this.lines.get(i);
      if (line !== undefined && groups.length <= line.settled && lost === over.next) {
        line.settled -= groups.length;
        line.taken -= lost;
      } else this.lines.delete(i);
      past.splice(0, lost);
      const said = this.episodes.get(i) ?? none;
      said.splice(0, groups.length);
      if (said.length === 0) this.episodes.delete(i);
      this.forgotten.set(i, over.last.clearedAt);
    }
    if (past.length === 0) this.past.delete(i);
    else if (shrink(past, edge, folding)) this.lines.delete(i);
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
    const quick = ended.length === 0 && this.sayLast(i, instance, standing, now);
    if (quick !== false) return quick === changed;
    const folding = foldingOf(instance);
    const line = this.line(i, past ?? [], folding);
    const cores = line.groups.slice();
    for (const core of ended) push(cores, core, folding(core));
    if (standing !== null) push(cores, standing, folding(standing));
    const from = line.settled;
    if (line.groups.length > 1) {
      line.settled += line.groups.length - 1;
      line.groups = line.groups.slice(-1);
    }
    return this.tell(i, instance, cores, from, now);
  }

  /**
   * The quick way for what happens almost always: an episode begins, goes on or has ended, and all before it is as it was.
   * @returns false when it is not as simple as that
   */
  private sayLast(
    i: number,
    instance: Instance,
    standing: Core | null,
    now: number,
  ): typeof changed | typeof unchanged | false {
    const said = this.episodes.get(i) ?? none;
    const last = said[said.length - 1];
    const past = this.past.get(i) ?? none;
    const line = this.lines.get(i);
    const fresh = past.length - (line?.taken ?? 0);
    if (fresh !== (standing === null ? 1 : 0)) return false;
    const core = standing ?? (past.at(-1) as Ended);
    // Its own onset: it continues no other one. And nothing else was said that is not settled.
    const others = line === undefined ? 0 : line.settled + line.groups.length;
    const before = line?.groups.at(-1);
    // What was said last but one may have gone on in between.
    if (before !== undefined && said[others - 1]?.end !== before.end) return false;
    if (said.length === others && standing !== null) {
      if (before !== undefined && continues(before, core, foldingOf(instance)(core))) {
        return false;
      }
      return this.open(i, this.episode(instance, core, undefined, now));
    }
    if (last?.onset !== core.onset || said.length !== others + 1) return false;
    if (standing === null) {
      this.lines.set(i, { taken: past.length, settled: others, groups: [core] });
    }
    const episode = this.episode(instance, core, last, now);
    if (episode === last) return unchanged;
    said[said.length - 1] = episode;
    const { subject, rule, onset } = last;
    this.changes.push({ type: 'amended', was: { subject, rule, onset }, episode });
    return changed;
  }

  private open(i: number, episode: Episode): typeof changed {
    const said = this.episodes.get(i);
    if (said === undefined) this.episodes.set(i, [episode]);
    else said.push(episode);
    this.changes.push({ type: 'opened', episode });
    return changed;
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
    if (standing === null) return programAt(instance.program, now).severity;
    const folding = foldingOf(instance);
    const cores = [...this.line(i, this.past.get(i) ?? [], folding).groups];
    push(cores, standing, folding(standing));
    const core = cores.at(-1) ?? standing;
    return severityAt(gradesOf(instance, core.onset), core, now);
  }

  /** The next instant after `now` at which the age of the episode said last changes its severity. */
  nextStep(i: number, now: number): number {
    const last = this.episodes.get(i)?.at(-1);
    if (last === undefined || last.end !== null) return Number.POSITIVE_INFINITY;
    const grades = gradesOf(instanceOf(this.layout, i), last.onset);
    if (grades.steps === undefined) return Number.POSITIVE_INFINITY;
    const worst = typeof last.worst === 'number' ? last.worst : Number.NaN;
    return nextStep(grades, { onset: last.onset, end: null, worst }, now);
  }

  /** The value of a rule's primary leaf: as a reading has it, or the share of time it held; null when none. */
  decode(instance: Instance, value: number): ReadingValue | null {
    const { resolved } = instance.program;
    if (Number.isNaN(value) || resolved === null) return null;
    if ((resolved.leaves[0]?.share ?? null) !== null) return value;
    const { type } = classOf(this.layout, instance.points[0] ?? -1);
    if (type === 'boolean') return value === 1;
    return type === 'string' ? this.layout.words.decode(value) : value;
  }

  /** The line of an instance with every ending folded in. */
  private line(i: number, past: readonly Ended[], folding: Foldings): Line {
    let line = this.lines.get(i);
    if (line === undefined) {
      line = { taken: 0, settled: 0, groups: [] };
      if (past.length > 0) this.lines.set(i, line);
    }
    for (; line.taken < past.length; line.taken += 1) {
      const core = past[line.taken] as Ended;
      push(line.groups, core, folding(core));
    }
    return line;
  }

  /** The longest fold of any version; 0 when the rule does not fold. */
  private folds(i: number): number {
    const { timeline, resolved } = instanceOf(this.layout, i).program;
    const programs = timeline === null ? [{ resolved }] : timeline.spans.map((s) => s.program);
    return Math.max(...programs.map((program) => program.resolved?.rule.fold ?? 0));
  }

  /** Makes the line fit endings that were taken away at the back. */
  private rewind(i: number, past: readonly Ended[]): void {
    const line = this.lines.get(i);
    if (line === undefined || line.taken <= past.length) return;
    const fold = this.folds(i);
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
    const severity = severityAt(gradesOf(instance, core.onset), core, now);
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
    const { subject, points } = instance;
    const program = programAt(instance.program, core.onset);
    const { rule, item, effect, latched } = program;
    const { onset, detected, end, history } = core;
    const standardVersion = versionAt(this.layout, onset);
    const about = { subject, points, program };
    return new LazyEpisode(
      {
        subject,
        rule,
        item,
        onset,
        detected,
        end,
        worst,
        worstAt,
        severity,
        effect,
        standardVersion,
        latched,
        history,
      },
      this,
      about,
    );
  }

  /** The sentence of an episode. */
  why(instance: Instance, worst: ReadingValue | null): Text {
    const { kind, resolved } = instance.program;
    if (resolved !== null) return whyOf(resolved, worst);
    const { metric } = classOf(this.layout, instance.points[0] ?? -1);
    return whySilent(kind, metric, instance.program.silentAfter[0] ?? Number.POSITIVE_INFINITY);
  }
}

const changed = 1;
const unchanged = 0;
/** Nothing is ever put into it. */
const none: never[] = [];
