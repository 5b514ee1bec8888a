import type { Text } from '@caretaker/readings/base';
import type { DiscoverySuggestion } from '@caretaker/readings/uplink';
import { kinds } from '../../kinds/index.ts';
import type { Estate } from '../../model/index.ts';
import { mappingSchema } from '../../model/schema.ts';
import type { LearntPoint } from '../learn/learn.ts';
import { isObject } from '../payload.ts';
import { readTime } from '../time.ts';
import { guessByLesson } from './by-lesson.ts';
import { deviceReadings, guessByNames } from './by-names.ts';
import { guessByPreset, type PresetGuess } from './by-preset.ts';
import { touchpoints } from './concepts.ts';
import { measures, type Reading } from './fields.ts';
import { freeId } from './ids.ts';
import { type Leaf, leavesOf } from './leaves.ts';

/** A device or topic that no mapping names, with what was seen of its messages. */
interface Talker {
  readonly format: string;
  /** As its family names it; of plain JSON and bare values the topic, which is all that names them. */
  readonly device: string;
  readonly name: string | null;
  readonly topic: string;
  /** Of a bare value `{ value }`. */
  readonly body: unknown;
}

/** Names alone never make certain. */
const mostByNames = 0.8;
/** What a device says of its own values is mostly right; which asset it watches it cannot know. */
const mostByLesson = 0.9;
/** A preset that knows less of what the device says is that of another device. */
const leastByPreset = 0.6;
const mostDoubts = 8;
const mostOthers = 4;
const mostKinds = 8;
const shortName = 80;

/**
 * What a device that no mapping names might be: by a preset whose fields it has, by what it has described of itself,
 * or by names and units alone.
 * @param learnt what is described of the topic on which it talks
 * @returns null when nothing that it says could be a value of an asset
 */
export function suggest(
  talker: Talker,
  estate: Estate,
  learnt: readonly LearntPoint[] = [],
): DiscoverySuggestion | null {
  const leaves = leavesOf(talker.format === 'bare' ? bareBody(talker) : talker.body);
  const guess = guessFor(talker, leaves, learnt);
  if (guess === null) return null;
  const { assets, ids } = assetsOf(talker, guess, estate);
  const mapping = mappingOf(talker, leaves, ids, guess);
  // Some names of devices and fields no mapping can have, such as one with a wildcard of MQTT.
  if (!mappingSchema.safeParse(mapping).success) return null;
  const doubts = [...guess.asset, ...guess.device].flatMap((one) => one.doubts);
  return {
    score: Math.round(guess.score * 100) / 100,
    preset: guess.preset,
    kind: guess.kind,
    fields: [
      ...guess.asset.map((one) => shownField(one, 'asset')),
      ...guess.device.map((one) => shownField(one, 'device')),
    ],
    doubts: [...guess.doubts, ...doubts].slice(0, mostDoubts),
    assets,
    mappings: [mapping],
  };
}

interface Guess {
  readonly preset: string | null;
  readonly kind: string;
  readonly score: number;
  readonly asset: readonly Reading[];
  readonly device: readonly Reading[];
  /** Those of the device that the preset knows. */
  readonly ofPreset: readonly Reading[];
  /** On the whole of it, beside those on single values. */
  readonly doubts: readonly Text[];
}

/** Formats whose messages name no device: their mappings listen to a topic. */
function isPlain({ format }: Talker): boolean {
  return format === 'json' || format === 'bare';
}

function guessFor(
  talker: Talker,
  leaves: readonly Leaf[],
  learnt: readonly LearntPoint[],
): Guess | null {
  const said = saidOf(talker, leaves);
  const byPreset = guessByPreset(leaves, said, talker.format);
  if (byPreset !== null && byPreset.score >= leastByPreset) {
    const { kind, score, asset, device: ofPreset, preset } = byPreset;
    const known = new Set(ofPreset.map(({ field }) => field.metric));
    const more = deviceReadings(leaves, talker.format).filter(
      (one) => !known.has(one.field.metric),
    );
    const doubts = presetDoubts(byPreset);
    const device = [...ofPreset, ...more];
    return { preset: preset.id, kind, score, asset, device, ofPreset, doubts };
  }
  const wanted = Math.max(1, leaves.filter(measures).length);
  const byLesson = guessByLesson(leaves, learnt, said);
  if (byLesson !== null) {
    const share = (byLesson.asset.length + byLesson.device.length) / wanted;
    const score = mostByLesson * Math.min(1, share);
    const doubts = [kindDoubt(byLesson.kind)];
    return { ...byLesson, preset: null, score, ofPreset: [], doubts };
  }
  const byNames = guessByNames(leaves, said, talker.format);
  if (byNames === null || byNames.asset.length === 0) return null;
  const known = byNames.asset.length + byNames.device.length;
  const score = mostByNames * Math.min(1, known / wanted);
  return { ...byNames, preset: null, score, ofPreset: [], doubts: [kindDoubt(byNames.kind)] };
}

/** A bare value has the name of its topic's last level. */
function bareBody({ topic, body }: Talker): unknown {
  const value = isObject(body) && typeof body.value !== 'object' ? body.value : null;
  return { [topic.split('/').at(-1) ?? '']: value };
}

/** All that may tell what it is: some networks name the model or profile of a device. */
function saidOf({ name, device, topic }: Talker, leaves: readonly Leaf[]): string {
  const models = leaves.filter((leaf) => /^\$?(device)?(profile|model)(name|id)?$/.test(leaf.name));
  return [name, device, topic, ...models.map(({ value }) => value)]
    .filter((one) => one !== null)
    .join(' ');
}

function assetsOf(talker: Talker, guess: Guess, estate: Estate) {
  const { kind, asset, device } = guess;
  const taken = new Set(estate.assets.map(({ id }) => id));
  const called = talker.name ?? (isPlain(talker) ? nameOfTopic(talker) : talker.device);
  const id = freeId(called, kind, taken);
  const touchpoint = touchpoints[kind] ?? 'TP18';
  const label = kinds[kind]?.label ?? { en: kind, zh: kind };
  // Zigbee2MQTT calls its devices as people do, unless they have not named them yet.
  const friendly = talker.format === 'zigbee2mqtt' && !/^0x/.test(called);
  const isNamed = talker.name !== null || friendly || /\P{ASCII}/u.test(called);
  const name = isNamed
    ? [...called].slice(0, shortName).join('')
    : { en: `${label.en} ${id}`, zh: `${label.zh} ${id}` };
  const place = { ...estate.name };
  const watched = { id, name, kind, touchpoint, place, points: metricsOf(asset) };
  if (device.length === 0) return { assets: [watched], ids: { asset: id, node: null } };
  const node = freeId(`${id}-sensor`, 'device', taken);
  const sensor = {
    ...{ id: node, name: { en: `Sensor of ${id}`, zh: `${id} 的传感器` }, kind: 'device' },
    ...{ touchpoint, place, points: metricsOf(device) },
  };
  return { assets: [watched, sensor], ids: { asset: id, node } };
}

/** Last levels of topics that name no device. */
const general = /^(state|status|sensor|data|json|telemetry|tele|up|uplink|event|events|values?)$/i;

function nameOfTopic({ topic, format }: Talker): string {
  const levels = topic.split('/').filter((level) => level !== '');
  if (format === 'bare') return levels.slice(-2).join('-');
  while (levels.length > 1 && general.test(levels.at(-1) ?? '')) levels.pop();
  // A number alone says only which of several.
  return levels.slice(/^\d*$/.test(levels.at(-1) ?? '') ? -2 : -1).join('-');
}

function metricsOf(readings: readonly Reading[]): string[] {
  return readings.map(({ field }) => field.metric);
}

function mappingOf(
  talker: Talker,
  leaves: readonly Leaf[],
  { asset, node }: { readonly asset: string; readonly node: string | null },
  guess: Guess,
): Record<string, unknown> {
  const { format, device, topic } = talker;
  const at = format === 'json' ? timePath(leaves) : null;
  const fields = (readings: readonly Reading[]) =>
    readings.map(({ field: { path, ...rest } }) => (format === 'bare' ? rest : { path, ...rest }));
  // A preset brings its own; what it does not know of the device itself is written out.
  const own = guess.device.filter((one) => !guess.ofPreset.includes(one));
  const nodeFields = node === null || own.length === 0 ? {} : { nodeFields: fields(own) };
  const written =
    guess.preset === null ? { fields: fields(guess.asset) } : { preset: guess.preset };
  return {
    format,
    ...(isPlain(talker) ? { topic } : { device }),
    asset,
    ...(node === null ? {} : { node }),
    ...(at === null ? {} : { at }),
    ...written,
    ...nodeFields,
  };
}

/** Far enough ahead that no present time is refused for it. */
const anyTime = Date.UTC(2200, 0, 1);

/** Where a message says when it was measured, in a form that is read. */
function timePath(leaves: readonly Leaf[]): string | null {
  const times = leaves.filter(({ name }) => /^(at|ts|time|timestamp|lastseen)$/.test(name));
  return times.find(({ value }) => typeof readTime(value, anyTime) === 'number')?.path ?? null;
}

function shownField({ leaf, field }: Reading, of: 'asset' | 'device') {
  const value = `${leaf.value}${leaf.unit === null || typeof leaf.value === 'string' ? '' : ` ${leaf.unit}`}`;
  return { path: leaf.path.slice(0, 256), value: value.slice(0, 80), metric: field.metric, of };
}

function presetDoubts({ others, otherKinds, kind }: PresetGuess): Text[] {
  const doubts: Text[] = [];
  if (otherKinds.length > 0) {
    const labels = (language: 'en' | 'zh') =>
      [kind, ...otherKinds].slice(0, mostKinds).map((one) => kinds[one]?.label[language] ?? one);
    doubts.push({
      en: `Its messages do not tell what it watches: ${labels('en').join(', ')}.`,
      zh: `其消息未说明监测对象，可能为：${labels('zh').join('、')}。`,
    });
  }
  if (others.length > 0) {
    const some = others.slice(0, mostOthers);
    doubts.push({
      en: `Other presets fit as well: ${some.join(', ')}.`,
      zh: `其他同样匹配的预设：${some.join('、')}。`,
    });
  }
  return doubts;
}

function kindDoubt(kind: string): Text {
  const label = kinds[kind]?.label ?? { en: kind, zh: kind };
  return {
    en: `No preset fits: that it watches "${label.en}" is a guess by the names of its values.`,
    zh: `没有匹配的预设：按数值名称推测其监测对象为“${label.zh}”。`,
  };
}
