import { kinds, type Metric } from '../kinds/index.ts';
import { convert, isUnit, unitsLike } from '../units.ts';
import type { FieldMapping } from './estate.ts';
import type { Format } from './formats.ts';
import type { Report } from './report.ts';
import { fieldSchema, type ParsedField } from './schema.ts';
import type { Path } from './source.ts';
import { zigbeeWords } from './zigbee2mqtt.ts';

/** Whose metrics a list of fields gives. */
export interface FieldTarget {
  /** For messages: `asset "bin-1"`, `kind "bin"`. */
  readonly label: string;
  readonly kind: string;
  /** Metrics that fields may name. */
  readonly metrics: readonly string[];
  readonly bare: boolean;
  readonly format: Format | null;
}

/** Reads a list of fields, adding every fault of it. */
export function readFields(
  raws: readonly unknown[],
  target: FieldTarget,
  path: Path,
  report: Report,
): FieldMapping[] {
  const fields: FieldMapping[] = [];
  for (const [index, raw] of raws.entries()) {
    const where = [...path, index];
    const parsed = report.parse(fieldSchema, raw, where);
    if (parsed === undefined) continue;
    if (target.bare !== (parsed.path === undefined)) {
      const message = target.bare ? 'A bare payload has no path' : 'missing: path of the value';
      report.add([...where, 'path'], 'DEVICES_ESTATE_FIELD_INVALID', message);
    }
    const metric = metricOf(parsed, target, where, report);
    if (metric === undefined) continue;
    checkWords(parsed, metric, where, report);
    checkNumbers(parsed, metric, where, report);
    if (parsed.or !== undefined && (metric.type !== 'flag' || target.bare)) {
      const message = `${metric.id} is no flag of an object: it has one path`;
      report.add([...where, 'or'], 'DEVICES_ESTATE_FIELD_INVALID', message);
    }
    fields.push(fieldOf(parsed, target.format));
  }
  return fields;
}

function metricOf(
  field: ParsedField,
  target: FieldTarget,
  path: Path,
  report: Report,
): Metric | undefined {
  if (target.metrics.includes(field.metric)) return kinds[target.kind]?.metrics[field.metric];
  report.add(
    [...path, 'metric'],
    'DEVICES_ESTATE_METRIC_UNKNOWN',
    `The ${target.label} has no point "${field.metric}"`,
    `allowed: ${target.metrics.join(', ')}`,
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

/** What only a number has: scale, offset and unit. */
function checkNumbers(field: ParsedField, metric: Metric, path: Path, report: Report): void {
  for (const key of ['scale', 'offset', 'unit'] as const) {
    if (field[key] === undefined || metric.type === 'number') continue;
    const message = `${metric.id} is no number: it has no ${key}`;
    report.add([...path, key], 'DEVICES_ESTATE_FIELD_INVALID', message);
  }
  const { unit } = field;
  if (unit === undefined || metric.type !== 'number') return;
  if (convert(1, unit, metric.unit) !== undefined) return;
  const message = isUnit(unit)
    ? `${metric.id} is in ${metric.unit || 'no unit'}: ${unit} measures something else`
    : `"${unit}" is no unit that is known here`;
  const like = unitsLike(metric.unit);
  const next = like.length === 0 ? 'leave the unit out' : `allowed: ${like.join(', ')}`;
  report.add([...path, 'unit'], 'DEVICES_ESTATE_UNIT_UNKNOWN', message, next);
}

function fieldOf(parsed: ParsedField, format: Format | null): FieldMapping {
  const words =
    parsed.words ??
    (format === 'zigbee2mqtt' ? zigbeeWords(parsed.path ?? '', parsed.metric) : undefined);
  return {
    path: parsed.path ?? '',
    metric: parsed.metric,
    ...(parsed.or === undefined ? {} : { or: parsed.or }),
    ...(words === undefined ? {} : { words }),
    ...(parsed.unit === undefined ? {} : { unit: parsed.unit }),
    ...(parsed.scale === undefined ? {} : { scale: parsed.scale }),
    ...(parsed.offset === undefined ? {} : { offset: parsed.offset }),
    ...(parsed.sentinels === undefined ? {} : { sentinels: parsed.sentinels }),
  };
}
