import type { Program, Timeline } from './program.ts';
import type { Entry } from './templates.ts';

/** What one version of the standard says of a rule, and up to when, exclusive. */
export interface InForce {
  readonly entry: Entry | undefined;
  readonly until: number;
}

/**
 * The programs by which a rule is judged on a subject, one after another: a rule goes on as the same program while
 * only its numbers change; any other change ends it and begins another one.
 */
export function programsOver(stretches: readonly InForce[]): Entry[] {
  const found: Entry[] = [];
  let run: InForce[] = [];
  let from = Number.NEGATIVE_INFINITY;
  let start = from;
  const finish = (stop: number) => {
    if (run.length > 0) found.push(joined(run, start, stop));
    run = [];
  };
  for (const stretch of stretches) {
    const last = run.at(-1)?.entry;
    if (last?.program.shape !== stretch.entry?.program.shape) finish(from);
    if (run.length === 0) start = from;
    if (stretch.entry !== undefined) run.push(stretch);
    from = stretch.until;
  }
  finish(Number.POSITIVE_INFINITY);
  return found;
}

/** One program of stretches that differ in nothing but numbers. */
function joined(run: readonly InForce[], from: number, stop: number): Entry {
  const last = run.at(-1)?.entry as Entry;
  const spans: { until: number; program: Program }[] = [];
  for (const { entry, until } of run) {
    const { program } = entry as Entry;
    const before = spans.at(-1);
    if (before !== undefined && sameNumbers(before.program, program)) before.until = until;
    else spans.push({ until, program });
  }
  const end = spans.at(-1);
  if (end !== undefined) end.until = Number.POSITIVE_INFINITY;
  const [only] = spans;
  const always = from === Number.NEGATIVE_INFINITY && stop === Number.POSITIVE_INFINITY;
  if (spans.length === 1 && only !== undefined && always) return last;
  const base = { ...last.program, simple: false };
  return { ...last, program: { ...base, timeline: { from, stop, spans } } };
}

/** Silence limits are of the points and not in the name of the rule, which goes on whatever they become. */
function sameNumbers(a: Program, b: Program): boolean {
  return a.key === b.key && a.silentAfter.every((limit, k) => limit === b.silentAfter[k]);
}

/** The program of the numbers in force at an instant. */
export function programAt(program: Program, time: number): Program {
  const { timeline } = program;
  if (timeline === null) return program;
  return timeline.spans[spanAt(timeline, time)]?.program ?? program;
}

/** Which numbers are in force at an instant. */
export function spanAt({ spans }: Timeline, time: number): number {
  const k = spans.findIndex(({ until }) => time < until);
  return k < 0 ? spans.length - 1 : k;
}

/** The first instant after `time` at which numbers change or the program stops; Infinity for never. */
export function nextChange({ spans, stop }: Timeline, time: number): number {
  const until = spans.find((span) => span.until > time)?.until ?? Number.POSITIVE_INFINITY;
  return stop > time ? Math.min(until, stop) : until;
}
