import type { Asset, Point } from '@caretaker/devices/model';
import type { Reading } from '@caretaker/readings';
import type { Text } from '@caretaker/readings/base';
import type { Condition } from '@caretaker/standards/engine';
import {
  type AssetState,
  type Phase,
  type PlannedWork,
  type Severity,
  severitySchema,
} from '../contract/index.ts';

/** How bad a phase is on a tile: what stands before what is coming, what is known before what is not. */
const phases: readonly Phase[] = ['breach', 'clearing', 'pending', 'unknown', 'ok'];
const severities = severitySchema.options;

export interface PointState {
  readonly verdict: 'ok' | 'breach' | 'unknown';
  readonly phase: Phase;
  readonly severity: Severity | null;
}

const unknown: PointState = { verdict: 'unknown', phase: 'unknown', severity: null };
const fine: PointState = { verdict: 'ok', phase: 'ok', severity: null };

/** A rule about silence that is breached says that the rest is not known, not that something is wrong. */
export function phaseOf(condition: Condition): Phase {
  if (condition.effect !== 'unknown') return condition.phase;
  return condition.phase === 'breach' || condition.phase === 'clearing' ? 'unknown' : 'ok';
}

/**
 * Whether a tile waits for what a rule has to say. One without effect that cannot judge, such as a comparison with
 * days that have not passed yet, leaves the rest as it is; of a sensor that is silent its own rule tells.
 */
function counts({ effect, phase }: Condition): boolean {
  return effect !== 'none' || phase !== 'unknown';
}

/** The worst of some conditions; undefined when there are none. */
function worstOf(all: readonly Condition[]): Condition | undefined {
  const conditions = all.filter(counts);
  const rank = (c: Condition) =>
    phases.indexOf(phaseOf(c)) * severities.length + severities.indexOf(c.severity);
  return conditions.reduce<Condition | undefined>(
    (worst, c) => (worst === undefined || rank(c) < rank(worst) ? c : worst),
    undefined,
  );
}

/**
 * What a point's own mark says.
 * @param conditions of its asset
 * @param silent its gateway is silent, so whatever it last said is no longer known
 */
export function pointState(
  point: Point,
  conditions: readonly Condition[],
  newest: Reading | undefined,
  silent: boolean,
): PointState {
  if (silent || newest === undefined) return unknown;
  const worst = worstOf(conditions.filter((c) => c.points.includes(point.id)));
  if (worst === undefined) return fine;
  const phase = phaseOf(worst);
  if (phase === 'unknown') return unknown;
  return {
    verdict: phase === 'breach' || phase === 'clearing' ? 'breach' : 'ok',
    phase,
    severity: phase === 'ok' ? null : worst.severity,
  };
}

export interface AssetFacts {
  readonly asset: Asset;
  readonly conditions: readonly Condition[];
  readonly newest: (point: string) => Reading | undefined;
  /** Open tickets of this asset. */
  readonly tickets: readonly number[];
  /** Since when its gateway is silent; null while it is not. */
  readonly silentSince: number | null;
  readonly factOf: (condition: Condition) => Text;
  /** The planned work under way on it; null when there is none. */
  readonly planned: PlannedWork | null;
}

const silentFact: Text = { en: 'Gateway silent', zh: '网关无数据' };
const blankFact: Text = { en: 'No readings yet', zh: '尚无读数' };

/** What an asset's tile says: its worst fact. */
export function assetState(facts: AssetFacts): AssetState {
  const { asset, conditions, newest, silentSince } = facts;
  const silent = silentSince !== null;
  const states = asset.points.map((p) => pointState(p, conditions, newest(p.id), silent));
  const tickets = [...facts.tickets];
  const points = count(states);
  const planned = plannedOf(facts.planned);
  const base = { severity: null, until: null, rule: null, tickets, points, planned };
  if (silent) return { ...base, ...unknown, since: silentSince, fact: silentFact };
  const worst = worstOf(conditions);
  const phase = worst === undefined ? 'ok' : phaseOf(worst);
  if (worst === undefined || phase === 'ok') {
    if (points.ok > 0 || asset.points.length === 0) {
      return { ...base, ...fine, since: worst?.since || null, fact: null };
    }
    return { ...base, ...unknown, since: null, fact: blankFact };
  }
  const { until, rule } = worst;
  // An engine that has seen nothing yet has been so since the beginning of time.
  const since = worst.since > 0 ? worst.since : null;
  if (phase === 'unknown') {
    const fact = points.unknown === states.length ? blankOr(facts, worst) : facts.factOf(worst);
    return { ...base, ...unknown, since, rule, fact };
  }
  const verdict = phase === 'pending' ? 'ok' : 'breach';
  const fact = facts.factOf(worst);
  return { ...base, verdict, phase, severity: worst.severity, since, until, rule, fact };
}

function plannedOf(work: PlannedWork | null): AssetState['planned'] {
  return work === null ? null : { id: work.id, until: work.to, reason: work.reason };
}

function blankOr({ asset, newest, factOf }: AssetFacts, worst: Condition): Text {
  return asset.points.every((p) => newest(p.id) === undefined) ? blankFact : factOf(worst);
}

function count(states: readonly PointState[]): AssetState['points'] {
  const counts = { ok: 0, breach: 0, pending: 0, unknown: 0 };
  for (const { phase } of states) counts[phase === 'clearing' ? 'breach' : phase] += 1;
  return counts;
}
