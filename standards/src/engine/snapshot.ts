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
const format = 'caretaker-engine-1';

interface Parts {
  readonly layout: Layout;
  readonly machine: Machine;
  readonly inputs: Inputs;
  readonly said: Said;
  readonly checkpoints: Checkpoints;
  readonly nextLook: Float64Array;
  readonly shown: string[];
}

/** Everything of one instance that readings have changed. */
interface InstanceImage {
  readonly row: Float64Array;
  readonly leaves: Float64Array;
  readonly rings: readonly ([Float64Array, Float64Array] | null)[];
  readonly checkpoints: readonly Checkpoint[];
  readonly newest: number;
  readonly past: readonly Ended[];
  readonly said: readonly Episode[];
  readonly nextLook: number;
  readonly shown: string;
}

interface Image {
  readonly format: string;
  readonly words: readonly string[];
  readonly gateways: readonly (readonly [id: string, complete: number])[];
  readonly points: readonly (readonly [
    id: string,
    at: number,
    received: number,
    catching: number,
  ])[];
  readonly instances: ReadonlyMap<string, InstanceImage>;
  readonly changes: readonly EpisodeChange[];
}

/** The whole state as bytes. */
export function takeSnapshot(parts: Parts): Uint8Array {
  const { layout, inputs } = parts;
  const image: Image = {
    format,
    words: layout.words.all(),
    gateways: layout.gateways.map((id, g) => [id, inputs.complete[g] as number]),
    points: layout.points.map((point, p) => [
      point.id,
      inputs.lastAt[p] as number,
      inputs.lastReceived[p] as number,
      inputs.catchingUp[p] as number,
    ]),
    instances: new Map(layout.instances.map((instance, i) => [keyOf(instance), save(parts, i)])),
    changes: parts.said.changes,
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
  for (const [id, complete] of image.gateways) {
    const number = layout.gatewayNumbers.get(id);
    if (number !== undefined) inputs.complete[number] = complete;
  }
  for (const [id, at, received, catching] of image.points) {
    const number = layout.pointNumbers.get(id);
    if (number === undefined) continue;
    inputs.lastAt[number] = at;
    inputs.lastReceived[number] = received;
    inputs.catchingUp[number] = catching;
  }
  for (const [i, instance] of layout.instances.entries()) {
    const saved = image.instances.get(keyOf(instance));
    if (saved !== undefined) load(parts, i, saved);
  }
  said.changes = [...image.changes];
}

function save(
  { machine, layout, said, checkpoints, nextLook, shown }: Parts,
  i: number,
): InstanceImage {
  const { firstSlot, slots } = layout.instances[i] as Instance;
  const { rows, leaves } = machine;
  return {
    row: rows.cells.slice(i * rowFields, (i + 1) * rowFields),
    leaves: leaves.cells.slice(firstSlot * leafFields, (firstSlot + slots) * leafFields),
    rings: leaves.rings.slice(firstSlot, firstSlot + slots).map((ring) => ring?.save() ?? null),
    checkpoints: checkpoints.lists[i] ?? [],
    newest: checkpoints.newest[i] as number,
    past: said.past.get(i) ?? [],
    said: said.episodes.get(i) ?? [],
    nextLook: nextLook[i] as number,
    shown: shown[i] ?? '',
  };
}

function load(
  { machine, layout, said, checkpoints, nextLook, shown }: Parts,
  i: number,
  from: InstanceImage,
): void {
  const { firstSlot } = layout.instances[i] as Instance;
  const { rows, leaves } = machine;
  rows.cells.set(from.row, i * rowFields);
  leaves.cells.set(from.leaves, firstSlot * leafFields);
  for (const [s, ring] of from.rings.entries()) {
    if (ring === null) continue;
    for (const [k, at] of ring[0].entries()) {
      leaves.rings[firstSlot + s]?.push(at, ring[1][k] as number);
    }
  }
  checkpoints.lists[i] = [...from.checkpoints];
  checkpoints.newest[i] = from.newest;
  if (from.past.length > 0) said.past.set(i, [...from.past]);
  if (from.said.length > 0) said.episodes.set(i, from.said);
  nextLook[i] = from.nextLook;
  shown[i] = from.shown;
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
