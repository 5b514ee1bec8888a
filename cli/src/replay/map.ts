import { CaretakerError, type Fault, FaultsError } from '@caretaker/readings/base';
import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';

const fieldSchema = z.union([
  z.string().min(1),
  z.strictObject({
    column: z.string().min(1),
    /** value × scale + offset. */
    scale: z.number().optional(),
    offset: z.number().optional(),
  }),
]);

const mapSchema = z.strictObject({
  time: z.strictObject({
    column: z.string().min(1),
    /** IANA zone of times that carry no offset. */
    zone: z.string().optional(),
    /** Unit of times that are bare numbers since 1970. */
    unit: z.enum(['s', 'ms']).default('ms'),
  }),
  /** MQTT topic; `{column}` stands for the row's value. */
  topic: z.string().min(1),
  /** Names in the message, and the column each comes from. */
  fields: z.record(z.string(), fieldSchema),
});

/** Which columns of a file become which messages. */
export type ReplayMap = z.infer<typeof mapSchema>;

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/**
 * Reads a map.
 * @param file its name, for messages.
 * @throws FaultsError `CLI_REPLAY_MAP` with every fault.
 */
export function parseMap(text: string, file: string): ReplayMap {
  const faults: Fault[] = [];
  const fault = (where: string, message: string) =>
    faults.push({ code: 'CLI_REPLAY_MAP', where, message });
  let read: ReplayMap | undefined;
  try {
    const parsed = mapSchema.safeParse(parse(text));
    if (parsed.success) read = parsed.data;
    for (const issue of parsed.error?.issues ?? []) fault(issue.path.join('.'), issue.message);
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    fault(`line ${error.linePos?.[0].line}`, error.message);
  }
  if (read?.time.zone !== undefined && !isZone(read.time.zone)) {
    fault('time.zone', `"${read.time.zone}" is not an IANA zone such as Asia/Shanghai`);
  }
  if (read !== undefined && faults.length === 0) return read;
  throw new FaultsError('CLI_REPLAY_MAP', `${file} is not a map of columns:`, faults);
}

/** A row of the file by column name. */
export type Row = Readonly<Record<string, unknown>>;

/** One MQTT message to publish. */
export interface Message {
  readonly topic: string;
  /** UTC epoch milliseconds, as recorded. */
  readonly at: number;
  readonly values: Readonly<Record<string, unknown>>;
}

const offset = /(Z|[+-]\d{2}:?\d{2})$/i;

/** @returns UTC epoch milliseconds, or a sentence about what is wrong. */
function instantOf(value: unknown, time: ReplayMap['time']): number | string {
  const text = String(value ?? '').trim();
  if (text === '') return `column "${time.column}" is empty`;
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text) * (time.unit === 's' ? 1000 : 1);
  const iso = text.replace(' ', 'T');
  try {
    if (offset.test(iso)) return Temporal.Instant.from(iso).epochMilliseconds;
    if (time.zone === undefined) return `"${text}" has no offset; name its zone as time.zone`;
    return Temporal.PlainDateTime.from(iso).toZonedDateTime(time.zone).epochMilliseconds;
  } catch {
    return `"${text}" is not a time`;
  }
}

function plainValue(raw: unknown): unknown {
  if (typeof raw !== 'string') return raw;
  const text = raw.trim();
  if (text === '') return undefined;
  if (text === 'true' || text === 'false') return text === 'true';
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}

function fieldOf(row: Row, field: ReplayMap['fields'][string]): unknown {
  if (typeof field === 'string') return plainValue(row[field]);
  const value = plainValue(row[field.column]);
  return typeof value === 'number' ? value * (field.scale ?? 1) + (field.offset ?? 0) : value;
}

/**
 * The message of one row, or null when none of its fields has a value.
 * @throws CaretakerError `CLI_REPLAY_ROW` when its time cannot be read; `where` is the file and line.
 */
export function messageOf(row: Row, map: ReplayMap, where: string): Message | null {
  const at = instantOf(row[map.time.column], map.time);
  if (typeof at === 'string') {
    throw new CaretakerError({ code: 'CLI_REPLAY_ROW', message: at, where });
  }
  const values: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(map.fields)) {
    const value = fieldOf(row, field);
    if (value !== undefined && value !== null) values[name] = value;
  }
  if (Object.keys(values).length === 0) return null;
  const topic = map.topic.replace(/\{(.+?)\}/g, (_, column: string) => String(row[column] ?? ''));
  return { topic, at, values };
}
