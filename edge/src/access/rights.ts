import { topicsOf } from '@caretaker/devices/decode';
import type { Estate } from '@caretaker/devices/model';
import { covers, isFilter, isTopic, matches, overlap } from './filters.ts';

/** What one client may say and hear: every topic of `allow` that none of `deny` takes. */
export interface Rights {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  /** It hears only. */
  readonly mute?: boolean;
}

/** Everything but the broker's own topics: for who need not say who they are. */
export const everything: Rights = { allow: ['#'], deny: [] };

/** Whether the topic may be published to, or a message of it be heard. */
export function mayUse({ allow, deny }: Rights, topic: string): boolean {
  return (
    isTopic(topic) &&
    allow.some((filter) => matches(filter, topic)) &&
    !deny.some((filter) => matches(filter, topic))
  );
}

/** Whether a subscription is allowed: only when everything that it can take is. */
export function mayHear({ allow, deny }: Rights, filter: string): boolean {
  return (
    isFilter(filter) && covers(allow, filter) && !deny.some((denied) => overlap(denied, filter))
  );
}

/** First level of what the gateway tells of itself and its assets. Whoever "owns" it as a bridge may listen to it. */
export const eventsRoot = 'ctk-events';

/** Whether only the gateway itself may publish to a topic. */
export function isReserved(topic: string): boolean {
  return topic.startsWith(eventsRoot) && (topic[eventsRoot.length] ?? '/') === '/';
}

/** What flows say to each other and to others; none of it is a reading. */
const flowsRoot = 'node-red';

export function isBetweenFlows(topic: string): boolean {
  return topic.startsWith(`${flowsRoot}/`);
}

/**
 * First levels that no bridge can own: our devices' own topics, those between gateway and cloud, those of the gateway's
 * events, and those of flows.
 */
const reserved: ReadonlySet<string> = new Set(['caretaker', 'ctk', eventsRoot, flowsRoot]);

/**
 * The levels of `zigbee2mqtt` or `zigbee2mqtt/#` that a bridge may own.
 * @returns null when nobody may own that.
 */
export function prefixOf(text: string): string | null {
  const prefix = text.endsWith('/#') ? text.slice(0, -2) : text;
  if (prefix === eventsRoot) return prefix;
  const first = prefix.split('/', 1)[0] ?? '';
  const owned = isTopic(prefix) && !prefix.split('/').includes('') && !reserved.has(first);
  return owned ? prefix : null;
}

/** Whether one prefix lies within the other, and only one bridge can have it: any number may listen. */
export function prefixesMeet(one: string, other: string): boolean {
  return one !== eventsRoot && overlap(`${one}/#`, `${other}/#`);
}

/**
 * Works out the rights of devices and bridges from the estate's mappings.
 *
 * A device may say whatever reaches its own assets and no other's: its own topics under `caretaker/` and those
 * of its mappings, less what a mapping of another asset also takes and what lies under the prefix of a bridge.
 * It may hear what it may say and nothing else. A bridge may say and hear everything under its prefix.
 */
export class RightsTable {
  readonly #own = new Map<string, string[]>();
  readonly #exact = new Map<string, Set<string>>();
  readonly #wild: { readonly filter: string; readonly asset: string }[] = [];
  readonly #bridges: readonly string[];
  readonly #listened: readonly string[];

  /**
   * @param prefixes of the bridges that are in force
   * @param announced prefix under which Home Assistant is told of assets; null when it is not
   */
  constructor(estate: Estate, prefixes: readonly string[], announced: string | null = null) {
    this.#listened = [eventsRoot, ...(announced === null ? [] : [announced])].map(
      (one) => `${one}/#`,
    );
    this.#bridges = prefixes
      .filter((prefix) => prefix !== eventsRoot)
      .map((prefix) => `${prefix}/#`);
    for (const asset of estate.assets) this.#own.set(asset.id, [`caretaker/${asset.id}/#`]);
    for (const mapping of estate.mappings) {
      for (const topic of topicsOf(mapping, estate)) this.#listen(topic, mapping.asset);
    }
  }

  #listen(topic: string, asset: string): void {
    this.#own.get(asset)?.push(topic);
    if (/[+#]/.test(topic)) this.#wild.push({ filter: topic, asset });
    else this.#exact.set(topic, (this.#exact.get(topic) ?? new Set()).add(asset));
  }

  bridge(prefix: string): Rights {
    if (prefix === eventsRoot) return { allow: this.#listened, deny: [], mute: true };
    return { allow: [`${prefix}/#`], deny: [] };
  }

  /**
   * Of the flows that the gateway runs itself: what devices and bridges of this estate say, so that flows may read
   * and answer them, a prefix of their own, and what the gateway tells of itself.
   */
  flows(): Rights {
    const own = ['caretaker/#', `${flowsRoot}/#`, `${eventsRoot}/#`];
    const mapped = [...this.#exact.keys(), ...this.#wild.map(({ filter }) => filter)];
    return { allow: [...own, ...mapped, ...this.#bridges], deny: [] };
  }

  device(assets: readonly string[]): Rights {
    const mine = new Set(assets);
    const allow = assets.flatMap((asset) => this.#own.get(asset) ?? []);
    const deny = new Set<string>();
    for (const filter of allow) {
      for (const other of this.#othersOn(filter, mine)) deny.add(other);
      for (const bridge of this.#bridges) if (overlap(bridge, filter)) deny.add(bridge);
    }
    return { allow, deny: [...deny] };
  }

  /** Filters of other assets that take something of this one; quick for those without wildcards. */
  *#othersOn(filter: string, mine: ReadonlySet<string>): Generator<string> {
    for (const other of this.#wild) {
      if (!mine.has(other.asset) && overlap(other.filter, filter)) yield other.filter;
    }
    const exact = /[+#]/.test(filter)
      ? this.#exact
      : new Map([[filter, this.#exact.get(filter) ?? new Set<string>()]]);
    for (const [topic, assets] of exact) {
      if ([...assets].some((asset) => !mine.has(asset)) && matches(filter, topic)) yield topic;
    }
  }
}
