import { serialize } from 'node:v8';
import type { Ended } from '../ended.ts';
import type { Episode, EpisodeChange } from '../engine.ts';
import type { Change } from './changes.ts';
import type { JudgingEngine } from './engine.ts';
import { instanceCount, type Layout, pointsOf, subjectOf } from './layout.ts';
import { bitWords, fields } from './points.ts';
import type { Program } from './program.ts';

/** Raised whenever the meaning of a snapshot changes. */
export const format = 'caretaker-engine-4';

/** How much one part holds: of columns, of sets of memories, of entries that only few instances have. */
const columnRows = 65_536;
const entries = 2_000;
const never = Number.NEGATIVE_INFINITY;

/** First part: what the others refer to. */
export interface Head {
  readonly part: 'head';
  readonly format: string;
  readonly words: readonly string[];
  readonly gateways: readonly string[];
  readonly complete: Float64Array;
  /** Of each class of points: the keys of its programs, and how many of them are simple. */
  readonly classes: readonly ClassPart[];
  /** How many there are of each. */
  readonly instances: number;
  readonly generals: number;
  readonly memories: number;
  readonly changes: readonly EpisodeChange[];
}

interface ClassPart {
  readonly keys: readonly string[];
  /** How many memories each program has. */
  readonly memories: readonly number[];
  readonly simple: number;
}

/** What follows it, in this order. */
export type Part =
  | Head
  | {
      readonly part: 'points';
      readonly ids: readonly string[];
      readonly classOf: Int32Array;
      readonly records: Float64Array;
      readonly bits: Int32Array;
    }
  | {
      readonly part: 'older';
      readonly older: ReadonlyMap<string, number>;
      readonly emptying: ReadonlyMap<string, number>;
    }
  | {
      readonly part: 'wide';
      /** Of each instance its names, one for each span of its program. */
      readonly names: readonly (readonly string[])[];
      /** From when its program is in force. */
      readonly from: Float64Array;
      readonly memories: Int32Array;
    }
  | {
      readonly part: 'generals';
      readonly from: number;
      readonly quietUntil: Float64Array;
      readonly signature: Int32Array;
    }
  | {
      readonly part: 'instances';
      readonly from: number;
      readonly bytes: Uint8Array;
      readonly since: Float64Array;
    }
  | {
      readonly part: 'memories';
      readonly from: number;
      /** Lengths of what each memory saved. */
      readonly lengths: Int32Array;
      readonly at: Float64Array;
      readonly value: Float64Array;
    }
  | { readonly part: 'instance'; readonly list: readonly InstancePart[] };

/** What an instance has that is not idle, or was not always. */
export interface InstancePart {
  readonly i: number;
  readonly active: Change | null;
  readonly thinned: number;
  readonly changes: readonly Change[];
  readonly past: readonly Ended[] | undefined;
  readonly said: readonly Episode[] | undefined;
  /** As in `Said`. */
  readonly forgotten?: number | undefined;
  readonly queued: number | undefined;
}

/** The whole state, part by part, each with its length before it. */
export function* snapshotParts(engine: JudgingEngine): Generator<Uint8Array, void, void> {
  for (const part of partsOf(engine)) {
    const bytes = serialize(part);
    const framed = new Uint8Array(bytes.length + 4);
    new DataView(framed.buffer).setUint32(0, bytes.length);
    framed.set(bytes, 4);
    yield framed;
  }
}

function* partsOf(engine: JudgingEngine): Generator<Part, void, void> {
  const { layout, judge } = engine;
  yield headOf(engine);
  for (let from = 0; from < layout.points.length; from += columnRows / 4) {
    const to = Math.min(from + columnRows / 4, layout.points.length);
    const { records, bits } = judge.points;
    yield {
      part: 'points',
      ids: layout.points.slice(from, to),
      classOf: layout.classOf.slice(from, to),
      records: records.slice(from * fields, to * fields),
      bits: bits.slice(from * bitWords, to * bitWords),
    };
  }
  const { older, emptying } = judge.points;
  yield { part: 'older', older: byName(layout, older), emptying: byName(layout, emptying) };
  const { widePrograms } = layout;
  for (let from = 0; from < widePrograms.length; from += columnRows / 8) {
    const to = Math.min(from + columnRows / 8, widePrograms.length);
    const programs = widePrograms.slice(from, to);
    yield {
      part: 'wide',
      names: programs.map((_, k) => wideNames(layout, from + k)),
      from: Float64Array.from(programs, ({ timeline }) => timeline?.from ?? never),
      memories: Int32Array.from(programs, (program) => program.memories),
    };
  }
  const { quietUntil, signature } = judge.generals;
  for (let from = 0; from < signature.length; from += columnRows) {
    const to = from + columnRows;
    const columns = {
      quietUntil: quietUntil.slice(from, to),
      signature: signature.slice(from, to),
    };
    yield { part: 'generals', from, ...columns };
  }
  for (let from = 0; from < instanceCount(layout); from += columnRows) {
    const { bytes, since } = judge.states;
    const to = from + columnRows;
    yield { part: 'instances', from, bytes: bytes.slice(from, to), since: since.slice(from, to) };
  }
  yield* memoriesOf(engine);
  const numbers = special(engine);
  for (let from = 0; from < numbers.length; from += entries) {
    const list = numbers.slice(from, from + entries).map((i) => instancePart(engine, i));
    yield { part: 'instance', list };
  }
}

/** Numbers by point, by its name. */
function byName({ points }: Layout, of: ReadonlyMap<number, number>): Map<string, number> {
  return new Map(Array.from(of, ([p, number]) => [points[p] as string, number]));
}

function headOf({ layout, judge, said }: JudgingEngine): Head {
  return {
    part: 'head',
    format,
    words: layout.words.all(),
    gateways: layout.gateways,
    complete: judge.complete,
    classes: layout.classes.map(({ programs, simple }) => ({
      keys: programs.map((program) => program.key),
      memories: programs.map((program) => program.memories),
      simple,
    })),
    instances: instanceCount(layout),
    generals: judge.generals.signature.length,
    memories: judge.generals.memories.length,
    changes: said.changes,
  };
}

function* memoriesOf({ judge }: JudgingEngine): Generator<Part, void, void> {
  const { memories } = judge.generals;
  for (let from = 0; from < memories.length; from += entries) {
    const saved = memories.slice(from, from + entries).map((memory) => memory.save());
    const lengths = Int32Array.from(saved, ([at]) => at.length);
    const total = lengths.reduce((sum, length) => sum + length, 0);
    const at = new Float64Array(total);
    const value = new Float64Array(total);
    let o = 0;
    for (const [times, values] of saved) {
      at.set(times, o);
      value.set(values, o);
      o += times.length;
    }
    yield { part: 'memories', from, lengths, at, value };
  }
}

/** Instances of which more than a byte and a number is known. */
function special({ judge, said, look }: JudgingEngine): number[] {
  const found = new Set<number>([
    ...judge.changes.instances(),
    ...said.past.keys(),
    ...said.episodes.keys(),
    ...said.forgotten.keys(),
    ...look.queued.keys(),
  ]);
  const { bytes } = judge.states;
  for (let i = 0; i < bytes.length; i += 1) {
    if (((bytes[i] as number) & 3) !== 0) found.add(i);
  }
  return [...found].sort((a, b) => a - b);
}

function instancePart({ judge, said, look }: JudgingEngine, i: number): InstancePart {
  const { changes } = judge;
  const active = ((judge.states.bytes[i] as number) & 3) !== 0;
  return {
    i,
    active: active ? judge.states.active(i) : null,
    thinned: changes.thinnedOf(i),
    changes: changes.of(i),
    past: said.past.get(i),
    said: said.episodes.get(i),
    forgotten: said.forgotten.get(i),
    queued: look.queued.get(i),
  };
}

/** Names an instance: by its subject, its rule with its numbers, and its points. */
export function nameOf(subject: string, key: string, points: readonly string[]): string {
  return [subject, key, ...points].join(' ');
}

/** All names of an instance with several points: one for each of the numbers it goes by in turn. */
export function wideNames(layout: Layout, w: number): string[] {
  const i = (layout.first[layout.points.length] as number) + w;
  const points = pointsOf(layout, i).map((p) => layout.points[p] as string);
  const subject = layout.subjects[subjectOf(layout, i)] as string;
  const { key, timeline } = layout.widePrograms[w] as Program;
  const keys = timeline === null ? [key] : timeline.spans.map(({ program }) => program.key);
  return keys.map((one) => nameOf(subject, one, points));
}
