import type { Asset, Estate, Point } from '@caretaker/devices/model';
import type { Standard } from '../../catalogue/standard.ts';
import { type Layout, type PointClass, type SilentFor, sixteenthsOf, Words } from './layout.ts';
import type { Program, ValueType } from './program.ts';
import { Programs, typeOf } from './programs.ts';
import { type Entry, type Place, silenceOf, type Template, Templates } from './templates.ts';
import { programsOver } from './timeline.ts';

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

/** What assets have in common that are alike in every version. */
interface Plan {
  /** Class of each point. */
  readonly classes: readonly number[];
  readonly wide: readonly Entry[];
}

interface Wide {
  readonly program: Program;
  readonly subject: number;
  readonly points: readonly number[];
}

interface Version {
  readonly templates: Templates;
  readonly until: number;
}

class Compiler {
  private readonly options: EngineOptions;
  private readonly words: Words;
  /** Oldest first; the last is in force now. */
  private readonly versions: readonly Version[];
  private readonly current: Templates;
  private readonly plans = new Map<string, Plan>();
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
    const { standard, estates, earlier = [] } = options;
    const programs = new Programs(words);
    this.options = options;
    this.words = words;
    this.current = new Templates(standard, estates, programs);
    this.versions = [
      ...earlier.map((version) => ({
        templates: new Templates(version.standard, version.estates, programs),
        until: version.until,
      })),
      { templates: this.current, until: Number.POSITIVE_INFINITY },
    ];
  }

  estate(estate: Estate): void {
    const plans = estate.assets.map((asset) => this.number(asset, estate.id));
    // Rules reach into other assets, whose points must be numbered first.
    for (const [k, asset] of estate.assets.entries()) {
      this.firstWide.push(this.wide.length);
      this.widen(asset, plans[k] as Plan, estate.id);
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
    const { standard, horizon, earlier = [] } = this.options;
    return {
      standardVersion: standard.version,
      earlierVersions: earlier.map(({ standard: { version }, until }) => ({ version, until })),
      horizon,
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
      sixteenth: sixteenthsOf(first),
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
  private number(asset: Asset, estate: string): Plan {
    const plan = this.plan(asset, estate);
    const subject = this.subjects.size;
    this.subjects.set(`${estate}/${asset.id}`, subject);
    this.firstPoint.push(this.points.size);
    const gateway = this.gateways.get(asset.gateway) ?? this.gateways.size;
    this.gateways.set(asset.gateway, gateway);
    for (const [k, point] of asset.points.entries()) {
      this.points.set(point.id, this.points.size);
      this.classOf.push(plan.classes[k] as number);
      this.gatewayOf.push(gateway);
      this.subjectOf.push(subject);
    }
    return plan;
  }

  private widen(asset: Asset, { wide }: Plan, estate: string): void {
    if (wide.length === 0) return;
    const subject = this.subjects.get(`${estate}/${asset.id}`) ?? -1;
    const owners = [asset, ...this.current.related(estate, asset)];
    for (const { program, places } of wide) {
      const points = places.map((place) => this.pointAt(owners, place));
      // What an earlier version looked at may be gone.
      if (points.includes(-1)) continue;
      for (const leaf of program.leaves) {
        this.typed(points[leaf.input] as number, typeOf(leaf.spec));
      }
      this.wide.push({ program, subject, points });
    }
  }

  private pointAt(owners: readonly Asset[], { asset, metric }: Place): number {
    const point = owners[asset + 1]?.points.find((one) => one.metric === metric);
    return this.points.get(point?.id ?? '') ?? -1;
  }

  /** Lets a point have the type by which a rule of another asset reads it, when none of its own says any. */
  private typed(point: number, type: ValueType | null): void {
    const of = this.classes[this.classOf[point] as number] as PointClass;
    if (of.type === null && type !== null) this.classOf[point] = this.classNumber({ ...of, type });
  }

  private plan(asset: Asset, estate: string): Plan {
    const templates = this.versions.map(({ templates: of }) => {
      const then = of.asset(estate, asset.id);
      return then === undefined ? null : of.of(estate, then);
    });
    const points = asset.points.map(({ metric, silentAfter, history }) => [
      metric,
      silentAfter,
      history,
    ]);
    const key = JSON.stringify([templates.map((of) => of?.number), estate, points]);
    let plan = this.plans.get(key);
    if (plan === undefined) {
      plan = this.planFor(asset, templates, estate);
      this.plans.set(key, plan);
    }
    return plan;
  }

  private planFor(asset: Asset, templates: readonly (Template | null)[], estate: string): Plan {
    const entries = this.entriesOf(templates);
    const narrow = new Map<string, Program[]>(asset.points.map(({ metric }) => [metric, []]));
    const wide: Entry[] = [];
    for (const entry of entries) {
      const [only, ...more] = entry.places;
      const single = only !== undefined && more.length === 0 && only.asset < 0;
      const list = single && entry.program.timeline === null ? narrow.get(only.metric) : undefined;
      if (list === undefined) wide.push(entry);
      else list.push(entry.program);
    }
    const types = templates.at(-1)?.types;
    const classes = asset.points.map((point) => {
      const { metric } = point;
      const of = classFor(point, narrow.get(metric) ?? [], types?.get(metric) ?? null);
      return this.classNumber({ ...of, silences: this.silencesOf(asset, point, estate) });
    });
    return { classes, wide };
  }

  /** Silence limits of a point over all versions; null when it had but one. */
  private silencesOf(asset: Asset, { metric, silentAfter }: Point, estate: string) {
    const found: SilentFor[] = [];
    // Where a version lacks the point, the next one that has it speaks for it.
    let next = silentAfter ?? Number.POSITIVE_INFINITY;
    for (const { templates, until } of this.versions.toReversed()) {
      const then = templates.asset(estate, asset.id)?.points.find((p) => p.metric === metric);
      if (then !== undefined) next = silenceOf(then);
      found.unshift({ silentAfter: next, until });
    }
    return found.every((one) => one.silentAfter === next) ? null : found;
  }

  /** What judges an asset over all versions. */
  private entriesOf(templates: readonly (Template | null)[]): readonly Entry[] {
    const [first] = templates;
    if (templates.length === 1) return first?.entries ?? [];
    const byVersion = templates.map(
      (of) => new Map(of?.entries.map((entry) => [entry.rule, entry] as const)),
    );
    const rules = new Set(byVersion.flatMap((of) => [...of.keys()]));
    return [...rules].flatMap((rule) =>
      programsOver(
        this.versions.map(({ until }, v) => ({ entry: byVersion[v]?.get(rule), until })),
      ),
    );
  }

  private classNumber(of: PointClass): number {
    const { metric, silentAfter, silences, ageless, type, programs } = of;
    const numbers = programs.map((program) => {
      const number = this.programNumbers.get(program) ?? this.programNumbers.size;
      this.programNumbers.set(program, number);
      return number;
    });
    const limits = silences?.map((one) => `${one.silentAfter}<${one.until}`).join() ?? '';
    const key = [metric, silentAfter, limits, ageless, type, ...numbers].join(' ');
    let number = this.classNumbers.get(key);
    if (number === undefined) {
      number = this.classes.length;
      this.classNumbers.set(key, number);
      this.classes.push(of);
    }
    return number;
  }
}

function classFor(point: Point, programs: readonly Program[], type: ValueType | null): PointClass {
  const simple = programs.filter((program) => program.simple);
  return {
    metric: point.metric,
    silentAfter: silenceOf(point),
    silences: null,
    ageless: point.history === 'judge',
    type,
    programs: [...simple, ...programs.filter((program) => !program.simple)],
    simple: simple.length,
    low: Math.max(Number.NEGATIVE_INFINITY, ...simple.map((program) => program.low)),
    high: Math.min(Number.POSITIVE_INFINITY, ...simple.map((program) => program.high)),
  };
}
