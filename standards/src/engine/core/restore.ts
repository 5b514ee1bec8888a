import { deserialize } from 'node:v8';
import { CaretakerError } from '@caretaker/readings/base';
import type { JudgingEngine } from './engine.ts';
import { instanceCount, type PointClass, pointsOf } from './layout.ts';
import { bitWords, fields, flag } from './points.ts';
import { format, type Head, type InstancePart, type Part, wideKey } from './save.ts';
import { bit } from './states.ts';

/** The first part of a snapshot. @throws CaretakerError `STANDARDS_SNAPSHOT_FOREIGN` */
export function headOf(bytes: Uint8Array): Head {
  const [first] = parts(bytes);
  if (first?.part !== 'head') throw foreign(undefined);
  return first;
}

/** Puts a snapshot into an engine that has seen nothing. @throws CaretakerError `STANDARDS_SNAPSHOT_FOREIGN` */
export function restoreState(engine: JudgingEngine, bytes: Uint8Array): void {
  const restore = new Restore(engine, headOf(bytes));
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
  /** By saved number of an instance, a general one and a memory: the present one, or −1. */
  private readonly instances: Int32Array;
  private readonly generals: Int32Array;
  private readonly memories: Int32Array;
  private nextInstance = 0;
  private nextGeneral = 0;
  private nextMemory = 0;
  private wides: Map<string, number> | null = null;
  private readonly matches = new Map<string, Int32Array>();

  constructor(engine: JudgingEngine, head: Head) {
    this.engine = engine;
    this.head = head;
    this.instances = new Int32Array(head.instances).fill(-1);
    this.generals = new Int32Array(head.generals).fill(-1);
    this.memories = new Int32Array(head.memories).fill(-1);
    const { layout, judge, said } = engine;
    for (const [g, id] of head.gateways.entries()) {
      const number = layout.gatewayNumbers.get(id);
      if (number !== undefined) judge.complete[number] = head.complete[g] as number;
    }
    judge.latest = Math.max(Number.NEGATIVE_INFINITY, ...judge.complete);
    said.changes = [...head.changes];
  }

  take(part: Part): void {
    const { layout, judge } = this.engine;
    switch (part.part) {
      case 'head':
        return;
      case 'points':
        this.takePoints(part);
        return;
      case 'older':
        for (const [id, day] of part.older) {
          const p = layout.pointNumbers.get(id);
          if (p !== undefined) judge.points.older.set(p, day);
        }
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
    for (let i = 0; i < count; i += 1) {
      if (known[i] === 1) continue;
      const newest = Math.max(...pointsOf(layout, i).map((p) => judge.points.at(p)));
      if (newest > Number.NEGATIVE_INFINITY) judge.blind.set(i, newest + 1);
    }
  }

  private takePoints({ ids, classOf, records, flags, bits }: Of<'points'>): void {
    const { layout, judge, look } = this.engine;
    const { points } = judge;
    for (const [k, id] of ids.entries()) {
      const p = layout.pointNumbers.get(id) ?? -1;
      this.takeClass(classOf[k] as number, p);
      if (p < 0) continue;
      points.records.set(records.subarray(k * fields, (k + 1) * fields), p * fields);
      points.bits.set(bits.subarray(k * bitWords, (k + 1) * bitWords), p * bitWords);
      // Rules that are new to the point have seen nothing of it yet, and its limit may be another.
      points.flags[p] = ((flags[k] as number) & ~flag.armed) | flag.active;
      if (((flags[k] as number) & flag.armed) === 0) continue;
      const { silentAfter } = layout.classes[layout.classOf[p] as number] as PointClass;
      look.arm(p, points.at(p) + silentAfter);
    }
  }

  /** Finds the rules of a saved point, which is point `p` now. */
  private takeClass(saved: number, p: number): void {
    const { layout, judge } = this.engine;
    const { keys, memories, simple } = this.head.classes[saved] as Head['classes'][number];
    const match = p < 0 ? null : this.match(saved, layout.classOf[p] as number);
    const first = p < 0 ? 0 : (layout.first[p] as number);
    const general = p < 0 ? 0 : (layout.firstGeneral[p] as number);
    const now = p < 0 ? 0 : (layout.classes[layout.classOf[p] as number] as PointClass).simple;
    for (let k = 0; k < keys.length; k += 1) {
      const at = match === null ? -1 : (match[k] as number);
      this.instances[this.nextInstance] = at < 0 ? -1 : first + at;
      this.nextInstance += 1;
      if (k < simple) continue;
      const g = at < 0 ? -1 : general + at - now;
      const from = g < 0 ? -1 : (judge.generals.firstMemory[g] as number);
      this.placeGeneral(g, from, memories[k] as number);
    }
  }

  private placeGeneral(g: number, from: number, memories: number): void {
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

  private takeWide({ keys, memories, readings }: Of<'wide'>): void {
    const { layout, judge } = this.engine;
    this.wides ??= new Map(layout.widePrograms.map((_, w) => [wideKey(layout, w), w]));
    for (const [k, key] of keys.entries()) {
      const w = this.wides.get(key) ?? -1;
      this.instances[this.nextInstance] = w < 0 ? -1 : judge.narrow + w;
      this.nextInstance += 1;
      const g = w < 0 ? -1 : judge.generals.narrow + w;
      const from = g < 0 ? -1 : (judge.generals.firstMemory[g] as number);
      this.placeGeneral(g, from, memories[k] as number);
      if (w >= 0) judge.generals.reading[w] = readings[k] as number;
    }
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
    if (one.changes.length > 0) {
      changes.lists.set(i, { changes: [...one.changes], thinned: one.thinned });
    }
    if (one.past !== undefined) said.past.set(i, [...one.past]);
    if (one.said !== undefined) said.episodes.set(i, [...one.said]);
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
