import { kinds } from '@caretaker/devices/kinds';
import type { Asset, Estate } from '@caretaker/devices/model';
import { type Component, componentOf, type Language } from './discovery-metric.ts';
import { Topics } from './messages.ts';

export interface DiscoveryConfig {
  /** First levels of the topics that Home Assistant looks at, `homeassistant` as it comes. */
  readonly prefix: string;
  readonly language: Language;
}

export interface Announcing {
  readonly estate: Estate;
  readonly gateway: string;
  /** Of this program. */
  readonly version: string;
}

/** Parts that were announced on a topic, by the component that each is. */
export type Parts = Readonly<Record<string, string>>;

/** What is to be said on one topic. */
export interface Announcement {
  readonly topic: string;
  /** Empty to take the device away. */
  readonly payload: string;
}

/** By this other programs, and our own way of learning devices, know that it is ours. */
const originName = 'Caretaker';

const nowhere: DiscoveryConfig = { prefix: '', language: 'en' };
const problemLabel = { en: 'Problem', zh: '异常' };

/**
 * Tells Home Assistant of the assets of a gateway: each is a device, each of its metrics an entity that reads the
 * asset's state topic, and one more says whether anything is wrong with it. It needs Home Assistant 2024.11, which
 * takes a device with all its parts in one message.
 */
export class Discovery {
  readonly #config: DiscoveryConfig | null;
  #announced: Map<string, Parts>;

  /**
   * @param config null when nothing is to be announced: what was before is then taken away
   * @param announced by an earlier start
   */
  constructor(config: DiscoveryConfig | null, announced: Readonly<Record<string, Parts>> = {}) {
    this.#config = config;
    this.#announced = new Map(Object.entries(announced));
  }

  /** To be kept for the next start. */
  get announced(): Readonly<Record<string, Parts>> {
    return Object.fromEntries(this.#announced);
  }

  /** Everything that is to be said of an estate, with what takes away what is no more. */
  announce(all: Announcing): Announcement[] {
    const before = this.#announced;
    const said: Announcement[] = [];
    this.#announced = new Map();
    const { prefix, language } = this.#config ?? nowhere;
    for (const asset of this.#config === null ? [] : all.estate.assets) {
      if (asset.gateway !== all.gateway) continue;
      const topic = topicOf(prefix, all.gateway, asset.id);
      const components = componentsOf(asset, all, language);
      const parts = Object.entries(components).map(([id, { platform }]) => [id, platform]);
      // A part with nothing but its component is taken away [MQTT discovery, "device discovery"].
      const gone = Object.entries(before.get(topic) ?? {}).map(([id, platform]) => [
        id,
        { platform },
      ]);
      const payload = payloadOf(asset, all, language, {
        ...Object.fromEntries(gone),
        ...components,
      });
      said.push({ topic, payload: JSON.stringify(payload) });
      this.#announced.set(topic, Object.fromEntries(parts));
    }
    for (const topic of before.keys()) {
      if (!this.#announced.has(topic)) said.push({ topic, payload: '' });
    }
    return said;
  }
}

/** Every id is without `/`, and so is a topic that Home Assistant takes: letters, digits, `_` and `-`. */
function topicOf(prefix: string, gateway: string, asset: string): string {
  return `${prefix}/device/ctk_${gateway}_${asset}/config`;
}

function componentsOf(
  asset: Asset,
  { estate }: Announcing,
  language: Language,
): Record<string, Component> {
  const unique = (part: string) => `ctk_${estate.id}_${asset.id}_${part}`;
  const components: Record<string, Component> = {};
  for (const { metric } of asset.points) {
    const known = kinds[asset.kind]?.metrics[metric];
    if (known === undefined) continue;
    components[metric] = { ...componentOf(known, language), unique_id: unique(metric) };
  }
  components.problem = {
    ...problem(new Topics(estate.id).condition(asset.id), problemLabel[language]),
    unique_id: unique('problem'),
  };
  return components;
}

function problem(topic: string, name: string): Component {
  return {
    platform: 'binary_sensor',
    name,
    device_class: 'problem',
    state_topic: topic,
    value_template: "{{ 'ON' if value_json.breaches or value_json.tickets else 'OFF' }}",
    json_attributes_topic: topic,
  };
}

function payloadOf(
  asset: Asset,
  { estate, gateway, version }: Announcing,
  language: Language,
  components: object,
) {
  const topics = new Topics(estate.id);
  return {
    device: {
      identifiers: [`ctk_${estate.id}_${asset.id}`],
      name: asset.name[language],
      manufacturer: originName,
      model: kinds[asset.kind]?.label[language] ?? asset.kind,
      suggested_area: asset.place[language],
    },
    origin: { name: originName, sw_version: version },
    availability_topic: topics.gateway(gateway),
    availability_template: '{{ value_json.state }}',
    payload_available: 'online',
    payload_not_available: 'offline',
    state_topic: topics.state(asset.id),
    qos: 1,
    components,
  };
}
