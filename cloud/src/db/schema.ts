import type { Generated } from 'kysely';
import type {
  ClockName,
  TicketClass,
  TicketDetail,
  TicketEvent,
  TicketSource,
  TicketState,
  TicketTeam,
  WaitingReason,
} from '../contract/index.ts';
import type { AlarmTables } from './alarm-tables.ts';
import type { AuditTables } from './audit-tables.ts';
import type { BundleTables } from './bundle-tables.ts';
import type { ClockTables } from './clock-tables.ts';
import type { DiscoveryTables } from './discovery-tables.ts';
import type { GatewayKeyTables } from './gateway-key-tables.ts';
import type { IdentityTables } from './identity-tables.ts';
import type { OidcTables } from './oidc-tables.ts';
import type { TicketTables } from './ticket-tables.ts';

/** Times are UTC epoch milliseconds, flags 0 or 1, structured values JSON text, on both databases alike. */
export interface Tables
  extends IdentityTables,
    AuditTables,
    GatewayKeyTables,
    OidcTables,
    AlarmTables,
    BundleTables,
    DiscoveryTables,
    TicketTables,
    ClockTables {
  /** `source` is the SHA-256 of the file it was taken from, where that is known. */
  estates: {
    id: string;
    definition: string;
    seeded: number;
    source: string | null;
    /** Grows with every change. */
    revision: Generated<number>;
    /** When that was, cloud clock; null while it is as it was taken in. */
    changed: Generated<number | null>;
  };
  gateways: {
    id: string;
    estate: string;
    last_seen: number | null;
    complete_to: number | null;
    pending: number | null;
    oldest_pending_at: number | null;
    quarantined: number | null;
    /** The journal it last wrote to. */
    journal: string | null;
  };
  positions: { gateway: string; journal: string; accepted: number; newest: number };
  inbox: {
    id: Generated<number>;
    estate: string;
    gateway: string;
    /** Readings at the start of the frame that had been accepted before. */
    skipped: number;
    /** Complete-to that was judged with this frame; null when the gateway was behind. */
    advanced: number | null;
    frame: Uint8Array;
  };
  snapshots: {
    estate: string;
    covers: number;
    at: number;
    /** The whole state; empty when it is in parts. */
    state: Uint8Array;
    /** Of its parts. */
    generation: number | null;
    parts: number | null;
  };
  snapshot_parts: { estate: string; generation: number; part: number; bytes: Uint8Array };
  episodes: {
    id: Generated<number>;
    estate: string;
    subject: string;
    rule: string;
    item: string;
    onset: number;
    detected: number;
    ended: number | null;
    worst: string | null;
    worst_at: number | null;
    severity: string;
    effect: string;
    standard_version: string;
    why: string;
    latched: number;
    history: number;
    state: 'standing' | 'reported' | 'withdrawn';
    /** JSON in both languages. */
    reason: string | null;
    ticket: number | null;
    learnt: number;
    /** 1 for one that a gateway's alarm told of first. */
    alarmed: Generated<number>;
  };
  tickets: {
    id: Generated<number>;
    estate: string;
    subject: string;
    subject_name: string;
    item: string;
    item_name: string;
    title: string;
    why: string;
    severity: string;
    state: TicketState;
    condition_clear: number;
    latched: number;
    /** 1 once a person has acted on it. */
    touched: number;
    owner: string | null;
    onset: number;
    /** End of its last episode; null while one stands. */
    until: number | null;
    opened: number;
    acknowledged: number | null;
    closed: number | null;
    repeat: number;
    standard_version: string;
    revision: number;
    demo: number;
    source: Generated<TicketSource>;
    team: TicketTeam | null;
    class: TicketClass | null;
    place: string | null;
    in_home: Generated<number>;
    /** JSON; null for what a sensor found. */
    reporter: string | null;
    /** The account of the owner. */
    owner_person: string | null;
    first_asked: string | null;
    first_asked_person: string | null;
    handover_to: string | null;
    handover_person: string | null;
    handover_team: TicketTeam | null;
    handover_at: number | null;
    assigned: string | null;
    assigned_person: string | null;
    waiting_reason: WaitingReason | null;
    waiting_until: number | null;
    final_by: number | null;
    /** When somebody last said that it is mended, cloud clock; null once that is denied. */
    fixed: number | null;
    fixed_by: string | null;
    fixed_person: string | null;
    verified: number | null;
    follow_up: Generated<TicketDetail['followUp']>;
    /** Event time since when its condition is clear. */
    clear_since: number | null;
    /** Of the clock that runs out first. */
    next_due: number | null;
    next_clock: ClockName | null;
    /** Event time at which the rule could say it of its first episode; null for what people report. */
    detected: number | null;
    previous: number | null;
    asks: 'self-clear' | null;
    /** The severity by its episodes; what people set beside it counts until that gets worse. Null: the same. */
    judged: string | null;
    /** How often the sensor denied that it is mended. */
    denials: Generated<number>;
    /** Event time from when on readings are to be kept with it; null when none are. */
    trace_due: number | null;
    /** Around which claim that was arranged. */
    trace_fix: number | null;
  };
  ticket_events: {
    ticket: number;
    sequence: number;
    type: TicketEvent['type'];
    at: number;
    by: string;
    note: string | null;
    episode: number | null;
    /** Why the engine did it, JSON in both languages. */
    reason: string | null;
    /** JSON of what a gateway did by itself; null in events of other types. */
    acted: Generated<string | null>;
    /** `person:<id>`, `token:<id>`; empty for the engine, gateways and entries of before. */
    actor: Generated<string>;
    /** JSON of what belongs to an entry of this type. */
    data: Generated<string>;
    /** What the event changed in the row; the row is the fold of these. */
    patch: string;
  };
  planned_work: {
    id: Generated<number>;
    estate: string;
    scope_type: 'subject' | 'touchpoint' | 'place';
    scope: string;
    starts: number;
    ends: number;
    reason: string;
    by: string;
    created: number;
    /** When it was called off, or ended early. */
    cancelled: number | null;
    cancelled_by: string | null;
  };
  outbox: {
    id: Generated<number>;
    key: string;
    payload: string;
    not_before: number;
    attempts: number;
    done: number | null;
    outcome: string | null;
  };
  quarantine: {
    id: string;
    gateway: string;
    code: string;
    reason: string;
    client: string;
    topic: string;
    count: number;
    first: number;
    last: number;
    sample: string;
    bytes: number;
  };
  idempotency: { key: string; request: string; status: number; body: string; at: number };
  losses: {
    gateway: string;
    at: number;
    journal: string;
    reason: string;
    /** −1 where it cannot be known. */
    from_sequence: number;
    to_sequence: number;
    since: number | null;
    until: number | null;
  };
  /** Ranges that gateways thinned out. */
  thinned: {
    gateway: string;
    journal: string;
    stage: number;
    reason: string;
    from_sequence: number;
    to_sequence: number;
    since: number;
    until: number;
    at: number;
    /** JSON: readings removed by kind of asset. */
    removed: string;
  };
  /** The content of a standard by its hash. */
  standard_texts: { version: string; content: string };
  /**
   * No row ever goes: each is in force from `effective` until that of the next, unless it was taken back before
   * it took effect, or a restatement stands in its place.
   */
  standard_versions: {
    number: Generated<number>;
    version: string;
    effective: number;
    by: string;
    note: string;
    /** Cloud clock. */
    recorded: number;
    withdrawn: Generated<number | null>;
    withdrawn_by: Generated<string | null>;
    restatement: Generated<number | null>;
    replaced_by: Generated<number | null>;
  };
  /** No row ever goes: each replaces the one of the same number before it, unless a restatement stands in its place. */
  override_changes: {
    id: Generated<number>;
    estate: string;
    /** `estate/asset/metric`. */
    point: string;
    rule: string;
    name: string;
    /** Null: the rule's own number again. */
    value: number | null;
    effective: number;
    by: string;
    reason: string;
    recorded: number;
    restatement: Generated<number | null>;
    replaced_by: Generated<number | null>;
  };
  /** Append-only: what was made to count for a time that had passed. */
  restatements: {
    id: Generated<number>;
    kind: 'standard' | 'limits';
    /** Null for a standard: it is that of all estates. */
    estate: string | null;
    /** Event time. */
    since: number;
    by: string;
    reason: string;
    /** Cloud clock. */
    recorded: number;
    /** The number of the version that counts now. */
    version: number | null;
    /** JSON: rules that read otherwise by it. */
    rules: string;
    /** JSON: the subjects concerned; null for all. */
    subjects: string | null;
  };
  /** Estates that are still to be judged anew. */
  restatement_work: { restatement: number; estate: string };
}
