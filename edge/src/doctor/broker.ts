import type { Clock } from '@caretaker/readings/base';
import type { EdgeConfig } from '../config.ts';
import { askBroker, type BrokerFacts } from '../external/index.ts';
import type { GatewayStatus } from '../http/index.ts';
import { bad, type Finding, ok, warn } from './finding.ts';

/** Whether the broker of the devices can be read, where it is not our own, and what it may lose. */
export async function brokerFindings(
  { external, trust }: EdgeConfig,
  clock: Clock,
  running: GatewayStatus | null,
): Promise<Finding[]> {
  if (external === null) return [];
  const facts = await askBroker(external, trust, clock);
  if ('code' in facts) {
    return [bad(facts.code, facts.message, facts.next ?? 'Look at the log of that broker.')];
  }
  const { version, dropped } = facts;
  const reached = ok(
    'BROKER_REACHED',
    `The broker of the devices answers (${version ?? 'it does not say its version'}).`,
  );
  return [reached, limitsOf(facts), ...droppedBy(dropped), ...lostBy(running)];
}

function limitsOf({ version }: BrokerFacts): Finding {
  const mosquitto = version?.toLowerCase().includes('mosquitto') === true;
  const message = mosquitto
    ? 'Mosquitto acknowledges what a device says before it is on any disk: what it has not given to the gateway is lost when it stops. By default it holds at most 1,000 messages for a gateway that is away, none at QoS 0, and none on disk.'
    : 'What this broker has acknowledged to a device and not given to the gateway is in its hands: whether it keeps that over a crash, and how much, is up to its settings.';
  const next =
    'See docs/device-broker.md for its settings, or let devices that matter speak to the gateway itself.';
  return warn('BROKER_MAY_LOSE', message, next);
}

function droppedBy(dropped: number | null): Finding[] {
  if (dropped === null || dropped === 0) return [];
  const message = `It has dropped ${dropped} messages since its start, for this gateway or others.`;
  const next = 'Raise max_queued_messages, and look why a subscriber was away or slow.';
  return [warn('BROKER_DROPPED', message, next)];
}

function lostBy(running: GatewayStatus | null): Finding[] {
  const lost = running?.external?.sessionsLost ?? 0;
  if (lost === 0) return [];
  const message = `It has forgotten this gateway ${lost} times since the gateway's start, and what it held for it.`;
  return [warn('BROKER_FORGOT', message, 'Switch its persistence on.')];
}
