import { z } from 'zod';
import { printDuration } from './duration.ts';
import type { Estate } from './estate.ts';
import { readEstate, wholeEstate } from './load.ts';
import { Report } from './report.ts';
import { assetSchema, headerSchema, id, pointSchema } from './schema.ts';
import { type Path, printPath } from './source.ts';

/** What an estate's JSON says beside what its YAML says: it follows from the rest, or the cloud has filled it in. */
const placedSchema = z.looseObject({ estate: z.string(), gateway: id });
const milliseconds = z.int().positive().nullable();
const filledSchema = z.looseObject({
  id: z.string(),
  metric: z.string(),
  cadence: milliseconds,
  silentAfter: milliseconds,
});

/**
 * Reads an estate from its JSON, which `loadEstate` has made once and somebody may have changed since, by the same
 * rules as its YAML, and freezes it.
 * @param of where it comes from, for messages
 * @throws FaultsError `DEVICES_ESTATE_INVALID` with every fault, each with its path
 */
export function readEstateValue(value: unknown, of: string): Estate {
  const report = new Report({ where: (path) => printPath(path) || of });
  const { source, gateways } = sourceOf(value, report);
  const read = readEstate(source, report);
  const assets = read?.assets.map((asset) => ({
    ...asset,
    gateway: gateways.get(asset.id) ?? asset.gateway,
  }));
  return wholeEstate(read && { ...read, assets: assets ?? [] }, report, of);
}

/** The same in the form of the YAML, and the gateway of each asset, which that form cannot say. */
function sourceOf(
  value: unknown,
  report: Report,
): { readonly source: unknown; readonly gateways: ReadonlyMap<string, string> } {
  const gateways = new Map<string, string>();
  if (!isObject(value)) return { source: value, gateways };
  const { assets, mappings } = value;
  const estate = typeof value.id === 'string' ? value.id : '';
  const written = {
    ...known(value, headerSchema),
    ...(Array.isArray(assets) && {
      assets: assets.map((asset, index) =>
        assetSource(asset, ['assets', index], { estate, gateways }, report),
      ),
    }),
    ...(Array.isArray(mappings) && { mappings: mappings.map(mappingSource) }),
  };
  return { source: written, gateways };
}

function assetSource(
  value: unknown,
  path: Path,
  around: { readonly estate: string; readonly gateways: Map<string, string> },
  report: Report,
): unknown {
  const placed = report.parse(placedSchema, value, path);
  if (!isObject(value)) return value;
  const { id: asset, points } = value;
  if (placed !== undefined) around.gateways.set(String(asset), placed.gateway);
  if (placed !== undefined && placed.estate !== around.estate) {
    const message = `The asset is of the estate "${placed.estate}", and this is "${around.estate}"`;
    report.add([...path, 'estate'], 'DEVICES_ESTATE_FIELD_INVALID', message);
  }
  const name = `${around.estate}/${asset}`;
  return {
    ...known(value, assetSchema),
    ...(Array.isArray(points) && {
      points: points.map((point, index) =>
        pointSource(point, [...path, 'points', index], name, report),
      ),
    }),
  };
}

function pointSource(value: unknown, path: Path, asset: string, report: Report): unknown {
  const filled = report.parse(filledSchema, value, path);
  if (!isObject(value)) return value;
  const { cadence: _, silentAfter: __, ...own } = known(value, pointSchema);
  if (filled === undefined) return own;
  const { cadence, silentAfter } = filled;
  const point = `${asset}/${filled.metric}`;
  if (filled.id !== point) {
    const message = `"${filled.id}" is not the id of this point`;
    report.add([...path, 'id'], 'DEVICES_ESTATE_FIELD_INVALID', message, point);
  }
  return { ...own, cadence: printDuration(cadence), silentAfter: printDuration(silentAfter) };
}

/**
 * What this version knows. A newer cloud may say more, which an older gateway can do without; only what a device says
 * must not be read otherwise than it is meant.
 */
function known(value: object, { shape }: { readonly shape: object }): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => Object.hasOwn(shape, key)));
}

/** A bare value has an empty path, which nobody writes. */
function mappingSource(value: unknown): unknown {
  if (!isObject(value) || !Array.isArray(value.fields)) return value;
  const fields = value.fields.map((field: unknown) => {
    if (!isObject(field) || field.path !== '') return field;
    const { path: _, ...rest } = field;
    return rest;
  });
  return { ...value, fields };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
