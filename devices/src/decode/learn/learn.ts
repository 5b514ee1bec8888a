import { isObject, messageIn } from '../payload.ts';
import { Refusal } from '../refusal.ts';
import {
  binarySuits,
  coverSuits,
  isSwitched,
  type Suit,
  sensorSuits,
  switchSuits,
  type Words,
} from './classes.ts';
import { textOf, written } from './config.ts';
import { reachedBy } from './template.ts';

type Json = Readonly<Record<string, unknown>>;

/** A point that a device describes for Home Assistant, as a proposal: a person confirms it. */
export interface LearntPoint {
  /** Its unique id, or else its place in the topic. */
  readonly id: string;
  readonly name: string | null;
  /** What it belongs to; null when it does not say. */
  readonly device: LearntDevice | null;
  /** Topic and form of a mapping that reads it. */
  readonly topic: string;
  readonly format: 'json' | 'bare';
  /** JSON path; '' for a bare value. */
  readonly path: string;
  /** Unit of the device as it writes it; null when it says none. */
  readonly unit: string | null;
  /** Metrics it may be, the most usual first, each with the words that it needs; perhaps none. */
  readonly suits: readonly Suit[];
  /** After this long without a value it is unknown, milliseconds; null when it does not say. */
  readonly expireAfter: number | null;
}

export interface LearntDevice {
  readonly id: string | null;
  readonly name: string | null;
  readonly maker: string | null;
  readonly model: string | null;
  readonly area: string | null;
}

/** Everything that one discovery topic says at present: it replaces what the same topic said before. */
export interface Lesson {
  readonly source: string;
  /** None when the topic was cleared. */
  readonly points: readonly LearntPoint[];
  /** What could not be taken over, and why, in words for a person. */
  readonly unclear: readonly { readonly what: string; readonly why: string }[];
}

/** One component before its topic and template were looked at. */
interface Component {
  readonly id: string;
  readonly platform: string;
  readonly config: Json;
}

const mostComponents = 256;
const longestTopic = 256;
/** Whoever offers these topics offers what we ourselves publish. */
const ourOrigin = 'Caretaker';

/**
 * Learns points from Home Assistant's discovery: `<prefix>/<component>/[<node>/]<object>/config` and
 * `<prefix>/device/<object>/config`. Never throws, and never runs a template.
 * @returns null when the topic is none of discovery
 */
export function learn(topic: string, payload: Uint8Array, prefix = 'homeassistant'): Lesson | null {
  const place = placeOf(topic, prefix);
  if (place === undefined) return null;
  const lesson = { source: topic, points: [], unclear: [] };
  if (payload.length === 0) return lesson;
  const message = messageIn(payload);
  if (message instanceof Refusal) return unclear(topic, topic, message.message);
  if (!isObject(message)) return unclear(topic, topic, 'it is JSON, but no object');
  const config = written(message);
  if (isObject(config.origin) && config.origin.name === ourOrigin) return lesson;
  const components = componentsOf(place, config);
  if (components.length > mostComponents) {
    return unclear(topic, topic, `it has more than ${mostComponents} components`);
  }
  return lessonOf(topic, components);
}

function placeOf(topic: string, prefix: string): { component: string; id: string } | undefined {
  if (!topic.startsWith(`${prefix}/`) || !topic.endsWith('/config')) return undefined;
  const levels = topic.slice(prefix.length + 1, -'/config'.length).split('/', 4);
  const [component = '', ...named] = levels;
  const whole = component !== '' && (named.length === 1 || named.length === 2);
  return whole ? { component, id: named.join('/') } : undefined;
}

function unclear(source: string, what: string, why: string): Lesson {
  return { source, points: [], unclear: [{ what, why }] };
}

function componentsOf(place: { component: string; id: string }, config: Json): Component[] {
  if (place.component !== 'device') return [{ id: place.id, platform: place.component, config }];
  const { components, ...shared } = config;
  if (!isObject(components)) return [];
  return Object.entries(components).flatMap(([id, raw]) => {
    if (!isObject(raw)) return [];
    const own = written({ ...('~' in shared ? { '~': shared['~'] } : {}), ...raw });
    const platform = textOf(own, 'platform') ?? '';
    // A component with nothing but its platform is one that is gone.
    const gone = Object.keys(raw).length <= 1;
    return gone ? [] : [{ id: `${place.id}/${id}`, platform, config: { ...shared, ...own } }];
  });
}

function lessonOf(source: string, components: readonly Component[]): Lesson {
  const points: LearntPoint[] = [];
  const unclear: { what: string; why: string }[] = [];
  for (const component of components) {
    const learnt = pointOf(component);
    if (typeof learnt === 'string') unclear.push({ what: nameOf(component), why: learnt });
    else if (learnt !== undefined) points.push(learnt);
  }
  return { source, points, unclear };
}

function nameOf({ id, config }: Component): string {
  return textOf(config, 'name') ?? textOf(config, 'unique_id') ?? id;
}

/** The point, why it is none, or undefined for what is not worth a word (a button, our own). */
function pointOf(component: Component): LearntPoint | string | undefined {
  const { id, platform, config } = component;
  const measures = ['binary_sensor', 'sensor', 'cover'].includes(platform) || isSwitched(platform);
  if (!measures) return undefined;
  const topic = config.state_topic;
  if (typeof topic !== 'string') return 'it has no topic for its state';
  if (topic.startsWith('ctk-events/')) return undefined;
  if (!isTopic(topic)) return 'its topic cannot be mapped';
  const reached = reachedBy(templateOf(platform, config));
  if ('why' in reached) return reached.why;
  const unit = textOf(config, 'unit_of_measurement');
  const expires = config.expire_after;
  return {
    id: textOf(config, 'unique_id') ?? id,
    name: textOf(config, 'name'),
    device: isObject(config.device) ? deviceOf(config.device) : null,
    topic,
    format: reached.path === '' ? 'bare' : 'json',
    path: reached.path,
    unit,
    suits: suitsOf(platform, config, unit),
    expireAfter: typeof expires === 'number' && expires > 0 ? expires * 1_000 : null,
  };
}

function isTopic(topic: string): boolean {
  const mappable = topic.length <= longestTopic && topic !== '' && !/[+#\0]/.test(topic);
  return mappable && !/^(\$|\/|caretaker\/|ctk\/)/.test(topic);
}

function templateOf(platform: string, config: Json): string {
  const key =
    isSwitched(platform) && platform !== 'switch' ? 'state_value_template' : 'value_template';
  const template = config[key] ?? config.value_template;
  if (typeof template === 'string') return template;
  // A lamp of the JSON schema has no template: its state has this name.
  return config.schema === 'json' ? '{{ value_json.state }}' : '{{ value }}';
}

function suitsOf(platform: string, config: Json, unit: string | null): Suit[] {
  const deviceClass = textOf(config, 'device_class') ?? '';
  if (platform === 'cover') return coverSuits(coverWords(config));
  const said: Words = {
    on: saidAs(config.state_on ?? config.payload_on ?? 'ON'),
    off: saidAs(config.state_off ?? config.payload_off ?? 'OFF'),
  };
  if (platform === 'binary_sensor') return binarySuits(deviceClass, said);
  if (isSwitched(platform)) return switchSuits(platform, said);
  return sensorSuits(deviceClass, unit, config.entity_category === 'diagnostic');
}

function coverWords(config: Json): Words {
  const words = ['open', 'opening', 'closed', 'closing'] as const;
  return Object.fromEntries(words.map((word) => [word, saidAs(config[`state_${word}`] ?? word)]));
}

/** `True` is how a template prints what stands in the message as true. */
function saidAs(word: unknown): string[] {
  if (typeof word !== 'string' && typeof word !== 'boolean' && typeof word !== 'number') return [];
  const said = String(word).slice(0, 64);
  return said === 'True' || said === 'False' ? [said, said.toLowerCase()] : [said];
}

function deviceOf(device: Json): LearntDevice {
  const { identifiers } = device;
  const id: unknown = Array.isArray(identifiers) ? identifiers[0] : identifiers;
  return {
    id: typeof id === 'string' ? id.slice(0, 256) : null,
    name: textOf(device, 'name'),
    maker: textOf(device, 'manufacturer'),
    model: textOf(device, 'model'),
    area: textOf(device, 'suggested_area'),
  };
}
