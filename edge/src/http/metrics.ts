import type { monitorEventLoopDelay } from 'node:perf_hooks';
import { clockBasisSchema } from '@caretaker/readings/uplink';
import { removedBy } from '../journal/index.ts';
import type { GatewayStatus } from './status.ts';

/** What `monitorEventLoopDelay` measures into, nanoseconds. */
export type LoopDelay = ReturnType<typeof monitorEventLoopDelay>;

/** How often Node looks whether the event loop is late, milliseconds. */
export const loopResolutionMs = 10;
const NANOSECONDS = 1e9;
const NANOSECONDS_PER_MS = 1e6;
const QUANTILES = [50, 90, 99, 100] as const;

/** The gateway's figures as Prometheus text, format 0.0.4. */
export function metricsText(status: GatewayStatus, loop: LoopDelay): string {
  const { ingest, journal, quarantine, uplink, broker, discovery } = status;
  const lines = [
    ...counter('received_messages_total', 'Device messages taken in.', ingest.messages),
    ...messages(ingest),
    ...counter('journalled_readings_total', 'Readings made durable.', ingest.readings),
    ...counter('refused_readings_total', 'Readings the journal did not take.', ingest.refused),
    ...counter('quarantined_total', 'Messages and values put aside as bad.', quarantine.total),
    ...counter('quarantine_dropped_total', 'Quarantine rows dropped.', quarantine.dropped),
    ...counter('cut_off_clients_total', 'Clients cut off, see docs/broker.md.', broker.cutOff),
    ...counter('undelivered_total', 'Messages that slow subscribers missed.', broker.dropped),
    ...counter(
      'session_messages_lost_total',
      'Messages for clients that are away which went for newer ones.',
      broker.sessions.lost,
    ),
    ...counter(
      'unretained_total',
      'Messages not retained for want of room.',
      broker.sessions.unretained,
    ),
    ...gauge('new_devices', 'Devices that no mapping names.', discovery.listed),
    ...counter(
      'new_devices_missed_total',
      'Messages not looked at for their list.',
      discovery.missed,
    ),
    ...refusals(broker.refusals),
    ...externalFigures(status.external),
    ...gauge('connected_clients', 'Clients connected to the device broker.', broker.clients),
    ...gauge('journal_bytes', 'Bytes on disk in journal segments.', journal.bytes),
    ...journalRoom(journal),
    ...gauge('journal_losses', 'Ranges of readings lost to damage.', journal.losses.length),
    ...gauge('uplink_connected', 'Whether the cloud answers.', uplink.connected ? 1 : 0),
    ...gauge('uplink_trusted', 'Whether the cloud knows this gateway.', uplink.trouble ? 0 : 1),
    ...gauge('uplink_pending_readings', 'Readings the cloud has not accepted.', uplink.pending),
    ...gauge(
      'uplink_oldest_pending_seconds',
      'Age of the oldest reading the cloud has not accepted.',
      uplink.oldestPendingAt === null ? 0 : (status.at - uplink.oldestPendingAt) / 1_000,
    ),
    ...configuration(status.configuration),
    ...localRules(status),
    ...historyGauges(status.history),
    ...traffic(uplink),
    ...consumers(status),
    ...clockFigures(status.clock),
    ...deviceFigures(status.devices),
    ...nodeRedFigures(status.nodeRed),
    ...events(status.events),
    ...gauge('resident_memory_bytes', 'Memory of the process.', status.memory),
    ...loopDelay(loop),
  ];
  return `${lines.join('\n')}\n`;
}

function externalFigures(external: GatewayStatus['external']): string[] {
  if (external === null) return [];
  return [
    ...gauge(
      'external_connected',
      'Whether the broker of the devices is read.',
      external.connected ? 1 : 0,
    ),
    ...counter('external_messages_total', 'Messages taken from it.', external.received),
    ...gauge('external_under_way', 'Messages that are being made durable.', external.underWay),
    ...counter('external_connections_total', 'Connections to it.', external.connections),
    ...counter(
      'external_sessions_lost_total',
      'Times that it had forgotten this gateway.',
      external.sessionsLost,
    ),
  ];
}

function messages({ accepted, quarantined, ignored }: GatewayStatus['ingest']): string[] {
  const name = 'caretaker_edge_ignored_messages_total';
  return [
    ...counter('accepted_messages_total', 'Of these, with at least one reading.', accepted),
    ...counter('quarantined_messages_total', 'Of these, with faults alone.', quarantined),
    `# HELP ${name} Of these, with neither, see docs/devices.md.`,
    `# TYPE ${name} counter`,
    ...Object.entries(ignored).map(([why, count]) => `${name}{reason="${why}"} ${count}`),
  ];
}

function journalRoom({ room, tombstones }: GatewayStatus['journal']): string[] {
  const removed = tombstones.reduce((sum, one) => sum + removedBy(one), 0);
  return [
    ...gauge('journal_limit_bytes', 'Bytes that the journal may take.', room.maxBytes),
    ...gauge('journal_disk_free_bytes', 'Bytes left on its disk.', room.freeBytes ?? Number.NaN),
    ...gauge(
      'journal_days_left',
      'Days of backlog until readings are thinned out; NaN while the rate is not known.',
      room.daysLeft ?? Number.NaN,
    ),
    ...gauge('journal_thinned_readings', 'Readings removed to make room.', removed),
  ];
}

function configuration({
  version,
  trouble,
  notApplied,
  applied,
  refused,
}: GatewayStatus['configuration']): string[] {
  const good = trouble === null && notApplied === null;
  return [
    ...gauge(
      'bundle_version',
      'Version of the configuration of the cloud; 0 for none.',
      version ?? 0,
    ),
    ...gauge('bundle_good', 'Whether the last configuration is in force.', good ? 1 : 0),
    ...counter('bundles_applied_total', 'Configurations of the cloud put in force.', applied),
    ...counter('bundles_refused_total', 'Configurations that changed nothing.', refused),
  ];
}

function localRules({ rules, at }: GatewayStatus): string[] {
  if (rules === null) return gauge('rules_judging', 'Whether rules are judged here.', 0);
  const { pending, standing, unconfirmedMs, failures, alarms, actions } = rules;
  const oldest = alarms.oldestWaitingAt === null ? 0 : (at - alarms.oldestWaitingAt) / 1_000;
  return [
    ...gauge('rules_judging', 'Whether rules are judged here.', 1),
    ...gauge('rules_pending_readings', 'Readings the rules here have not judged.', pending),
    ...gauge('rules_standing_breaches', 'Breaches of the rules here that stand.', standing),
    ...gauge('rules_unconfirmed_seconds', 'Since the cloud last confirmed.', unconfirmedMs / 1_000),
    ...counter('rules_failures_total', 'How often judging failed and began anew.', failures),
    ...counter('alarms_raised_total', 'Alarms that the gateway raised itself.', alarms.raised),
    ...counter('alarms_dropped_total', 'Alarms that the cloud never took.', alarms.dropped),
    ...gauge('alarms_waiting', 'Alarms that the cloud does not have yet.', alarms.waiting),
    ...gauge('alarms_oldest_waiting_seconds', 'Age of the oldest of them.', oldest),
    ...counter('actions_done_total', 'What the gateway did because of them.', actions.done),
    ...counter('actions_failed_total', 'What it could not do.', actions.failed + actions.dropped),
    ...gauge('actions_faults', 'Actions that will never be done.', actions.faults.length),
  ];
}

function historyGauges(history: GatewayStatus['history']): string[] {
  if (history === null) return [];
  return [
    ...gauge(
      'history_healthy',
      'Whether the local history takes readings.',
      history.healthy ? 1 : 0,
    ),
    ...gauge('history_pending_readings', 'Readings it has not taken yet.', history.pending),
  ];
}

function traffic({ frames, bytes, resends, accepted, ...now }: GatewayStatus['uplink']): string[] {
  return [
    ...counter('uplink_frames_total', 'Frames sent to the cloud.', frames),
    ...counter('uplink_bytes_total', 'Bytes of these frames.', bytes),
    ...counter('uplink_resends_total', 'Times that it went back to send again.', resends),
    ...counter('uplink_accepted_readings_total', 'Readings the cloud has accepted.', accepted),
    ...gauge('uplink_readings_per_second', 'Readings accepted, of late.', now.perSecond),
    ...gauge('uplink_buffered_bytes', 'Bytes that wait for the connection.', now.buffered),
  ];
}

function consumers({ uplink, rules, history }: GatewayStatus): string[] {
  const name = 'caretaker_edge_consumer_lag_readings';
  const lags = {
    uplink: uplink.pending,
    ...(rules === null ? {} : { rules: rules.pending }),
    ...(history === null ? {} : { history: history.pending }),
  };
  return [
    `# HELP ${name} Readings in the journal that a consumer has not finished with.`,
    `# TYPE ${name} gauge`,
    ...Object.entries(lags).map(([consumer, lag]) => `${name}{consumer="${consumer}"} ${lag}`),
  ];
}

function clockFigures({ basis, offsetMs, uncertaintyMs }: GatewayStatus['clock']): string[] {
  const name = 'caretaker_edge_clock_basis';
  return [
    ...gauge(
      'clock_offset_seconds',
      "The machine's clock against the cloud's, positive when ahead; NaN while not measured.",
      offsetMs === null ? Number.NaN : offsetMs / 1_000,
    ),
    ...gauge(
      'clock_offset_uncertainty_seconds',
      'The true offset is within so much of it.',
      uncertaintyMs === null ? Number.NaN : uncertaintyMs / 1_000,
    ),
    `# HELP ${name} By what the gateway tells the time, see docs/clock.md.`,
    `# TYPE ${name} gauge`,
    ...clockBasisSchema.options.map((one) => `${name}{basis="${one}"} ${one === basis ? 1 : 0}`),
  ];
}

function deviceFigures({ points, silentPoints, lags }: GatewayStatus['devices']): string[] {
  return [
    ...gauge('heard_points', 'Points that have spoken since start.', points),
    ...gauge('silent_points', 'Of these, silent for longer than they may be.', silentPoints),
    ...gauge(
      'device_clock_offset_seconds',
      'Largest difference between receipt and stamp of any asset, positive when behind.',
      (lags[0]?.ms ?? 0) / 1_000,
    ),
  ];
}

function nodeRedFigures(nodeRed: GatewayStatus['nodeRed']): string[] {
  if (nodeRed === null) return [];
  const running = nodeRed.state === 'running' ? 1 : 0;
  return [
    ...gauge('node_red_running', 'Whether the flows of Node-RED run.', running),
    ...counter('node_red_restarts_total', 'Times it was started again.', nodeRed.restarts),
    ...gauge('node_red_memory_bytes', 'Memory of its process.', nodeRed.memory ?? 0),
  ];
}

function events(all: GatewayStatus['events']): string[] {
  if (all === null) return [];
  return [
    ...counter('events_published_total', 'Events published over MQTT.', all.published),
    ...counter('events_failed_total', 'Tries to publish that the broker refused.', all.failed),
    ...gauge('events_waiting', 'Topics that have something to say.', all.waiting),
  ];
}

function refusals(counts: GatewayStatus['broker']['refusals']): string[] {
  const name = 'caretaker_edge_refused_total';
  return [
    `# HELP ${name} What clients of the device broker were not allowed.`,
    `# TYPE ${name} counter`,
    ...Object.entries(counts).map(([code, count]) => `${name}{code="${code}"} ${count}`),
  ];
}

function counter(name: string, help: string, value: number): string[] {
  return metric(name, 'counter', help, value);
}

function gauge(name: string, help: string, value: number): string[] {
  return metric(name, 'gauge', help, value);
}

function metric(name: string, type: string, help: string, value: number): string[] {
  const full = `caretaker_edge_${name}`;
  return [`# HELP ${full} ${help}`, `# TYPE ${full} ${type}`, `${full} ${value}`];
}

function loopDelay(loop: LoopDelay): string[] {
  const name = 'caretaker_edge_event_loop_delay_seconds';
  return [
    `# HELP ${name} How late the event loop was, since start.`,
    `# TYPE ${name} summary`,
    ...QUANTILES.map((p) => `${name}{quantile="${p / 100}"} ${late(loop.percentile(p))}`),
    `${name}_sum ${late(loop.mean) * loop.count}`,
    `${name}_count ${loop.count}`,
  ];
}

/** Node counts the pause between two looks at the loop, too. @returns seconds beyond it. */
function late(nanoseconds: number): number {
  const pause = loopResolutionMs * NANOSECONDS_PER_MS;
  return Math.max(0, (nanoseconds || 0) - pause) / NANOSECONDS;
}
