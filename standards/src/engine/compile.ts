import { createHash } from 'node:crypto';
import type { Asset, Estate, Point } from '@caretaker/devices/model';
import { type Calendar, createCalendars } from '../calendar/index.ts';
import type { Standard } from '../catalogue/standard.ts';
import type { CalendarSpec, Rule } from '../rules/clause.ts';
import { appliesTo, type Leaf, type Node, type Resolved, resolve } from '../rules/resolve.ts';
import {
  type CompiledNode,
  type EnginePoint,
  type Instance,
  type Layout,
  type Slot,
  shape,
  type ValueType,
  type Words,
} from './layout.ts';

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

/** Numbers every point, gateway, instance and leaf of the estates under the standard. */
export function compile(options: EngineOptions, words: Words): Layout {
  const compiler = new Compiler(words);
  const rules = options.standard.items.flatMap((item) => item.rules);
  const silence = rules.find((rule) => rule.builtin === 'silence');
  for (const estate of options.estates) {
    const calendars = createCalendars(estate);
    for (const asset of estate.assets) compiler.asset(estate, asset, rules, silence, calendars);
  }
  return compiler.layout(options);
}

type MutablePoint = { -readonly [K in keyof EnginePoint]: EnginePoint[K] } & {
  instances: number[];
};

class Compiler {
  private readonly gatewayNumbers = new Map<string, number>();
  private readonly pointNumbers = new Map<string, number>();
  private readonly points: MutablePoint[] = [];
  private readonly instances: Instance[] = [];
  private readonly slots: Slot[] = [];
  private readonly words: Words;

  constructor(words: Words) {
    this.words = words;
  }

  asset(
    estate: Estate,
    asset: Asset,
    rules: readonly Rule[],
    silence: Rule | undefined,
    calendars: (spec: CalendarSpec) => Calendar,
  ): void {
    const gateway = this.gateway(asset.gateway);
    const subject = `${estate.id}/${asset.id}`;
    for (const point of asset.points) this.point(point, gateway);
    for (const rule of rules) {
      if (!appliesTo(rule, asset)) continue;
      const resolved = resolve(rule, asset);
      if ('missing' in resolved) continue;
      this.instance(subject, asset.kind, gateway, resolved, calendars, estate);
    }
    if (silence === undefined) return;
    for (const point of asset.points) {
      if (point.silentAfter !== null && point.history !== 'judge') {
        this.silence(subject, asset.kind, gateway, point, silence);
      }
    }
  }

  layout(options: EngineOptions): Layout {
    const ofGateway = this.ofGateway();
    const ofSubject = new Map<string, number[]>();
    for (const [i, instance] of this.instances.entries()) {
      const list = ofSubject.get(instance.subject);
      if (list === undefined) ofSubject.set(instance.subject, [i]);
      else list.push(i);
    }
    return {
      standardVersion: options.standard.version,
      horizon: options.horizon,
      gateways: [...this.gatewayNumbers.keys()],
      gatewayNumbers: this.gatewayNumbers,
      points: this.points,
      pointNumbers: this.pointNumbers,
      instances: this.instances,
      ofGateway,
      ofSubject,
      slots: this.slots,
      slotPoint: Int32Array.from(this.slots, (slot) => slot.point),
      firstSlot: Int32Array.from([...this.instances.map((i) => i.firstSlot), this.slots.length]),
      gatewayOf: Int32Array.from(this.instances, (i) => i.gateway),
      shape: Uint8Array.from(this.instances, shapeOf),
      words: this.words,
    };
  }

  private ofGateway(): Int32Array[] {
    const lists: number[][] = [...this.gatewayNumbers.keys()].map(() => []);
    for (const [i, { gateway }] of this.instances.entries()) lists[gateway]?.push(i);
    return lists.map((list) => Int32Array.from(list));
  }

  private gateway(id: string): number {
    const number = this.gatewayNumbers.get(id) ?? this.gatewayNumbers.size;
    this.gatewayNumbers.set(id, number);
    return number;
  }

  private point(point: Point, gateway: number): void {
    if (this.pointNumbers.has(point.id)) return;
    this.pointNumbers.set(point.id, this.points.length);
    this.points.push({
      id: point.id,
      metric: point.metric,
      gateway,
      silentAfter: point.silentAfter ?? Number.POSITIVE_INFINITY,
      cadence: point.cadence,
      ageless: point.history === 'judge',
      type: null,
      instances: [],
    });
  }

  private instance(
    subject: string,
    kind: string,
    gateway: number,
    resolved: Resolved,
    calendarOf: (spec: CalendarSpec) => Calendar,
    estate: Estate,
  ): void {
    const { rule } = resolved;
    const firstSlot = this.slots.length;
    const calendars = new Set<Calendar>();
    const node = (n: Node): CompiledNode => {
      if (n.op === 'leaf') return { op: 'leaf', slot: firstSlot + n.leaf };
      if (n.op === 'not') return { op: 'not', of: node(n.of) };
      if (n.op !== 'calendar') return { op: n.op, of: n.of.map(node) };
      const calendar = calendarOf(n.calendar);
      calendars.add(calendar);
      return { op: 'calendar', calendar };
    };
    const points = [...new Set(resolved.leaves.map((leaf) => this.numberOf(leaf.point)))];
    const number = this.add(points, {
      subject,
      rule: rule.id,
      item: rule.item,
      severity: rule.severity,
      effect: rule.effect,
      latched: rule.latched,
      resolved,
      kind,
      points,
      gateway,
      firstSlot,
      slots: resolved.leaves.length,
      primary: firstSlot,
      when: node(resolved.when),
      only: resolved.only === null ? null : node(resolved.only),
      clearWhen: resolved.clearWhen === null ? null : node(resolved.clearWhen),
      calendars: [...calendars],
      for: resolved.for,
      clearFor: resolved.clearFor,
      ageless: points.some((p) => this.points[p]?.ageless),
      fingerprint: hash([resolved, estate.zone, estate.location, estate.calendars]),
    });
    for (const leaf of resolved.leaves) this.slot(number, leaf, calendarOf);
  }

  private slot(instance: number, leaf: Leaf, calendarOf: (spec: CalendarSpec) => Calendar): void {
    const point = this.numberOf(leaf.point);
    const first = leaf.is[0];
    const type = first === undefined ? 'number' : (typeof first as ValueType);
    const declared = this.points[point];
    if (declared !== undefined) declared.type = type;
    const codes = leaf.is.map((v) => (typeof v === 'string' ? this.words.encode(v) : Number(v)));
    const spec = leaf.count?.during ?? null;
    const during = spec === null ? null : calendarOf(spec);
    this.slots.push({ instance, point, leaf, is: new Set(codes), during });
  }

  private silence(subject: string, kind: string, gateway: number, point: Point, rule: Rule): void {
    const number = this.numberOf(point.id);
    const firstSlot = this.slots.length;
    const instance = this.add([number], {
      subject,
      rule: `silence:${point.metric}`,
      item: rule.item,
      severity: rule.severity,
      effect: rule.effect,
      latched: rule.latched,
      resolved: null,
      kind,
      points: [number],
      gateway,
      firstSlot,
      slots: 1,
      primary: firstSlot,
      when: null,
      only: null,
      clearWhen: null,
      calendars: [],
      for: 0,
      clearFor: 0,
      ageless: false,
      fingerprint: hash([rule, point.silentAfter]),
    });
    this.slots.push({ instance, point: number, leaf: null, is: new Set(), during: null });
  }

  private add(points: readonly number[], instance: Instance): number {
    const number = this.instances.length;
    this.instances.push(instance);
    for (const point of points) this.points[point]?.instances.push(number);
    return number;
  }

  private numberOf(point: string): number {
    return this.pointNumbers.get(point) ?? -1;
  }
}

function shapeOf(instance: Instance): number {
  if (instance.resolved === null) return shape.silence;
  const { when, only, clearWhen } = instance;
  const plain = when?.op === 'leaf' && only === null && clearWhen === null;
  return plain && instance.slots === 1 ? shape.leaf : shape.general;
}

/** Of everything that decides a verdict; the title of a rule does not. */
function hash(content: unknown): string {
  const text = JSON.stringify(content, (key, value) => (key === 'title' ? undefined : value));
  return createHash('sha256').update(text).digest('base64url').slice(0, 12);
}
