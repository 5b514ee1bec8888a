import type { Fault } from '@caretaker/readings/base';
import type { GatewayClockState } from '@caretaker/readings/uplink';
import type { Refusals } from '../access/index.ts';
import type { BundleState } from '../bundle/index.ts';
import type { ExternalStatus } from '../external/index.ts';
import type { HistoryTrouble } from '../history/index.ts';
import type { DeviceReport, MessageCounts } from '../ingest/index.ts';
import type { Loss, Room, Tombstone } from '../journal/index.ts';
import type { NodeRedStatus } from '../node-red/index.ts';
import type { OutletCounts } from '../outward/index.ts';
import type { RulesStatus } from '../rules/index.ts';

/** What `/status` says; times are UTC epoch milliseconds. */
export interface GatewayStatus {
  readonly gateway: string;
  readonly estate: string;
  readonly version: string;
  readonly at: number;
  /** By what it goes. */
  readonly configuration: BundleState & {
    /** Version of the standard that is judged by here; null when there is none. */
    readonly standard: string | null;
    /** Names of the cloud's credentials that the gateway's own list keeps from counting. */
    readonly shadowed: readonly string[];
  };
  readonly ingest: {
    readonly messages: number;
    readonly readings: number;
    readonly refused: number;
  } & MessageCounts;
  readonly broker: {
    readonly clients: number;
    readonly cutOff: number;
    /** Messages at QoS 0 that subscribers which did not read in time missed. */
    readonly dropped: number;
    /** Messages for clients that are away, and to be retained, for which there was no room. */
    readonly sessions: { readonly lost: number; readonly unretained: number };
    /** What clients were not allowed, by code. */
    readonly refusals: Refusals;
  };
  /** The broker that devices speak to in place of ours; null without. */
  readonly external: ExternalStatus | null;
  readonly journal: {
    readonly id: string;
    readonly oldest: number;
    readonly newest: number;
    readonly bytes: number;
    readonly losses: readonly Loss[];
    /** What was removed to make room. */
    readonly tombstones: readonly Tombstone[];
    readonly room: Room;
    /** Readings that each consumer has yet to finish with. */
    readonly behind: Readonly<Record<string, number>>;
  };
  /** Devices that no mapping names and nobody ignores, and messages that were not looked at for their list. */
  readonly discovery: { readonly listed: number; readonly missed: number };
  readonly quarantine: { readonly total: number; readonly dropped: number };
  readonly uplink: {
    readonly connected: boolean;
    /** Why the cloud cannot know who this gateway is, and what to do; null when it does. */
    readonly trouble: Fault | null;
    readonly pending: number;
    readonly oldestPendingAt: number | null;
    /** Since start; frames without readings count too. */
    readonly frames: number;
    readonly bytes: number;
    /** How often it went back to send again. */
    readonly resends: number;
    /** Readings that the cloud has accepted since start, and per second of late. */
    readonly accepted: number;
    readonly perSecond: number;
    /** Bytes that wait for the connection. */
    readonly buffered: number;
  };
  /** What is judged on the gateway; null when its standard cannot be used. */
  readonly rules: RulesStatus | null;
  readonly clock: GatewayClockState;
  readonly devices: DeviceReport;
  /** Null when it is switched off. */
  readonly nodeRed: NodeRedStatus | null;
  /** What is published for other programs; null when nothing is. */
  readonly events: OutletCounts | null;
  /** Of the process, bytes. */
  readonly memory: number;
  /** Null without a local history. */
  readonly history: {
    readonly healthy: boolean;
    /** Why it takes nothing, and since when; null when it does. Readings wait in the journal meanwhile. */
    readonly trouble: HistoryTrouble | null;
    readonly pending: number;
  } | null;
}
