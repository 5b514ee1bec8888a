import type { Asset, Estate, Point } from '@caretaker/devices/model';
import { createCalendars } from '../../calendar/index.ts';
import type { Standard } from '../../catalogue/standard.ts';
import type { Rule } from '../../rules/clause.ts';
import { appliesTo, resolve } from '../../rules/resolve.ts';
import { type Layout, type PointClass, Words } from './layout.ts';
import type { Program, ValueType } from './program.ts';
import { Programs, type Surroundings, typeOf } from './programs.ts';

export interface EngineOptions {
  readonly standard: Standard;
  readonly estates: readonly Estate[];
  /** How far a reading may lie behind its own receipt and still be judged, milliseconds. */
  readonly horizon: number;
  /** What was in force before, oldest first; readings are judged by what was in force at their own time. */
  readonly earlier?: readonly EarlierVersion[];
}

/** A standard and the limits of estates that were in force up to, and not including, an instant. */
export interface EarlierVersion {
  readonly standard: Standard;
  readonly estates: readonly Estate[];
  /** Event time, UTC epoch milliseconds. */
  readonly until: number;
}

/** Numbers every point, gateway and instance of the estates under the standard. */
export function compile(options: EngineOptions, words: Words = new Words()): Layout {
  const compiler = new Compiler(options, words);
  for (const estate of options.estates) compiler.estate(estate);
  return compiler.layout();
}

/** Where a rule's point is: of the subject itself (−1), or of the n-th asset related to it; and which. */
interface Place {
  readonly asset: number;
  readonly point: number;
}

/** What assets that differ in nothing a rule looks at have in common. */
interface Template {
  /** Class of each point. */
  readonly classes: readonly number[];
  readonly wide: readonly { readonly program: Program; readonly places: readonly Place[] }[];
}

interface Wide {
  readonly program: Program;
  readonly subject: number;
  readonly points: readonly number[];
}

interface Scope extends Surroundings {
  readonly assets: ReadonlyMap<string, Asset>;
}

class Compiler {
  private readonly options: EngineOptions;
  private readonly rules: readonly Rule[];
  private readonly silence: Rule | undefined;
  private readonly words: Words;
  private readonly programs: Programs;
  private readonly templates = new Map<string, Template>();
  private readonly classNumbers = new Map<string, number>();
  private readonly classes: PointClass[] = [];
  private readonly programNumbers = new Map<Program, number>();
  private readonly gateways = new Map<string, number>();
  private readonly subjects = new Map<string, number>();
  private readonly points = new Map<string, number>();
  private readonly classOf: number[] = [];
  private readonly gatewayOf: number[] = [];
  private readonly subjectOf: number[] = [];
  private readonly firstPoint: number[] = [];
  private readonly firstWide: number[] = [];
  private readonly wide: Wide[] = [];

  constructor(options: EngineOptions, words: Words) {
    this.options = options;
    this.rules = options.standard.items.flatMap((item) => item.rules);
    this.silence = this.rules.find((rule) => rule.builtin === 'silence');
    this.words = words;
    this.programs = new Programs(words);
  }

  estate(estate: Estate): void {
    const scope: Scope = {
      estate,
      calendars: createCalendars(estate),
      standardVersion: this.options.standard.version,
      assets: new Map(estate.assets.map((asset) => [asset.id, asset])),
    };
    const found = estate.assets.map((asset) => this.templateOf(asset, scope));
    // Rules reach into other assets, whose points must be numbered first.
    let next = 0;
    for (const asset of estate.assets) {
      const template = found[next] as Template;
      this.firstWide.push(this.wide.length);
      this.widen(asset, template, scope);
      next += 1;
    }
  }

  layout(): Layout {
    const n = this.points.size;
    const first = new Int32Array(n + 1);
    const firstGeneral = new Int32Array(n + 1);
    for (let p = 0; p < n; p += 1) {
      const { programs, simple } = this.classes[this.classOf[p] as number] as PointClass;
      first[p + 1] = (first[p] as number) + programs.length;
      firstGeneral[p + 1] = (firstGeneral[p] as number) + programs.length - simple;
    }
    const wideFirst = new Int32Array(this.wide.length + 1);
    for (const [w, { points }] of this.wide.entries()) {
      wideFirst[w + 1] = (wideFirst[w] as number) + points.length;
    }
    const [feedsFirst, feeds] = this.feeds(n);
    return {
      horizon: this.options.horizon,
      gateways: [...this.gateways.keys()],
      gatewayNumbers: this.gateways,
      subjects: [...this.subjects.keys()],
      subjectNumbers: this.subjects,
      points: [...this.points.keys()],
      pointNumbers: this.points,
      classes: this.classes,
      classOf: Int32Array.from(this.classOf),
      gatewayOf: Int32Array.from(this.gatewayOf),
      subjectOf: Int32Array.from(this.subjectOf),
      first,
      firstGeneral,
      firstPoint: Int32Array.from([...this.firstPoint, n]),
      firstWide: Int32Array.from([...this.firstWide, this.wide.length]),
      widePrograms: this.wide.map(({ program }) => program),
      wideSubject: Int32Array.from(this.wide, ({ subject }) => subject),
      wideFirst,
      widePoints: Int32Array.from(this.wide.flatMap(({ points }) => points)),
      feedsFirst,
      feeds,
      words: this.words,
      hint: { point: 0 },
    };
  }

  private feeds(n: number): readonly [Int32Array, Int32Array] {
    const first = new Int32Array(n + 1);
    for (const { points } of this.wide) for (const p of points) (first[p + 1] as number) += 1;
    for (let p = 0; p < n; p += 1) (first[p + 1] as number) += first[p] as number;
    const next = first.slice();
    const feeds = new Int32Array(first[n] as number);
    for (const [w, { points }] of this.wide.entries()) {
      for (const p of points) {
        feeds[next[p] as number] = w;
        (next[p] as number) += 1;
      }
    }
    return [first, feeds];
  }

  /** Numbers an asset's points. */
  private templateOf(asset: Asset, scope: Scope): Template {
    const template = this.template(asset, scope);
    const subject = this.subjects.size;
    this.subjects.set(`${scope.estate.id}/${asset.id}`, subject);
    this.firstPoint.push(this.points.size);
    const gateway = this.gateways.get(asset.gateway) ?? this.gateways.size;
    this.gateways.set(asset.gateway, gateway);
    for (const [k, point] of asset.points.entries()) {
      this.points.set(point.id, this.points.size);
      this.classOf.push(template.classes[k] as number);
      this.gatewayOf.push(gateway);
      this.subjectOf.push(subject);
    }
    return template;
  }

  private widen(asset: Asset, { wide }: Template, scope: Scope): void {
    const subject = this.subjects.get(`${scope.estate.id}/${asset.id}`) ?? -1;
    const others = wide.length === 0 ? [] : relatedTo(asset, scope);
    for (const { program, places } of wide) {
      const points = places.map((place) => {
        const owner = place.asset < 0 ? asset : (others[place.asset] as Asset);
        return this.points.get(owner.points[place.point]?.id ?? '') as number;
      });
      for (const leaf of program.leaves)
        this.typed(points[leaf.input] as number, typeOf(leaf.spec));
      this.wide.push({ program, subject, points });
    }
  }

  /** Lets a point have the type by which a rule of another asset reads it, when none of its own says any. */
  private typed(point: number, type: ValueType | null): void {
    const of = this.classes[this.classOf[point] as number] as PointClass;
    if (of.type === null && type !== null) this.classOf[point] = this.classNumber({ ...of, type });
  }

  private template(asset: Asset, scope: Scope): Template {
    const others = relatedTo(asset, scope);
    const key = JSON.stringify([
      scope.estate.id,
      asset.kind,
      asset.touchpoint,
      asset.attributes,
      asset.points.map(pointKey),
      Object.entries(asset.relations).map(([name, ids]) => [name, ids.length]),
      others.map((other) => [other.kind, other.attributes, other.points.map(pointKey)]),
    ]);
    let template = this.templates.get(key);
    if (template === undefined) {
      template = this.resolve(asset, others, scope);
      this.templates.set(key, template);
    }
    return template;
  }

  private resolve(asset: Asset, others: readonly Asset[], scope: Scope): Template {
    const places = placesOf(asset, others);
    const all = [asset, ...others];
    const pointAt = (place: Place) => all[place.asset + 1]?.points[place.point] as Point;
    const narrow: Program[][] = asset.points.map(() => []);
    const types: (ValueType | null)[] = asset.points.map(() => null);
    const wide: { program: Program; places: readonly Place[] }[] = [];
    for (const [rank, rule] of this.rules.entries()) {
      if (!appliesTo(rule, asset)) continue;
      const resolved = resolve(rule, asset, (id) => scope.assets.get(id));
      if ('missing' in resolved) continue;
      const names = resolved.leaves.map((leaf) => {
        const { asset: owner } = places.get(leaf.point) as Place;
        return owner < 0 ? leaf.metric : `${owner} ${leaf.metric}`;
      });
      const distinct = [...new Set(resolved.leaves.map(({ point }) => point))].map(
        (point) => places.get(point) as Place,
      );
      const silentAfter = distinct.map((place) => silenceOf(pointAt(place)));
      const program = this.programs.of(resolved, asset.kind, rank, names, silentAfter, scope);
      for (const leaf of resolved.leaves) {
        const place = places.get(leaf.point) as Place;
        if (place.asset < 0) types[place.point] = typeOf(leaf) ?? (types[place.point] as null);
      }
      const [only] = distinct;
      if (distinct.length === 1 && only !== undefined && only.asset < 0) {
        narrow[only.point]?.push(program);
      } else wide.push({ program, places: distinct });
    }
    const classes = asset.points.map((point, k) =>
      this.classNumber(this.classFor(point, asset.kind, narrow[k] ?? [], types[k] ?? null, k)),
    );
    return { classes, wide };
  }

  private classFor(
    point: Point,
    kind: string,
    programs: readonly Program[],
    type: ValueType | null,
    place: number,
  ): PointClass {
    const list = [...programs];
    if (this.silence !== undefined && point.silentAfter !== null && point.history !== 'judge') {
      const rank = this.rules.length + place;
      const { version } = this.options.standard;
      list.push(this.programs.silence(this.silence, kind, point, rank, version));
    }
    const simple = list.filter((program) => program.simple);
    return {
      metric: point.metric,
      silentAfter: silenceOf(point),
      ageless: point.history === 'judge',
      type,
      programs: [...simple, ...list.filter((program) => !program.simple)],
      simple: simple.length,
      low: Math.max(Number.NEGATIVE_INFINITY, ...simple.map((program) => program.low)),
      high: Math.min(Number.POSITIVE_INFINITY, ...simple.map((program) => program.high)),
    };
  }

  private classNumber(of: PointClass): number {
    const { metric, silentAfter, ageless, type, programs } = of;
    const numbers = programs.map((program) => {
      const number = this.programNumbers.get(program) ?? this.programNumbers.size;
      this.programNumbers.set(program, number);
      return number;
    });
    const key = [metric, silentAfter, ageless, type, ...numbers].join(' ');
    let number = this.classNumbers.get(key);
    if (number === undefined) {
      number = this.classes.length;
      this.classNumbers.set(key, number);
      this.classes.push(of);
    }
    return number;
  }
}

function silenceOf(point: Point): number {
  return point.silentAfter ?? Number.POSITIVE_INFINITY;
}

/** Assets that the relations of one name, relation by relation. */
function relatedTo(asset: Asset, { assets }: Scope): Asset[] {
  return Object.values(asset.relations).flatMap((ids) => ids.flatMap((id) => assets.get(id) ?? []));
}

function placesOf(asset: Asset, others: readonly Asset[]): Map<string, Place> {
  const places = new Map<string, Place>();
  for (const [k, other] of [asset, ...others].entries()) {
    for (const [point, { id }] of other.points.entries()) {
      if (!places.has(id)) places.set(id, { asset: k - 1, point });
    }
  }
  return places;
}

/** What rules look at of a point. */
function pointKey({ metric, limits, silentAfter, history }: Point): unknown[] {
  return [metric, limits, silentAfter, history];
}
