import type { Estate } from '@caretaker/devices/model';
import type { Clock, Fault, Log } from '@caretaker/readings/base';
import type { Standard } from '@caretaker/standards';
import type { Actions, ActionsStatus } from '../actions/index.ts';
import type { Journal } from '../journal/index.ts';
import type { Uplink } from '../uplink/index.ts';
import type { AlarmCounts } from './alarms.ts';

export const rulesConsumer = 'rules';

/** The cloud has so long to confirm before the gateway acts by itself. */
export const actsAfterMs = 30_000;

export interface LocalRulesOptions {
  readonly directory: string;
  readonly estate: Estate;
  readonly gateway: string;
  /** Null when there is none that can be used: then all is passed over. */
  readonly standard: Standard | null;
  readonly journal: Journal;
  readonly uplink: Pick<
    Uplink,
    'synced' | 'backlog' | 'sendAlarm' | 'onAlarmStored' | 'onConnected'
  >;
  /** Opened with the rules; whoever made it starts it, when there is somewhere to publish to. */
  readonly actions: Pick<
    Actions,
    'open' | 'begin' | 'over' | 'standing' | 'taken' | 'onTaken' | 'status'
  >;
  /** `known` is false while readings wait for their time. */
  readonly clock: Clock & { readonly known: boolean };
  readonly log: Log;
}

/** How local rules stand, for the status. */
export interface RulesStatus {
  /** Rules on assets that are judged here. */
  readonly rules: number;
  /** Readings in the journal that are not judged yet. */
  readonly pending: number;
  /** Breaches that stand, of these rules. */
  readonly standing: number;
  /** Milliseconds since the cloud confirmed last; from `actsAfterMs` on alarms are raised here. */
  readonly unconfirmedMs: number;
  readonly actsAfterMs: number;
  readonly alarms: AlarmCounts;
  /** What is done because of them; `faults` are actions that will never be done. */
  readonly actions: ActionsStatus & { readonly faults: readonly Fault[] };
  /** How often judging failed and began anew. */
  readonly failures: number;
}
