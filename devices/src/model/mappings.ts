import { kinds, type Metric } from '../kinds/index.ts';
import type { Asset, FieldMapping, Mapping } from './estate.ts';
import type { Report } from './report.ts';
import { fieldSchema, mappingSchema, type ParsedField, type ParsedMapping } from './schema.ts';
import type { Path } from './source.ts';
import { zigbeeFields, zigbeeWords } from './zigbee2mqtt.ts';

/** Assets by id; undefined for one that is declared and broken, so that its mappings make no second fault. */
export type DeclaredAssets = ReadonlyMap<string, Asset | undefined>;

/** Reads one entry of `mappings`, adding every fault of it. */
export function readMapping(
  raw: unknown,
  path: Path,
  assets: DeclaredAssets,
  report: Report,
): Mapping | undefined {
  const parsed = report.parse(mappingSchema, raw, path);
  if (parsed === undefined) return undefined;
  if (!assets.has(parsed.asset)) {
    report.add(
      [...path, 'asset'],
      'DEVICES_ESTATE_ASSET_UNKNOWN',
      `There is no asset "${parsed.asset}"`,
    );
  }
  if (parsed.format === 'bare' && parsed.at !== undefined) {
    report.add([...path, 'at'], 'DEVICES_ESTATE_FIELD_INVALID', 'A bare value carries no time');
  }
  const asset = assets.get(parsed.asset);
  if (asset === undefined) return undefined;
  const fields =
    parsed.fields === undefined
      ? defaultFields(parsed, asset, path, report)
      : readFields(parsed, parsed.fields, asset, path, report);
  return {
    topic: parsed.topic,
    format: parsed.format,
    asset: parsed.asset,
    fields,
    ...(parsed.at === undefined ? {} : { at: parsed.at }),
  };
}

function defaultFields(
  mapping: ParsedMapping,
  asset: Asset,
  path: Path,
  report: Report,
): FieldMapping[] {
  const metrics = new Set(asset.points.map((point) => point.metric));
  const fields = mapping.format === 'zigbee2mqtt' ? zigbeeFields(asset.kind, metrics) : [];
  if (fields.length === 0) {
    report.add(
      path,
      'DEVICES_ESTATE_FIELD_INVALID',
      `A ${mapping.format} mapping of this asset must say its fields`,
      'fields: [{ path: …, metric: … }]',
    );
  }
  return fields;
}

function readFields(
  mapping: ParsedMapping,
  raws: readonly unknown[],
  asset: Asset,
  path: Path,
  report: Report,
): FieldMapping[] {
  const fields: FieldMapping[] = [];
  if (mapping.format === 'bare' && raws.length > 1) {
    const message = 'A bare payload is one value: one field';
    report.add([...path, 'fields'], 'DEVICES_ESTATE_FIELD_INVALID', message);
  }
  for (const [index, raw] of raws.entries()) {
    const where = [...path, 'fields', index];
    const parsed = report.parse(fieldSchema, raw, where);
    if (parsed === undefined) continue;
    if ((mapping.format === 'bare') !== (parsed.path === undefined)) {
      const message =
        mapping.format === 'bare' ? 'A bare payload has no path' : 'missing: path of the value';
      report.add([...where, 'path'], 'DEVICES_ESTATE_FIELD_INVALID', message);
    }
    const metric = metricOf(parsed, asset, where, report);
    if (metric === undefined) continue;
    checkWords(parsed, metric, where, report);
    checkScale(parsed, metric, where, report);
    fields.push(fieldOf(parsed, mapping.format));
  }
  return fields;
}

function metricOf(
  field: ParsedField,
  asset: Asset,
  path: Path,
  report: Report,
): Metric | undefined {
  const declared = asset.points.map((point) => point.metric);
  if (declared.includes(field.metric)) return kinds[asset.kind]?.metrics[field.metric];
  report.add(
    [...path, 'metric'],
    'DEVICES_ESTATE_METRIC_UNKNOWN',
    `The asset "${asset.id}" has no point "${field.metric}"`,
    `allowed: ${declared.join(', ')}`,
  );
  return undefined;
}

function checkWords(field: ParsedField, metric: Metric, path: Path, report: Report): void {
  for (const [word, value] of Object.entries(field.words ?? {})) {
    const fits =
      metric.type === 'number'
        ? typeof value === 'number'
        : metric.type === 'flag'
          ? typeof value === 'boolean'
          : metric.states?.includes(String(value)) === true;
    if (fits) continue;
    const allowed =
      metric.type === 'number'
        ? 'a number'
        : metric.type === 'flag'
          ? 'true or false'
          : (metric.states ?? []).join(', ');
    report.add(
      [...path, 'words', word],
      'DEVICES_ESTATE_WORD_UNKNOWN',
      `"${String(value)}" is no value of ${metric.id}`,
      `allowed: ${allowed}`,
    );
  }
}

function checkScale(field: ParsedField, metric: Metric, path: Path, report: Report): void {
  for (const key of ['scale', 'offset'] as const) {
    if (field[key] === undefined || metric.type === 'number') continue;
    const message = `${metric.id} is no number: it has no ${key}`;
    report.add([...path, key], 'DEVICES_ESTATE_FIELD_INVALID', message);
  }
}

function fieldOf(parsed: ParsedField, format: Mapping['format']): FieldMapping {
  const words =
    parsed.words ??
    (format === 'zigbee2mqtt' ? zigbeeWords(parsed.path ?? '', parsed.metric) : undefined);
  return {
    path: parsed.path ?? '',
    metric: parsed.metric,
    ...(words === undefined ? {} : { words }),
    ...(parsed.scale === undefined ? {} : { scale: parsed.scale }),
    ...(parsed.offset === undefined ? {} : { offset: parsed.offset }),
    ...(parsed.sentinels === undefined ? {} : { sentinels: parsed.sentinels }),
  };
}
