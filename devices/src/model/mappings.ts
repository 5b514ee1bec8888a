import { defaultFields, defaultNodeFields } from './default-fields.ts';
import type { Asset, FieldMapping, Mapping } from './estate.ts';
import { readFields } from './fields.ts';
import { topicFormats } from './formats.ts';
import { type Preset, presetOf } from './presets.ts';
import type { Report } from './report.ts';
import { mappingSchema, type ParsedMapping } from './schema.ts';
import type { Path } from './source.ts';

/** Assets by id; undefined for one that is declared and broken, so that its mappings make no second fault. */
export type DeclaredAssets = ReadonlyMap<string, Asset | undefined>;

/**
 * Reads one entry of `mappings`, adding every fault of it. Presets and defaults are written out in what it
 * gives, and reading that again gives the same.
 */
export function readMapping(
  raw: unknown,
  path: Path,
  assets: DeclaredAssets,
  report: Report,
): Mapping | undefined {
  const parsed = report.parse(mappingSchema, raw, path);
  if (parsed === undefined) return undefined;
  checkNames(parsed, path, report);
  const asset = assetOf(parsed.asset, 'asset', path, assets, report);
  const node = parsed.node === undefined ? undefined : nodeOf(parsed.node, path, assets, report);
  const preset = parsed.preset === undefined ? undefined : readPreset(parsed, path, report);
  if (asset === undefined) return undefined;
  const nodeFields =
    node === undefined ? undefined : fieldsOfNode(parsed, node, preset, path, report);
  const { topic, device, at } = parsed;
  return {
    ...(topic === undefined ? {} : { topic }),
    ...(device === undefined ? {} : { device }),
    format: parsed.format,
    asset: parsed.asset,
    ...(parsed.node === undefined ? {} : { node: parsed.node }),
    ...(parsed.preset === undefined ? {} : { preset: parsed.preset }),
    fields: fieldsOf(parsed, asset, preset, path, report),
    ...(nodeFields === undefined ? {} : { nodeFields }),
    ...(at === undefined ? {} : { at }),
  };
}

/** A mapping listens to a topic or names a device, as its format has it. */
function checkNames(mapping: ParsedMapping, path: Path, report: Report): void {
  const { format, topic, device } = mapping;
  const add = (key: string, message: string, next?: string) =>
    report.add([...path, key], 'DEVICES_ESTATE_FIELD_INVALID', message, next);
  if (topic !== undefined && device !== undefined) {
    add('topic', 'A mapping has either a topic or a device');
  } else if (topic !== undefined && !topicFormats.has(format)) {
    add('topic', `A ${format} mapping names its device, not a topic`, 'device: …');
  } else if (topic === undefined && device === undefined) {
    const wanted = topicFormats.has(format) ? 'topic' : 'device';
    add(wanted, `missing: ${wanted} of the mapping`);
  } else if (device !== undefined && (format === 'json' || format === 'bare')) {
    add('device', `A ${format} mapping listens to a topic, it names no device`, 'topic: …');
  }
  if (format === 'bare' && mapping.at !== undefined) add('at', 'A bare value carries no time');
  if (mapping.nodeFields !== undefined && mapping.node === undefined) {
    add('nodeFields', 'Fields of a node need a node', 'node: <asset of kind device>');
  }
}

function assetOf(
  id: string,
  key: 'asset' | 'node',
  path: Path,
  assets: DeclaredAssets,
  report: Report,
): Asset | undefined {
  if (!assets.has(id)) {
    report.add([...path, key], 'DEVICES_ESTATE_ASSET_UNKNOWN', `There is no asset "${id}"`);
  }
  return assets.get(id);
}

function nodeOf(id: string, path: Path, assets: DeclaredAssets, report: Report): Asset | undefined {
  const node = assetOf(id, 'node', path, assets, report);
  if (node === undefined || node.kind === 'device') return node;
  const message = `The asset "${id}" is of kind "${node.kind}": a node is of kind device`;
  report.add([...path, 'node'], 'DEVICES_ESTATE_FIELD_INVALID', message);
  return undefined;
}

function readPreset(
  { preset: id = '', format }: ParsedMapping,
  path: Path,
  report: Report,
): Preset | undefined {
  const preset = presetOf(id);
  const where = [...path, 'preset'];
  if (preset === undefined) {
    const next = 'docs/devices.md lists the presets';
    report.add(where, 'DEVICES_ESTATE_PRESET_UNKNOWN', `There is no preset "${id}"`, next);
  } else if (!preset.formats.includes(format)) {
    const message = `The preset "${id}" is for ${preset.formats.join(', ')}, not for ${format}`;
    report.add(where, 'DEVICES_ESTATE_FIELD_INVALID', message);
  }
  return preset;
}

/** What the estate says, then what the preset knows of the points that the asset declares. */
function fieldsOf(
  mapping: ParsedMapping,
  asset: Asset,
  preset: Preset | undefined,
  path: Path,
  report: Report,
): FieldMapping[] {
  const own = ownFields(mapping, 'fields', asset, path, report);
  // Without a preset, fields that are written out are all there is.
  if (preset === undefined && mapping.fields !== undefined) return own;
  const fields = [...own, ...declared(knownFields(mapping, asset, preset), asset, own)];
  const unknownPreset = preset === undefined && mapping.preset !== undefined;
  if (fields.length === 0 && !unknownPreset) {
    report.add(
      path,
      'DEVICES_ESTATE_FIELD_INVALID',
      preset === undefined
        ? `A ${mapping.format} mapping of this asset must say its fields`
        : `The preset "${preset.id}" knows no point of this asset`,
      preset === undefined ? 'fields: [{ path: …, metric: … }]' : pointsOf(preset, asset),
    );
  }
  return fields;
}

function knownFields(
  mapping: ParsedMapping,
  asset: Asset,
  preset: Preset | undefined,
): readonly FieldMapping[] {
  if (asset.kind === 'device') return nodeDefaults(mapping, preset);
  if (preset === undefined) return defaultFields(mapping.format, asset.kind);
  return preset.kinds[asset.kind] ?? [];
}

function fieldsOfNode(
  mapping: ParsedMapping,
  node: Asset,
  preset: Preset | undefined,
  path: Path,
  report: Report,
): FieldMapping[] {
  const own = ownFields(mapping, 'nodeFields', node, path, report);
  return [...own, ...declared(nodeDefaults(mapping, preset), node, own)];
}

function nodeDefaults(mapping: ParsedMapping, preset: Preset | undefined): FieldMapping[] {
  return [...(preset?.node ?? []), ...defaultNodeFields(mapping.format)];
}

/** Those of points that the asset has and that no field before them gives. */
function declared(
  fields: readonly FieldMapping[],
  asset: Asset,
  own: readonly FieldMapping[],
): FieldMapping[] {
  const metrics = new Set(asset.points.map((point) => point.metric));
  for (const { metric } of own) metrics.delete(metric);
  return fields.filter((field) => metrics.has(field.metric));
}

function ownFields(
  mapping: ParsedMapping,
  key: 'fields' | 'nodeFields',
  asset: Asset,
  path: Path,
  report: Report,
): FieldMapping[] {
  const raws = mapping[key] ?? [];
  const where = [...path, key];
  if (mapping.format === 'bare' && raws.length > 1) {
    report.add(where, 'DEVICES_ESTATE_FIELD_INVALID', 'A bare payload is one value: one field');
  }
  const target = {
    label: `asset "${asset.id}"`,
    kind: asset.kind,
    metrics: asset.points.map((point) => point.metric),
    bare: mapping.format === 'bare',
    format: mapping.format,
  };
  return readFields(raws, target, where, report);
}

function pointsOf(preset: Preset, asset: Asset): string {
  const metrics = new Set((preset.kinds[asset.kind] ?? []).map((field) => field.metric));
  return metrics.size > 0
    ? `declare one of these points: ${[...metrics].join(', ')}`
    : `it is for ${Object.keys(preset.kinds).join(', ')}`;
}
