import type { ReadingValue } from '@caretaker/readings';
import type { Text } from '@caretaker/readings/base';
import type { Effect, Severity } from '../severity.ts';
import type { Episode } from './engine.ts';

type Told = Omit<Episode, 'why'>;

/** Makes the sentence of an episode; one for all, so that an episode carries no function of its own. */
export interface Teller<I> {
  why(instance: I, worst: ReadingValue | null): Text;
}

/**
 * An episode whose sentence is made when somebody first reads it: most episodes of a backtest are counted, not
 * read. The sentence is a property like any other to whoever copies, compares or serialises the episode.
 */
export class LazyEpisode<I> implements Episode {
  static readonly #why: PropertyDescriptor & ThisType<LazyEpisode<unknown>> = {
    enumerable: true,
    configurable: true,
    get() {
      this.#text ??= this.#teller.why(this.#instance, this.worst);
      return this.#text;
    },
  };
  readonly subject: string;
  readonly rule: string;
  readonly item: string;
  readonly onset: number;
  readonly detected: number;
  readonly end: number | null;
  readonly worst: ReadingValue | null;
  readonly worstAt: number | null;
  readonly severity: Severity;
  readonly effect: Effect;
  readonly standardVersion: string;
  readonly latched: boolean;
  readonly history: boolean;
  declare readonly why: Text;
  #text: Text | null = null;
  readonly #teller: Teller<I>;
  readonly #instance: I;

  constructor(told: Told, teller: Teller<I>, instance: I) {
    this.subject = told.subject;
    this.rule = told.rule;
    this.item = told.item;
    this.onset = told.onset;
    this.detected = told.detected;
    this.end = told.end;
    this.worst = told.worst;
    this.worstAt = told.worstAt;
    this.severity = told.severity;
    this.effect = told.effect;
    this.standardVersion = told.standardVersion;
    this.latched = told.latched;
    this.history = told.history;
    this.#teller = teller;
    this.#instance = instance;
    // One descriptor for all, so that all share one hidden class.
    Object.defineProperty(this, 'why', LazyEpisode.#why);
  }
}
