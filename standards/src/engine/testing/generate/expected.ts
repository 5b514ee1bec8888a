import type { Reading } from '@caretaker/readings';
import { createCalendars } from '../../../calendar/index.ts';
import type { CalendarSpec } from '../../../rules/clause.ts';
import type { Episode } from '../../index.ts';
import {
  judgeAsset,
  type Limits,
  type ReferenceAsset,
  type ReferenceCalendar,
  type ReferencePoint,
  referenceSilence,
} from '../reference.ts';
import { metrics } from './rules.ts';
import type { Version, World } from './scenario.ts';

const day = 86_400_000;

/** What two ways of judging must agree on. */
export type Bare = Omit<Episode, 'item' | 'why'>;

export function bare(episodes: readonly Episode[]): Bare[] {
  return episodes.map(({ item: _item, why: _why, ...rest }) => rest).sort(inOrder);
}

const keyOf = (e: Bare) => `${e.subject} ${e.rule} ${String(e.onset).padStart(15)}`;
const inOrder = (a: Bare, b: Bare) => (keyOf(a) < keyOf(b) ? -1 : 1);

/** The world as whoever was told of everything knows it: nothing is forgotten. */
export function withoutHorizon(world: World): World {
  const options = { ...world.options, horizon: Number.POSITIVE_INFINITY };
  return { ...world, readings: judgedOf(world), options };
}

/** Readings that are young enough to be judged when they are received, or judged at any age. */
export function judgedOf({ estate, readings, options }: World): readonly Reading[] {
  const points = estate.assets.flatMap((asset) => asset.points);
  const ageless = new Set(points.filter((p) => p.history === 'judge').map((p) => p.id));
  return readings.filter((r) => ageless.has(r.point) || r.at >= r.received - options.horizon);
}

/** What the reference says of a world when every gateway has said all. */
export function expected(world: World): Bare[] {
  const calendar = calendarOf(world);
  const assets = referenceAssets(world);
  const found: Bare[] = [];
  for (const [id, asset] of assets) {
    const subject = `e/${id}`;
    for (const k of world.versions[0]?.rules.keys() ?? []) {
      const timeline = world.versions.map((v) => ({
        rule: v.rules[k],
        version: v.version,
        limits: limitsOf(v, `r${k}`),
        until: v.until,
      }));
      for (const { version: standardVersion, ...rest } of judgeAsset(timeline, asset, calendar)) {
        found.push({ subject, rule: `r${k}`, ...rest, standardVersion });
      }
    }
    for (const point of asset.points.filter((p) => p.judgedFrom !== undefined)) {
      found.push(...silenceOf(world, subject, point));
    }
  }
  return found.sort(inOrder);
}

function limitsOf(version: Version, rule: string): Limits {
  return Object.fromEntries(
    Object.entries(version.limits).flatMap(([id, rules]) =>
      rules[rule] === undefined ? [] : [[id, rules[rule]]],
    ),
  );
}

function silenceOf(world: World, subject: string, point: ReferencePoint): Bare[] {
  return referenceSilence(point).map((episode) => ({
    subject,
    rule: `silence:${point.metric}`,
    ...episode,
    severity: 'low',
    effect: 'unknown',
    latched: false,
    standardVersion: world.versions.find((v) => episode.onset < v.until)?.version ?? '',
  }));
}

function referenceAssets(world: World): Map<string, ReferenceAsset> {
  const { estate, ends, options } = world;
  const byPoint = Map.groupBy(judgedOf(world), (r: Reading) => r.point);
  const made = new Map(
    estate.assets.map((asset) => {
      const points = asset.points.map(({ id, metric, silentAfter, history }): ReferencePoint => {
        const silences = world.versions.map((v) => ({
          silentAfter: v.silentAfter[metrics.indexOf(metric as (typeof metrics)[number])] ?? null,
          until: v.until,
        }));
        const completeTo = (ends as Readonly<Record<string, number>>)[asset.gateway] ?? 0;
        const judgedFrom = Math.floor((completeTo - options.horizon) / day) * day;
        const readings = byPoint.get(id) ?? [];
        const point = { id, metric, silentAfter, silences, readings, completeTo };
        return history === 'judge' ? point : { ...point, judgedFrom };
      });
      return [asset.id, { points, relations: {} as Record<string, ReferenceAsset[]> }];
    }),
  );
  for (const asset of estate.assets) {
    for (const [relation, ids] of Object.entries(asset.relations)) {
      const own = made.get(asset.id);
      if (own) own.relations[relation] = ids.flatMap((id) => made.get(id) ?? []);
    }
  }
  return made;
}

/** Calendars of places that are the same, made once: those of the sun take a while. */
const calendars = new Map<string, ReturnType<typeof createCalendars>>();

function calendarOf({ estate }: World): ReferenceCalendar {
  const key = JSON.stringify([estate.zone, estate.location, estate.calendars, estate.holidays]);
  const of = calendars.get(key) ?? createCalendars(estate);
  calendars.set(key, of);
  return {
    at: (spec: CalendarSpec, time: number) => of(spec).at(time),
    edges: (spec: CalendarSpec, from: number, to: number) => {
      const edges: number[] = [];
      for (let t = of(spec).next(from - 1); t <= to; t = of(spec).next(t)) edges.push(t);
      return edges;
    },
  };
}
