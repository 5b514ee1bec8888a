import { FaultsError } from '@caretaker/readings/base';
import { deepFreeze } from '../freeze.ts';
import { readAsset } from './assets.ts';
import { printDuration } from './duration.ts';
import type { Asset, Estate, Mapping, Point } from './estate.ts';
import { readMapping } from './mappings.ts';
import { checkRelations } from './relations.ts';
import { counted, Report } from './report.ts';
import { type Path, printPath } from './source.ts';

/** What is to be otherwise in an estate. Entries are written as in an estate's file. */
export interface EstateEdit {
  /** New assets. */
  readonly assets?: readonly unknown[] | undefined;
  /** New points of assets that are there, by the asset's id. */
  readonly points?: Readonly<Record<string, readonly unknown[]>> | undefined;
  /** New mappings. */
  readonly mappings?: readonly unknown[] | undefined;
  /** Places in the estate's list of mappings of those that go, from 0. */
  readonly dropMappings?: readonly number[] | undefined;
}

/**
 * The estate with these changes, read by the rules of the estate's file. What stays as it was stays the same object.
 * @throws FaultsError `DEVICES_ESTATE_INVALID` with every fault of what is new
 */
export function editEstate(estate: Estate, edit: EstateEdit): Estate {
  const report = new Report({ where: printPath });
  const around = { estate: estate.id, gateway: estate.gateway, demo: estate.demo };
  const grown = withPoints(estate, edit.points ?? {}, report);
  const declared = new Map<string, Asset | undefined>(grown.map((asset) => [asset.id, asset]));
  const added: { asset: Asset; path: Path }[] = [];
  for (const [index, raw] of (edit.assets ?? []).entries()) {
    const path = ['assets', index];
    const asset = readAsset(raw, path, around, report);
    if (asset === undefined) continue;
    if (declared.has(asset.id)) {
      const message = `There is an asset "${asset.id}" already`;
      report.add([...path, 'id'], 'DEVICES_ESTATE_ID_TWICE', message, 'choose another id');
      continue;
    }
    declared.set(asset.id, asset);
    added.push({ asset, path });
  }
  checkRelations(added, declared, report);
  const kept = withoutDropped(estate.mappings, edit.dropMappings ?? [], report);
  const mapped: Mapping[] = [];
  for (const [index, raw] of (edit.mappings ?? []).entries()) {
    const mapping = readMapping(raw, ['mappings', index], declared, report);
    if (mapping !== undefined) mapped.push(mapping);
  }
  refuse(estate, report);
  return {
    ...estate,
    assets: joined(
      grown,
      added.map(({ asset }) => asset),
    ),
    mappings: joined(kept, mapped),
  };
}

/** The same list when nothing comes to it. */
function joined<T extends object>(held: readonly T[], added: readonly T[]): readonly T[] {
  return added.length === 0 ? held : [...held, ...added.map((one) => deepFreeze(one))];
}

function refuse({ id }: Estate, { faults }: Report): void {
  if (faults.length === 0) return;
  const summary = `This change of the estate ${id} has ${counted(faults)}; nothing of it is used:`;
  throw new FaultsError('DEVICES_ESTATE_INVALID', summary, faults);
}

function withPoints(
  { id: estate, demo, assets }: Estate,
  points: Readonly<Record<string, readonly unknown[]>>,
  report: Report,
): readonly Asset[] {
  const grown = new Map<string, Asset>();
  for (const [id, raws] of Object.entries(points)) {
    const asset = assets.find((one) => one.id === id);
    const path = ['points', id];
    if (asset === undefined) {
      report.add(path, 'DEVICES_ESTATE_ASSET_UNKNOWN', `There is no asset "${id}"`);
      continue;
    }
    const raw = { ...written(asset), points: [...asset.points.map(writtenPoint), ...raws] };
    // Where it says "points" of the asset, it is a place in what is new.
    const own = new Report({ where: printPath });
    const read = readAsset(raw, [], { estate, gateway: asset.gateway, demo }, own);
    for (const fault of own.faults) {
      report.faults.push({ ...fault, where: placeIn(printPath(path), fault.where, asset) });
    }
    if (read !== undefined) grown.set(id, deepFreeze({ ...read, gateway: asset.gateway }));
  }
  return grown.size === 0 ? assets : assets.map((asset) => grown.get(asset.id) ?? asset);
}

/** `points[5].metric` of an asset that has four is `[1].metric` of those that are new. */
function placeIn(base: string, where: string | undefined, { points }: Asset): string {
  const [, index = '', rest = ''] = /^points\[(\d+)\](.*)$/.exec(where ?? '') ?? [];
  return index === '' ? base : `${base}[${Number(index) - points.length}]${rest}`;
}

function withoutDropped(
  mappings: readonly Mapping[],
  dropped: readonly number[],
  report: Report,
): readonly Mapping[] {
  for (const [index, place] of dropped.entries()) {
    if (mappings[place] !== undefined) continue;
    const message = `There is no mapping number ${place}`;
    const next = `there are ${mappings.length}, counted from 0`;
    report.add(['dropMappings', index], 'DEVICES_ESTATE_MAPPING_UNKNOWN', message, next);
  }
  return dropped.length === 0 ? mappings : mappings.filter((_, k) => !dropped.includes(k));
}

/** An asset as an estate's file would have it, without its points. */
function written({ id, name, kind, touchpoint, place, attributes, relations, demo }: Asset) {
  return { id, name, kind, touchpoint, place, attributes, relations, demo };
}

function writtenPoint({ metric, cadence, silentAfter, history, limits }: Point) {
  return {
    metric,
    cadence: printDuration(cadence),
    silentAfter: printDuration(silentAfter),
    history,
    limits,
  };
}
