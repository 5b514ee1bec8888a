import type { Asset, Estate, Point } from '@caretaker/devices/model';
import { type Calendar, createCalendars } from '../../calendar/index.ts';
import type { Standard } from '../../catalogue/standard.ts';
import type { CalendarSpec, Rule } from '../../rules/clause.ts';
import { appliesTo, resolve } from '../../rules/resolve.ts';
import type { Program, ValueType } from './program.ts';
import { type Programs, typeOf } from './programs.ts';

/** Where a rule's point is: of the subject itself (−1), or of the n-th asset related to it; and which metric. */
export interface Place {
  readonly asset: number;
  readonly metric: string;
}

/** A rule that watches an asset. */
export interface Entry {
  readonly rule: string;
  readonly program: Program;
  /** Its distinct points. */
  readonly places: readonly Place[];
}

/** What assets that differ in nothing a rule looks at have in common. */
export interface Template {
  readonly number: number;
  readonly entries: readonly Entry[];
  /** Type of each of the asset's own points as its own rules compare it. */
  readonly types: ReadonlyMap<string, ValueType>;
}

interface Scope {
  readonly estate: Estate;
  readonly calendars: (spec: CalendarSpec) => Calendar;
  readonly assets: ReadonlyMap<string, Asset>;
}

/** The rules of one standard, resolved for assets of its estates: once for all that are alike. */
export class Templates {
  private readonly version: string;
  private readonly rules: readonly Rule[];
  private readonly silence: Rule | undefined;
  private readonly scopes = new Map<string, Scope>();
  private readonly programs: Programs;
  private readonly known = new Map<string, Template>();

  constructor(standard: Standard, estates: readonly Estate[], programs: Programs) {
    this.version = standard.version;
    this.rules = standard.items.flatMap((item) => item.rules);
    this.silence = this.rules.find((rule) => rule.builtin === 'silence');
    this.programs = programs;
    for (const estate of estates) {
      const assets = new Map(estate.assets.map((asset) => [asset.id, asset]));
      this.scopes.set(estate.id, { estate, calendars: createCalendars(estate), assets });
    }
  }

  asset(estate: string, id: string): Asset | undefined {
    return this.scopes.get(estate)?.assets.get(id);
  }

  /** Assets that the relations of one name, relation by relation. */
  related(estate: string, asset: Asset): Asset[] {
    const assets = this.scopes.get(estate)?.assets;
    return Object.values(asset.relations).flatMap((ids) =>
      ids.flatMap((id) => assets?.get(id) ?? []),
    );
  }

  of(estate: string, asset: Asset): Template {
    const others = this.related(estate, asset);
    const key = JSON.stringify([
      estate,
      asset.kind,
      asset.touchpoint,
      asset.attributes,
      asset.points.map(pointKey),
      Object.entries(asset.relations).map(([name, ids]) => [name, ids.length]),
      others.map((other) => [other.kind, other.attributes, other.points.map(pointKey)]),
    ]);
    let template = this.known.get(key);
    if (template === undefined) {
      template = this.resolve(asset, others, this.scopes.get(estate) as Scope);
      this.known.set(key, template);
    }
    return template;
  }

  private resolve(asset: Asset, others: readonly Asset[], scope: Scope): Template {
    const places = placesOf(asset, others);
    const types = new Map<string, ValueType>();
    const around = {
      estate: scope.estate,
      calendars: scope.calendars,
      standardVersion: this.version,
    };
    const entries: Entry[] = [];
    for (const [rank, rule] of this.rules.entries()) {
      if (!appliesTo(rule, asset)) continue;
      const resolved = resolve(rule, asset, (id) => scope.assets.get(id));
      if ('missing' in resolved) continue;
      const of = resolved.leaves.map((leaf) => places.get(leaf.point) as Located);
      const distinct = [...new Set(of)];
      const names = of.map((place) => `${place.asset} ${place.metric}`);
      const silentAfter = distinct.map(({ point }) => silenceOf(point));
      const program = this.programs.of(resolved, asset.kind, rank, names, silentAfter, around);
      entries.push({ rule: rule.id, program, places: distinct });
      for (const [k, leaf] of resolved.leaves.entries()) {
        const type = typeOf(leaf);
        const { asset: owner, metric } = of[k] as Place;
        if (owner < 0 && type !== null) types.set(metric, type);
      }
    }
    for (const [k, point] of asset.points.entries()) {
      const entry = this.silenceOf(asset, point, this.rules.length + k);
      if (entry !== null) entries.push(entry);
    }
    return { number: this.known.size, entries, types };
  }

  private silenceOf(asset: Asset, point: Point, rank: number): Entry | null {
    if (this.silence === undefined || point.silentAfter === null || point.history === 'judge') {
      return null;
    }
    const program = this.programs.silence(this.silence, asset.kind, point, rank, this.version);
    return { rule: program.rule, program, places: [{ asset: -1, metric: point.metric }] };
  }
}

interface Located extends Place {
  readonly point: Point;
}

export function silenceOf(point: Point): number {
  return point.silentAfter ?? Number.POSITIVE_INFINITY;
}

function placesOf(asset: Asset, others: readonly Asset[]): Map<string, Located> {
  const places = new Map<string, Located>();
  for (const [k, other] of [asset, ...others].entries()) {
    for (const point of other.points) {
      const { id, metric } = point;
      if (!places.has(id)) places.set(id, { asset: k - 1, metric, point });
    }
  }
  return places;
}

/** What rules look at of a point. */
function pointKey({ metric, limits, silentAfter, history }: Point): unknown[] {
  return [metric, limits, silentAfter, history];
}
