import packageJson from '../../package.json' with { type: 'json' };
import type { CredentialStore } from '../access/index.ts';
import type { Bundles } from '../bundle/index.ts';
import type { Timekeeper } from '../clock/index.ts';
import type { DeviceBroker } from '../device-broker.ts';
import type { Discovery } from '../discovery/index.ts';
import { type History, historyConsumer } from '../history/index.ts';
import type { GatewayStatus } from '../http/index.ts';
import type { Ingest } from '../ingest/index.ts';
import type { Journal } from '../journal/index.ts';
import type { NodeRed } from '../node-red/index.ts';
import type { Outward } from '../outward/index.ts';
import type { Quarantine } from '../quarantine/index.ts';
import type { LocalRules } from '../rules/index.ts';
import type { Uplink } from '../uplink/index.ts';
import type { InForce } from './in-force.ts';

/** The parts of a gateway that runs. */
export interface RunningParts {
  readonly gateway: string;
  readonly inForce: InForce;
  readonly bundles: Bundles;
  readonly store: CredentialStore;
  readonly ingest: Ingest;
  readonly journal: Journal;
  readonly quarantine: Quarantine;
  readonly discovery: Discovery;
  readonly uplink: Uplink;
  readonly rules: LocalRules;
  readonly history: History | null;
  readonly broker: DeviceBroker;
  readonly nodeRed: NodeRed | null;
  readonly outward: Outward | null;
  readonly timekeeper: Timekeeper;
}

/** How a gateway stands, gathered from its parts. */
export async function statusOf(all: RunningParts): Promise<GatewayStatus> {
  const { ingest, journal, quarantine, discovery, uplink, rules, history, broker, timekeeper } =
    all;
  const { id, oldest, newest, bytes, losses, tombstones, room, behind } = journal;
  const { estate, standard } = all.inForce.configuration;
  return {
    gateway: all.gateway,
    estate: estate.id,
    version: packageJson.version,
    at: timekeeper.now(),
    configuration: {
      ...all.bundles.state,
      standard: standard?.version ?? null,
      shadowed: all.store.shadowed,
    },
    ingest: ingest.counts,
    broker: broker.counts,
    external: broker.external,
    journal: { id, oldest, newest, bytes, losses, tombstones, room, behind },
    quarantine: { total: quarantine.total, dropped: quarantine.dropped },
    discovery: { listed: discovery.listed, missed: discovery.missed },
    uplink: {
      connected: uplink.synced,
      trouble: uplink.trouble,
      ...(await uplink.backlog()),
      ...uplink.traffic,
    },
    rules: rules.status(),
    clock: timekeeper.state(),
    devices: ingest.devices(),
    nodeRed: all.nodeRed?.status ?? null,
    events: all.outward?.counts ?? null,
    memory: process.memoryUsage.rss(),
    history:
      history === null
        ? null
        : {
            healthy: history.trouble === null,
            trouble: history.trouble,
            pending: journal.heldAfter(journal.position(historyConsumer)),
          },
  };
}
