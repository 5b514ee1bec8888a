import { deserialize, serialize } from 'node:v8';
import { CaretakerError } from '@caretaker/readings/base';
import type { Checkpoint, Checkpoints } from './checkpoints.ts';
import type { Episode, EpisodeChange } from './engine.ts';
import type { Inputs } from './inputs.ts';
import type { Instance, Layout } from './layout.ts';
import { leafFields } from './leaves.ts';
import type { Machine } from './machine.ts';
import { type Ended, rowFields } from './rows.ts';
import type { Said } from './said.ts';

/** Raised whenever the meaning of an image changes. */
const format = 'caretaker-engine-2';

interface Parts {
  readonly layout: Layout;
  readonly machine: Machine;
  readonly inputs: Inputs;
  readonly said: Said;
  readonly checkpoints: Checkpoints;
  readonly nextLook: Float64Array;
  readonly shownPhase: Uint8Array;
  readonly shownSince: Float64Array;
}

/** Columns whole, as they lie in memory; what only few instances have, by their number. */
interface Image {
  readonly format: string;
  readonly words: readonly string[];
  readonly gateways: readonly string[];
  readonly complete: Float64Array;
  readonly points: readonly string[];
  readonly lastAt: Float64Array;
  readonly lastReceived: Float64Array;
  readonly catchingUp: Uint8Array;
  /** Names of instances with the fingerprint of their rule. */
  readonly instances: readonly string[];
  readonly firstSlot: Int32Array;
  readonly rows: Float64Array;
  readonly leaves: Float64Array;
  readonly newest: Float64Array;
  readonly nextLook: Float64Array;
  readonly shownPhase: Uint8Array;
  readonly shownSince: Float64Array;
  /** By slot. */
  readonly rings: ReadonlyMap<number, readonly [Float64Array, Float64Array]>;
  readonly checkpoints: ReadonlyMap<number, readonly Checkpoint[]>;
  readonly past: ReadonlyMap<number, readonly Ended[]>;
  readonly said: ReadonlyMap<number, readonly Episode[]>;
  readonly changes: readonly EpisodeChange[];
}

/** The whole state as bytes. */
export function takeSnapshot(parts: Parts): Uint8Array {
  const { layout, inputs, machine, said, checkpoints } = parts;
  const rings = [...machine.leaves.memories.entries()].flatMap(([slot, memory]) =>
    memory === null ? [] : [[slot, memory.save()] as const],
  );
  const image: Image = {
    format,
    words: layout.words.all(),
    gateways: layout.gateways,
    complete: inputs.complete,
    points: layout.points.map((point) => point.id),
    lastAt: inputs.lastAt,
    lastReceived: inputs.lastReceived,
    catchingUp: inputs.catchingUp,
    instances: layout.instances.map(keyOf),
    firstSlot: layout.firstSlot,
    rows: machine.rows.cells,
    leaves: machine.leaves.cells,
    newest: checkpoints.newest,
    nextLook: parts.nextLook,
    shownPhase: parts.shownPhase,
    shownSince: parts.shownSince,
    rings: new Map(rings),
    checkpoints: new Map([...checkpoints.lists.entries()].filter(([, list]) => list.length > 0)),
    past: said.past,
    said: said.episodes,
    changes: said.changes,
  };
  return serialize(image);
}

/** @throws CaretakerError `STANDARDS_SNAPSHOT_FOREIGN` */
export function readSnapshot(bytes: Uint8Array): Image {
  let image: unknown;
  try {
    image = deserialize(bytes);
  } catch (cause) {
    throw foreign(cause);
  }
  if (!isImage(image)) throw foreign(undefined);
  return image;
}

/** Puts an image into an engine that has seen nothing. */
export function restoreState(image: Image, parts: Parts): void {
  const { layout, inputs, said } = parts;
  for (const [g, id] of image.gateways.entries()) {
    const number = layout.gatewayNumbers.get(id);
    if (number !== undefined) inputs.complete[number] = image.complete[g] as number;
  }
  for (const [p, id] of image.points.entries()) {
    const number = layout.pointNumbers.get(id);
    if (number === undefined) continue;
    inputs.lastAt[number] = image.lastAt[p] as number;
    inputs.lastReceived[number] = image.lastReceived[p] as number;
    inputs.catchingUp[number] = image.catchingUp[p] as number;
  }
  const saved = new Map(image.instances.map((key, k) => [key, k]));
  for (const [i, instance] of layout.instances.entries()) {
    const from = saved.get(keyOf(instance));
    if (from !== undefined) load(parts, i, image, from);
  }
  said.changes = [...image.changes];
}

/** Copies instance `from` of the image to instance `i`, which has the same rule with the same numbers. */
function load(parts: Parts, i: number, image: Image, from: number): void {
  const { machine, layout, said, checkpoints } = parts;
  const first = layout.firstSlot[i] as number;
  const count = (layout.firstSlot[i + 1] as number) - first;
  const savedFirst = image.firstSlot[from] as number;
  const row = image.rows.subarray(from * rowFields, (from + 1) * rowFields);
  machine.rows.cells.set(row, i * rowFields);
  const leaves = image.leaves.subarray(savedFirst * leafFields, (savedFirst + count) * leafFields);
  machine.leaves.cells.set(leaves, first * leafFields);
  for (let s = 0; s < count; s += 1) {
    const held = image.rings.get(savedFirst + s);
    if (held !== undefined) machine.leaves.memories[first + s]?.load(...held);
  }
  checkpoints.lists[i] = [...(image.checkpoints.get(from) ?? [])];
  checkpoints.newest[i] = image.newest[from] as number;
  const past = image.past.get(from);
  const episodes = image.said.get(from);
  if (past !== undefined) said.past.set(i, [...past]);
  if (episodes !== undefined) said.episodes.set(i, [...episodes]);
  parts.nextLook[i] = image.nextLook[from] as number;
  parts.shownPhase[i] = image.shownPhase[from] as number;
  parts.shownSince[i] = image.shownSince[from] as number;
}

function keyOf({ subject, rule, fingerprint }: Instance): string {
  return `${subject} ${rule} ${fingerprint}`;
}

function isImage(image: unknown): image is Image {
  return (
    typeof image === 'object' && image !== null && 'format' in image && image.format === format
  );
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
