import type { LearntPoint } from '@caretaker/devices/decode';
import type { DiscoveryFile } from './file.ts';

/** Sources that are kept; beyond it the one that spoke first goes. */
const MOST_SOURCES = 1_000;

/** What devices have described for Home Assistant, by the topic on which they talk; on disk, for it is said once. */
export class Lessons {
  readonly #file: DiscoveryFile;
  readonly #sources: Map<string, readonly LearntPoint[]>;
  readonly #topics = new Map<string, LearntPoint[]>();

  constructor(file: DiscoveryFile) {
    this.#file = file;
    this.#sources = new Map(file.lessons());
    for (const points of this.#sources.values()) this.#index(points);
  }

  /** What is described of a topic. */
  of(topic: string): readonly LearntPoint[] {
    return this.#topics.get(topic) ?? [];
  }

  /**
   * Takes in what sources say now, in place of what they said before.
   * @returns topics of which something else is described than before
   */
  take(lessons: ReadonlyMap<string, readonly LearntPoint[]>): ReadonlySet<string> {
    const changed = new Set<string>();
    const rows: [string, readonly LearntPoint[]][] = [];
    for (const [source, points] of lessons) {
      const before = this.#sources.get(source) ?? [];
      if (JSON.stringify(before) === JSON.stringify(points)) continue;
      for (const { topic } of [...before, ...points]) changed.add(topic);
      this.#sources.delete(source);
      if (points.length > 0) this.#sources.set(source, points);
      rows.push([source, points]);
    }
    if (rows.length === 0) return changed;
    for (const source of this.#sources.keys()) {
      if (this.#sources.size <= MOST_SOURCES) break;
      this.#sources.delete(source);
      rows.push([source, []]);
    }
    this.#file.keepLessons(rows);
    this.#topics.clear();
    for (const points of this.#sources.values()) this.#index(points);
    return changed;
  }

  #index(points: readonly LearntPoint[]): void {
    for (const point of points) {
      const others = this.#topics.get(point.topic);
      if (others === undefined) this.#topics.set(point.topic, [point]);
      else others.push(point);
    }
  }
}
