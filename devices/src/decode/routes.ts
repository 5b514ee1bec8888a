/** One level of the topic filters that hold wildcards. */
interface Level<T> {
  readonly next: Map<string, Level<T>>;
  any: Level<T> | undefined;
  /** Filters that end here, and those that end here with `#`. */
  readonly here: T[];
  readonly below: T[];
}

/** More levels than any filter may have: a deeper topic can only match by `#`. */
const deepest = 32;

/**
 * Finds what listens to a topic in time that grows with the topic's levels, not with the number of filters.
 * `+` and `#` mean what they mean in MQTT [MQTT-4.7.1].
 */
export class Routes<T> {
  private readonly exact = new Map<string, T[]>();
  private readonly root: Level<T> = level();

  add(filter: string, target: T): void {
    const levels = filter.split('/');
    if (!levels.includes('+') && levels.at(-1) !== '#') {
      const listening = this.exact.get(filter);
      if (listening === undefined) this.exact.set(filter, [target]);
      else listening.push(target);
      return;
    }
    let at = this.root;
    for (const name of levels) {
      if (name === '#') {
        at.below.push(target);
        return;
      }
      at = name === '+' ? anyOf(at) : nextOf(at, name);
    }
    at.here.push(target);
  }

  /** Whether a filter without wildcards is this very topic. */
  names(topic: string): boolean {
    return this.exact.has(topic);
  }

  /** Everything that listens to the topic; the exact ones first. */
  find(topic: string): readonly T[] {
    const exact = this.exact.get(topic);
    if (this.root.next.size === 0 && this.root.any === undefined && this.root.below.length === 0) {
      return exact ?? [];
    }
    const found: T[] = exact === undefined ? [] : [...exact];
    collect(this.root, topic.split('/', deepest + 1), 0, found);
    return found;
  }
}

function collect<T>(at: Level<T>, levels: readonly string[], index: number, found: T[]): void {
  // `sport/#` listens to `sport` itself, too [MQTT-4.7.1-2].
  found.push(...at.below);
  const name = levels[index];
  if (name === undefined) {
    found.push(...at.here);
    return;
  }
  const next = at.next.get(name);
  if (next !== undefined) collect(next, levels, index + 1, found);
  if (at.any !== undefined) collect(at.any, levels, index + 1, found);
}

function level<T>(): Level<T> {
  return { next: new Map(), any: undefined, here: [], below: [] };
}

function nextOf<T>(at: Level<T>, name: string): Level<T> {
  const next = at.next.get(name) ?? level<T>();
  at.next.set(name, next);
  return next;
}

function anyOf<T>(at: Level<T>): Level<T> {
  at.any ??= level<T>();
  return at.any;
}
