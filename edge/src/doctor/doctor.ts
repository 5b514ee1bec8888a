import { existsSync } from 'node:fs';
import type { Clock } from '@caretaker/readings/base';
import { FaultsError } from '@caretaker/readings/base';
import { type EdgeConfig, readEdgeConfig } from '../config.ts';
import type { GatewayStatus } from '../http/index.ts';
import { brokerFindings } from './broker.ts';
import { configurationFindings } from './configuration.ts';
import {
  certificateFindings,
  enrolmentFindings,
  filesFindings,
  quarantineFinding,
  storedQuarantine,
} from './files.ts';
import { bad, examined, type Finding, instant, ok, warn } from './finding.ts';
import { factsOf, journalFindings, journalFolder, stoppedJournal } from './journal.ts';
import { cloudFindings, influxFindings, runningStatus } from './reach.ts';

const lateMs = 10 * 60_000;

/**
 * Examines a gateway from its data folder and settings, whether it runs or not. Changes nothing, and starts
 * nothing but connections.
 * @param env settings, as the gateway has them
 */
export async function examine(
  env: Readonly<Record<string, string | undefined>>,
  clock: Clock,
): Promise<readonly Finding[]> {
  let config: EdgeConfig;
  try {
    config = readEdgeConfig(env, clock.now());
  } catch (error) {
    if (!(error instanceof FaultsError)) throw error;
    return error.faults.map(({ code, message, where, next }) =>
      bad(
        code,
        where === undefined ? message : `${where}: ${message}`,
        next ?? 'Correct the setting.',
      ),
    );
  }
  if (!existsSync(config.dataDirectory)) {
    const next = 'Give the folder with --data, or start the gateway once.';
    return [bad('NO_DATA', `There is no data of a gateway in ${config.dataDirectory}.`, next)];
  }
  const running = await runningStatus(config).catch(() => null);
  const directory = config.dataDirectory;
  const parts = [
    [running === null ? stopped(directory) : runs(running)],
    examined('JOURNAL_UNREADABLE', 'The journal', () => journal(config, running)),
    [quarantineFinding(running?.quarantine ?? storedQuarantine(directory))],
    examined('FILES_UNREADABLE', 'The data folder', () => filesFindings(config)),
    examined('IDENTITY_UNREADABLE', 'The key of the gateway', () => enrolmentFindings(config)),
    examined('CONFIGURATION_UNREADABLE', 'The configuration of the cloud', () =>
      configurationFindings(config, clock, running),
    ),
    examined('CERTIFICATE_UNREADABLE', 'The certificate', () =>
      certificateFindings(config, clock.now()),
    ),
    cloudFindings(config, () => clock.now(), running),
    influxFindings(config),
    brokerFindings(config, clock, running),
    running === null ? [] : uplink(running),
  ];
  return (await Promise.all(parts)).flat();
}

async function journal(
  { dataDirectory, journal: limits }: EdgeConfig,
  running: GatewayStatus | null,
): Promise<Finding[]> {
  const folder = journalFolder(dataDirectory);
  if (running !== null) {
    const whole = ok(
      'JOURNAL_WHOLE',
      'The journal is open; it was proven whole when it was opened.',
    );
    return [whole, ...(await journalFindings(factsOf(running), limits, folder))];
  }
  const { facts, findings } = await stoppedJournal(folder);
  return facts === null
    ? findings
    : [...findings, ...(await journalFindings(facts, limits, folder))];
}

function runs({ gateway, version }: GatewayStatus): Finding {
  return ok('RUNNING', `Gateway ${gateway} runs, version ${version}.`);
}

function stopped(directory: string): Finding {
  const message = `No gateway with the data of ${directory} answers on this machine.`;
  return warn('NOT_RUNNING', message, 'Start it, if it should run.');
}

function uplink({ uplink: { connected, trouble, oldestPendingAt }, at }: GatewayStatus): Finding[] {
  if (trouble !== null) {
    return [bad(trouble.code, trouble.message, trouble.next ?? 'See the log of the gateway.')];
  }
  if (!connected) {
    const next = 'Readings are kept meanwhile. See the log of the gateway.';
    return [bad('UPLINK_DOWN', 'The gateway is not connected to its cloud.', next)];
  }
  if (oldestPendingAt === null || at - oldestPendingAt < lateMs) {
    return [ok('UPLINK_UP', 'The gateway is connected to its cloud and keeps up.')];
  }
  const message = `The cloud has not taken readings since ${instant(oldestPendingAt)}.`;
  return [warn('UPLINK_LATE', message, 'It may be catching up: look again in a minute.')];
}

/** 0 when all is well, 1 when something should be looked at, 2 when something is wrong. */
export function verdictOf(findings: readonly Finding[]): 0 | 1 | 2 {
  if (findings.some(({ state }) => state === 'bad')) return 2;
  return findings.some(({ state }) => state === 'warn') ? 1 : 0;
}
