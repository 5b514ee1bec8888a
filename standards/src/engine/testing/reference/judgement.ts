import { hasSize } from './figures.ts';
import { Judge, type Span } from './judge.ts';
import { calendarsOf, type Resolved, resolveRule, shapeOf } from './resolve.ts';
import { foldEpisodes, isForgotten, steppedSeverity } from './said.ts';
import { Walk } from './walk.ts';
import type {
  InForce,
  ReferenceAsset,
  ReferenceCalendar,
  ReferenceEpisode,
  ReferencePoint,
  ReferenceSaid,
} from './world.ts';
import { holdsUntil } from './world.ts';

/** Versions of a rule that go on as one machine: from an instant on, with that many spans. */
interface Continuation {
  readonly from: number;
  readonly spans: Span[];
}

/**
 * What stands of one rule on one asset.
 * @param timeline the versions of the rule, in order of time
 */
export function judgeAsset(
  timeline: readonly InForce[],
  asset: ReferenceAsset,
  calendar: ReferenceCalendar,
): ReferenceSaid[] {
  return machinesOf(timeline, asset).flatMap((machine) => judgeMachine(machine, calendar));
}

function machinesOf(timeline: readonly InForce[], asset: ReferenceAsset): Continuation[] {
  const machines: Continuation[] = [];
  let from = Number.NEGATIVE_INFINITY;
  let shape: string | null = null;
  for (const { rule, version, limits, until } of timeline) {
    const resolved = rule === undefined ? null : resolveRule(rule, asset, limits);
    const next = resolved === null ? null : shapeOf(resolved.rule);
    if (resolved !== null) {
      const span: Span = { resolved, version, until };
      if (next === shape) machines.at(-1)?.spans.push(span);
      else machines.push({ from, spans: [span] });
    }
    shape = next;
    from = until;
  }
  return machines.map((m) => ({ from: m.from, spans: m.spans.map((s) => since(s, m.from)) }));
}

/** The span as if there had been no readings before an instant. */
function since(span: Span, from: number): Span {
  const known = new Map<ReferencePoint, ReferencePoint>();
  const cut = (point: ReferencePoint): ReferencePoint => {
    const readings = point.readings.filter((r) => r.at >= from);
    const made = known.get(point) ?? { ...point, readings };
    known.set(point, made);
    return made;
  };
  const leaves = span.resolved.leaves.map((leaf) => ({ ...leaf, point: cut(leaf.point) }));
  const resolved: Resolved = { ...span.resolved, leaves };
  return { ...span, resolved };
}

function judgeMachine({ spans }: Continuation, calendar: ReferenceCalendar): ReferenceSaid[] {
  const judge = new Judge(spans, calendar);
  const newest = judge.inputs.map((p) => p.readings.at(-1)?.at ?? Number.NEGATIVE_INFINITY);
  const end = Math.max(Math.min(...judge.inputs.map((p) => p.completeTo)), ...newest);

  const stop = spans.at(-1)?.until ?? Number.POSITIVE_INFINITY;
  const ends = stop <= end;
  const last = ends ? stop - 1 : end;
  const moments = momentsOf(judge, spans, calendar, last).map((time) => judge.moment(time));
  const found = new Walk(moments, judge, last).episodes();
  const worse = (a: ReferenceEpisode, b: ReferenceEpisode) =>
    a.worst !== null && judge.worse(a.worst, b.worst ?? a.worst, a.worstAt ?? a.onset);
  for (const episode of found) {
    if (!ends || episode.end !== null) continue;
    episode.end = stop;
    episode.clearedAt = stop;
  }
  const judgedFrom = Math.min(...judge.inputs.map((p) => p.judgedFrom ?? Number.NEGATIVE_INFINITY));
  const longest = Math.max(...spans.map((s) => s.resolved.rule.fold ?? 0));
  const folded = foldEpisodes(found, (time) => judge.rule(time), worse);
  const known = folded.filter((episode) => !isForgotten(episode, judgedFrom, longest));
  return known.map(({ clearedAt: _, ...episode }) => {
    const { resolved, version } = judge.span(episode.onset);
    const { latched, effect } = resolved.rule;
    const sized = hasSize(resolved.leaves[0]?.clause);
    const severity = steppedSeverity(resolved.rule, episode, end, sized);
    return { ...episode, severity, version, latched, effect };
  });
}

/** Every instant at which something may change, up to `last`, from the first reading on. */
function momentsOf(
  judge: Judge,
  spans: readonly Span[],
  calendar: ReferenceCalendar,
  last: number,
): number[] {
  const readings = judge.inputs.flatMap((p) => p.readings.map((r) => r.at));
  const first = Math.min(...readings);
  if (!Number.isFinite(first) || first > last) return [];
  const expiries = judge.inputs.flatMap((p) => p.readings.map((r) => holdsUntil(p, r.at)));
  const edges = spans
    .flatMap((s) => calendarsOf(s.resolved.rule))
    .flatMap((spec) => calendar.edges(spec, first, last));
  const all = [...readings, ...expiries, ...judge.flips(), ...edges, ...spans.map((s) => s.until)];
  return [...new Set(all)].filter((t) => t >= first && t <= last).sort((a, b) => a - b);
}
