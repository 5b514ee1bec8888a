import { FaultsError } from '@caretaker/readings/base';
import { deepFreeze } from '../freeze.ts';
import { readActions } from './actions.ts';
import { readAsset, type Surroundings } from './assets.ts';
import type { Asset, Estate, Mapping } from './estate.ts';
import { readMapping } from './mappings.ts';
import { checkRelations } from './relations.ts';
import { counted, Report } from './report.ts';
import { headerSchema } from './schema.ts';
import { type Path, readSource } from './source.ts';

/**
 * Reads the YAML of one estate, fills in what the kinds know (cadences, silence limits) and freezes it.
 * @param file where the text comes from, for messages; nothing is read.
 * @throws FaultsError `DEVICES_ESTATE_INVALID` with every fault of the file, each with its line.
 */
export function loadEstate(text: string, file: string): Estate {
  const source = readSource(text, file);
  const report = new Report(source);
  report.faults.push(...source.faults);
  const estate = source.faults.length === 0 ? readEstate(source.value, report) : undefined;
  return wholeEstate(estate, report, `in ${file}`);
}

/** @throws FaultsError `DEVICES_ESTATE_INVALID` when anything is wrong with it */
export function wholeEstate(estate: Estate | undefined, { faults }: Report, of: string): Estate {
  if (estate !== undefined && faults.length === 0) return deepFreeze(estate);
  const summary = `The estate ${of} has ${counted(faults)}; nothing of it is used:`;
  throw new FaultsError('DEVICES_ESTATE_INVALID', summary, faults);
}

/** Reads an estate in the form of its YAML, adding every fault of it. */
export function readEstate(value: unknown, report: Report): Estate | undefined {
  const header = report.parse(headerSchema, value, []);
  const around = {
    estate: header?.id ?? '',
    gateway: header?.gateway ?? '',
    demo: header?.demo ?? false,
  };
  const { assets, declared } = readAssets(listIn(value, 'assets'), around, report);
  const mappings: Mapping[] = [];
  for (const [index, raw] of listIn(value, 'mappings').entries()) {
    const mapping = readMapping(raw, ['mappings', index], declared, report);
    if (mapping !== undefined) mappings.push(mapping);
  }
  const actions = readActions(listIn(value, 'actions'), declared, report);
  return header === undefined ? undefined : { ...header, assets, mappings, actions };
}

function readAssets(
  raws: readonly unknown[],
  around: Surroundings,
  report: Report,
): { assets: Asset[]; declared: Map<string, Asset | undefined> } {
  const read: { asset: Asset; path: Path }[] = [];
  const declared = new Map<string, Asset | undefined>();
  for (const [index, raw] of raws.entries()) {
    const path = ['assets', index];
    const asset = readAsset(raw, path, around, report);
    const id = idOf(raw);
    if (id === undefined) continue;
    if (declared.has(id)) {
      const message = `There is another asset "${id}" before this one`;
      report.add([...path, 'id'], 'DEVICES_ESTATE_ID_TWICE', message);
      continue;
    }
    declared.set(id, asset);
    if (asset !== undefined) read.push({ asset, path });
  }
  checkRelations(read, declared, report);
  return { assets: read.map(({ asset }) => asset), declared };
}

/** A list of the file even when other parts of it are broken, so that its faults are found all the same. */
function listIn(value: unknown, key: string): readonly unknown[] {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return [];
  const list: unknown = Reflect.get(value, key);
  return Array.isArray(list) ? list : [];
}

function idOf(raw: unknown): string | undefined {
  if (typeof raw !== 'object' || raw === null) return undefined;
  const id: unknown = Reflect.get(raw, 'id');
  return typeof id === 'string' ? id : undefined;
}
