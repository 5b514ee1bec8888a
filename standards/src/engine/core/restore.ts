import { deserialize } from 'node:v8';
import { CaretakerError } from '@caretaker/readings/base';
import type { JudgingEngine } from './engine.ts';
import { generalOf } from './generals.ts';
import {
  classOf as classFor,
  holdsFor,
  instanceCount,
  type PointClass,
  pointOf,
  pointsOf,
} from './layout.ts';
import { bitWords, field, fields, flag } from './points.ts';
import { format, type Head, type InstancePart, nameOf, type Part, wideNames } from './save.ts';
import { bit } from './states.ts';

const never = Number.NEGATIVE_INFINITY;

/** Where an instance is now. */
interface Place {
  readonly w: number;
  readonly from: number;
}

/** The first part of a snapshot. @throws CaretakerError `STANDARDS_SNAPSHOT_FOREIGN` */
export function headOf(bytes: Uint8Array): Head {
  const [first] = parts(bytes);
  if (first?.part !== 'head') throw foreign(undefined);
  return first;
}

/**
 * Puts a snapshot into an engine that has seen nothing.
 * @param unsaid true to say every episode anew: what was said of it may be otherwise now
 * @throws CaretakerError `STANDARDS_SNAPSHOT_FOREIGN`
 */
export function restoreState(engine: JudgingEngine, bytes: Uint8Array, unsaid = false): void {
  const restore = new Restore(engine, headOf(bytes), unsaid);
  for (const part of parts(bytes)) restore.take(part);
  restore.finish();
}

function* parts(bytes: Uint8Array): Generator<Part, void, void> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let o = 0;
  while (o < bytes.length) {
    let part: unknown;
    try {
      const length = view.getUint32(o);
      part = deserialize(bytes.subarray(o + 4, o + 4 + length));
      o += 4 + length;
    } catch (cause) {
      throw foreign(cause);
    }
    if (typeof part !== 'object' || part === null || !('part' in part)) throw foreign(undefined);
    if (part.part === 'head' && (!('format' in part) || part.format !== format)) {
      throw foreign(undefined);
    }
    yield part as Part;
  }
}

type Of<P extends Part['part']> = Extract<Part, { readonly part: P }>;

/** Finds for everything saved its place in an engine whose rules and points may be others. */
class Restore {
  private readonly engine: JudgingEngine;
  private readonly head: Head;
  private readonly unsaid: boolean;
  /** By saved number of an instance, a general one and a memory: the present one, or −1. */
  private readonly instances: Int32Array;
  private readonly generals: Int32Array;
  private readonly memories: Int32Array;
  private nextInstance = 0;
  private nextGeneral = 0;
  private nextMemory = 0;
  private readonly places = new Map<string, Place[]>();
  private readonly matches = new Map<string, Int32Array>();

  constructor(engine: JudgingEngine, head: Head, unsaid: boolean) {
    this.engine = engine;
    this.head = head;
    this.unsaid = unsaid;
    this.instances = new Int32Array(head.instances).fill(-1);
    this.generals = new Int32Array(head.generals).fill(-1);
    this.memories = new Int32Array(head.memories).fill(-1);
    const { layout, judge, said } = engine;
    for (const [g, id] of head.gateways.entries()) {
      const number = layout.gatewayNumbers.get(id);
      if (number !== undefined) judge.complete[number] = head.complete[g] as number;
    }
    judge.latest = Math.max(never, ...judge.complete);
    for (const [w, { timeline }] of layout.widePrograms.entries()) {
      const place = { w, from: timeline?.from ?? never };
      for (const name of wideNames(layout, w)) {
        const places = this.places.get(name);
        if (places === undefined) this.places.set(name, [place]);
        else places.push(place);
      }
    }
    said.changes = unsaid ? [] : [...head.changes];
  }

  take(part: Part): void {
    const { judge } = this.engine;
    switch (part.part) {
      case 'head':
        return;
      case 'points':
        this.takePoints(part);
        return;
      case 'older':
        this.byPoint(part.older, judge.points.older);
        this.byPoint(part.emptying, judge.points.emptying);
        return;
      case 'wide':
        this.takeWide(part);
        return;
      case 'generals':
        this.takeGenerals(part);
        return;
      case 'instances':
        this.takeInstances(part);
        return;
      case 'memories':
        this.takeMemories(part);
        return;
      case 'instance':
        for (const one of part.list) this.takeInstance(one);
        return;
    }
  }

  /** Lets rules that the snapshot does not know begin with the next readings. */
  finish(): void {
    const { layout, judge } = this.engine;
    const count = instanceCount(layout);
    const known = new Uint8Array(count);
    for (const i of this.instances) if (i >= 0) known[i] = 1;
    for (let w = 0; w < layout.widePrograms.length; w += 1) {
      const points = pointsOf(layout, judge.narrow + w);
      judge.generals.reading[w] = Math.max(...points.map((p) => judge.points.at(p)));
      // Changes of its numbers may be new to it.
      if (layout.widePrograms[w]?.timeline === null) continue;
      judge.generals.quietUntil[judge.generals.narrow + w] = never;
      judge.touch(judge.narrow + w);
    }
    for (let i = 0; i < count; i += 1) {
      if (known[i] === 1) continue;
      const newest = Math.max(...pointsOf(layout, i).map((p) => judge.points.at(p)));
      if (newest > never) judge.blind.set(i, newest + 1);
    }
  }

  private byPoint(saved: ReadonlyMap<string, number>, into: Map<number, number>): void {
    for (const [id, number] of saved) {
      const p = this.engine.layout.pointNumbers.get(id);
      if (p !== undefined) into.set(p, number);
    }
  }

  private takePoints({ ids, classOf, records, bits }: Of<'points'>): void {
    const { layout, judge, look } = this.engine;
    const { points } = judge;
    for (const [k, id] of ids.entries()) {
      const p = layout.pointNumbers.get(id) ?? -1;
      this.takeClass(classOf[k] as number, p);
      if (p < 0) continue;
      points.records.set(records.subarray(k * fields, (k + 1) * fields), p * fields);
      points.bits.set(bits.subarray(k * bitWords, (k + 1) * bitWords), p * bitWords);
      // Rules that are new to the point have seen nothing of it yet, and its limit may be another.
      const flags = (records[k * fields + field.is] as number) & 15;
      points.records[p * fields + field.is] = (layout.classOf[p] as number) * 16;
      points.flag(p, (flags & ~flag.armed) | flag.active);
      if ((flags & flag.armed) === 0) continue;
      look.arm(p, points.at(p) + holdsFor(classFor(layout, p), points.at(p)));
    }
  }

  /** Finds the rules of a saved point, which is point `p` now. */
  private takeClass(saved: number, p: number): void {
    const { layout } = this.engine;
    const { keys, memories, simple } = this.head.classes[saved] as Head['classes'][number];
    const match = p < 0 ? null : this.match(saved, layout.classOf[p] as number);
    for (const [k, key] of keys.entries()) {
      const at = match === null ? -1 : (match[k] as number);
      let i = at < 0 ? -1 : (layout.first[p] as number) + at;
      if (i < 0 && p >= 0 && this.places.size > 0) {
        const subject = layout.subjects[layout.subjectOf[p] as number] as string;
        i = this.wideAt(nameOf(subject, key, [layout.points[p] as string]), never);
      }
      this.instances[this.nextInstance] = i;
      this.nextInstance += 1;
      if (k >= simple) this.placeGeneral(this.generalAt(i), memories[k] as number);
    }
  }

  /** The instance with several points, or with numbers that change, of that name; −1 when there is none. */
  private wideAt(name: string, from: number): number {
    const places = this.places.get(name);
    // Where it began may be forgotten by now.
    const found =
      places?.find((place) => place.from === from) ?? places?.find((place) => place.from === never);
    return found === undefined ? -1 : this.engine.judge.narrow + found.w;
  }

  private generalAt(i: number): number {
    const { layout, judge } = this.engine;
    if (i < 0) return -1;
    return generalOf(layout, judge.generals, i, i < judge.narrow ? pointOf(layout, i) : 0);
  }

  private placeGeneral(g: number, memories: number): void {
    const { firstMemory } = this.engine.judge.generals;
    const from = g < 0 ? -1 : (firstMemory[g] as number);
    this.generals[this.nextGeneral] = g;
    this.nextGeneral += 1;
    for (let m = 0; m < memories; m += 1) {
      this.memories[this.nextMemory] = from < 0 ? -1 : from + m;
      this.nextMemory += 1;
    }
  }

  /** For each program of a saved class its place in a present one, or −1. */
  private match(saved: number, now: number): Int32Array {
    const name = `${saved} ${now}`;
    let match = this.matches.get(name);
    if (match === undefined) {
      const { keys } = this.head.classes[saved] as Head['classes'][number];
      const { programs } = this.engine.layout.classes[now] as PointClass;
      const places = new Map(programs.map((program, k) => [program.key, k]));
      match = Int32Array.from(keys, (key) => places.get(key) ?? -1);
      this.matches.set(name, match);
    }
    return match;
  }

  private takeWide({ names, memories, from }: Of<'wide'>): void {
    for (const [k, all] of names.entries()) {
      let i = -1;
      for (const name of all) {
        if (i < 0) i = this.wideAt(name, from[k] as number);
        if (i < 0) i = this.narrowAt(name);
      }
      this.instances[this.nextInstance] = i;
      this.nextInstance += 1;
      this.placeGeneral(this.generalAt(i), memories[k] as number);
    }
  }

  /** The instance with one point of that name: of a rule whose numbers changed, but do no more. */
  private narrowAt(name: string): number {
    const { layout } = this.engine;
    const parts = name.split(' ');
    const p = layout.pointNumbers.get(parts.at(-1) ?? '') ?? -1;
    if (p < 0) return -1;
    const subject = layout.subjects[layout.subjectOf[p] as number] as string;
    const { programs } = layout.classes[layout.classOf[p] as number] as PointClass;
    const id = layout.points[p] as string;
    const k = programs.findIndex((program) => nameOf(subject, program.key, [id]) === name);
    return k < 0 ? -1 : (layout.first[p] as number) + k;
  }

  private takeGenerals({ from, quietUntil, signature }: Of<'generals'>): void {
    const { generals } = this.engine.judge;
    for (let k = 0; k < signature.length; k += 1) {
      const g = this.generals[from + k] as number;
      if (g < 0) continue;
      generals.quietUntil[g] = quietUntil[k] as number;
      generals.signature[g] = signature[k] as number;
    }
  }

  private takeInstances({ from, bytes, since }: Of<'instances'>): void {
    const { states } = this.engine.judge;
    for (let k = 0; k < bytes.length; k += 1) {
      const i = this.instances[from + k] as number;
      if (i < 0) continue;
      // The state of one that is not idle follows with its row.
      const byte = bytes[k] as number;
      states.bytes[i] = byte & ~3;
      if ((byte & 3) === 0) states.since[i] = since[k] as number;
    }
  }

  private takeMemories({ from, lengths, at, value }: Of<'memories'>): void {
    const { memories } = this.engine.judge.generals;
    let o = 0;
    for (const [k, length] of lengths.entries()) {
      const m = this.memories[from + k] as number;
      if (m >= 0 && length > 0) {
        memories[m]?.load(at.slice(o, o + length), value.slice(o, o + length));
      }
      o += length;
    }
  }

  private takeInstance(one: InstancePart): void {
    const i = this.instances[one.i] as number;
    if (i < 0) return;
    const { judge, said, look } = this.engine;
    const { states, changes } = judge;
    if (one.active !== null) {
      const open = (states.bytes[i] as number) & bit.open;
      states.restore(i, one.active, judge.machine.work);
      states.bytes[i] = (states.bytes[i] as number) | open;
    }
    if (one.changes.length > 0) changes.set(i, one.changes, one.thinned);
    if (one.past !== undefined) said.past.set(i, [...one.past]);
    if (this.unsaid) judge.touch(i);
    else if (one.said !== undefined) said.episodes.set(i, [...one.said]);
    if (one.forgotten !== undefined) said.forgotten.set(i, one.forgotten);
    if (one.queued !== undefined) look.queue(i, one.queued);
  }
}

function foreign(cause: unknown): CaretakerError {
  return new CaretakerError(
    {
      code: 'STANDARDS_SNAPSHOT_FOREIGN',
      message: 'The snapshot was not written by this version of the engine.',
      next: 'Start from the stored readings.',
    },
    { cause },
  );
}
