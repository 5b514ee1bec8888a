import type { ReadingValue } from '@caretaker/readings';
import type { Text } from '@caretaker/readings/base';
import type { Alarm } from '@caretaker/readings/uplink';
import { eventsRoot } from '../access/index.ts';

/*
 * What the gateway publishes for other programs: an outer contract, written down in docs/events.md and
 * docs/asyncapi.yaml. Times are UTC epoch milliseconds. What others must not rely on is not said.
 */

/** One metric of an asset as it stands. */
export interface MetricState {
  /** Null before the first reading. */
  readonly value: ReadingValue | null;
  /** When it was measured. */
  readonly at: number | null;
  /** It has said nothing for longer than it may, so that nobody knows how it is now. */
  readonly silent: boolean;
}

export interface StateEvent {
  readonly estate: string;
  readonly asset: string;
  readonly at: number;
  readonly metrics: Readonly<Record<string, MetricState>>;
}

export type Severity = 'emergency' | 'high' | 'medium' | 'low' | 'advice';

/** What is wrong with an asset, as far as the gateway knows: by its own rules, and by tickets of the cloud. */
export interface ConditionEvent {
  readonly estate: string;
  readonly asset: string;
  readonly at: number;
  /** The worst of its breaches; null without any. */
  readonly severity: Severity | null;
  readonly breaches: readonly {
    readonly rule: string;
    readonly item: string;
    readonly severity: Severity;
    readonly since: number;
    readonly why: Text;
  }[];
  /** Open ones of the asset, by number. */
  readonly tickets: readonly number[];
}

/** The gateway acts by itself, because the cloud has not answered; said again when something of it changes. */
export interface AlarmEvent
  extends Pick<
    Alarm,
    'rule' | 'item' | 'severity' | 'onset' | 'end' | 'raised' | 'why' | 'actions'
  > {
  readonly estate: string;
  readonly asset: string;
}

export interface GatewayEvent {
  readonly estate: string;
  readonly gateway: string;
  readonly at: number;
  readonly state: 'online' | 'offline';
  readonly version: string;
  /** Whether the cloud answers, and how many readings it has not accepted yet. */
  readonly cloud: { readonly connected: boolean; readonly pending: number };
}

export interface TicketEvent {
  readonly id: number;
  readonly ref: string;
  readonly estate: string;
  readonly at: number;
  readonly subject: string;
  /** Null when it is about no asset. */
  readonly asset: string | null;
  readonly item: string;
  readonly severity: string;
  readonly priority: string;
  readonly state: string;
  readonly open: boolean;
  readonly title: Text;
  readonly onset: number;
  readonly opened: number;
  readonly due: number | null;
  readonly url: string | null;
}

/** Topics of one estate's events. */
export class Topics {
  readonly #base: string;

  constructor(estate: string) {
    this.#base = `${eventsRoot}/1/${estate}`;
  }

  state(asset: string): string {
    return `${this.#base}/state/${asset}`;
  }

  condition(asset: string): string {
    return `${this.#base}/condition/${asset}`;
  }

  alarm(asset: string, rule: string): string {
    return `${this.#base}/alarm/${asset}/${rule}`;
  }

  gateway(gateway: string): string {
    return `${this.#base}/gateway/${gateway}`;
  }

  ticket(id: number): string {
    return `${this.#base}/ticket/${id}`;
  }
}
