import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { FaultsError } from '@caretaker/readings/base';
import { deepFreeze } from '../freeze.ts';
import { kinds } from '../kinds/index.ts';
import type { FieldMapping } from './estate.ts';
import { readFields } from './fields.ts';
import type { Format } from './formats.ts';
import { Report } from './report.ts';
import { presetSchema } from './schema.ts';
import { readSource } from './source.ts';

/** What a model of device says, by the kind of asset it watches. */
export interface Preset {
  /** `maker/model`, the place of its file under `devices/presets`. */
  readonly id: string;
  /** As its maker calls it: `Milesight EM400-MUD`. */
  readonly name: string;
  readonly formats: readonly Format[];
  readonly kinds: Readonly<Record<string, readonly FieldMapping[]>>;
  /** What the device says of itself. */
  readonly node: readonly FieldMapping[];
  /** Paths that it says besides; by them it is known, and nothing reads them. */
  readonly also: readonly string[];
}

const folder = path.join(import.meta.dirname, '../../presets');
const known = new Map<string, Preset>();

/**
 * A preset by its id, read from disk when it is first asked for.
 * @returns undefined when there is none.
 * @throws FaultsError `DEVICES_PRESET_INVALID` with every fault of its file.
 */
export function presetOf(id: string): Preset | undefined {
  const found = known.get(id) ?? readPreset(id);
  // Those that there are: names that somebody made up are endless.
  if (found !== undefined) known.set(id, found);
  return found;
}

/** The ids of all presets, in order. */
export function presetIds(): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((maker) => maker.isDirectory())
    .flatMap((maker) =>
      readdirSync(path.join(folder, maker.name))
        .filter((file) => file.endsWith('.yaml'))
        .map((file) => `${maker.name}/${file.slice(0, -'.yaml'.length)}`),
    )
    .sort();
}

function readPreset(id: string): Preset | undefined {
  if (!/^[a-z0-9-]+\/[a-z0-9-]+$/.test(id)) return undefined;
  let text: string;
  try {
    text = readFileSync(path.join(folder, `${id}.yaml`), 'utf8');
  } catch {
    return undefined;
  }
  return parsePreset(text, id);
}

/**
 * A preset from its YAML, checked as strictly as an estate.
 * @throws FaultsError `DEVICES_PRESET_INVALID` with every fault, each with its line.
 */
export function parsePreset(text: string, id: string): Preset {
  const source = readSource(text, `${id}.yaml`);
  const report = new Report(source);
  report.faults.push(...source.faults);
  const parsed =
    source.faults.length === 0 ? report.parse(presetSchema, source.value, []) : undefined;
  const fields: Record<string, readonly FieldMapping[]> = {};
  for (const [kind, raws] of Object.entries(parsed?.kinds ?? {})) {
    fields[kind] = fieldsOfKind(raws, kind, ['kinds', kind], report);
  }
  const node = fieldsOfKind(parsed?.node ?? [], 'device', ['node'], report);
  if (parsed === undefined || report.faults.length > 0) {
    const summary = `The preset ${id} cannot be used:`;
    throw new FaultsError('DEVICES_PRESET_INVALID', summary, report.faults);
  }
  const { name, formats, also } = parsed;
  return deepFreeze({ id, name, formats, kinds: fields, node, also });
}

function fieldsOfKind(
  raws: readonly unknown[],
  kind: string,
  where: readonly string[],
  report: Report,
): FieldMapping[] {
  const metrics = Object.hasOwn(kinds, kind) ? kinds[kind]?.metrics : undefined;
  if (metrics === undefined) {
    report.add(where, 'DEVICES_ESTATE_KIND_UNKNOWN', `There is no kind "${kind}"`);
    return [];
  }
  const target = {
    ...{ label: `kind "${kind}"`, kind, metrics: Object.keys(metrics) },
    ...{ bare: false, format: null },
  };
  return readFields(raws, target, where, report);
}
