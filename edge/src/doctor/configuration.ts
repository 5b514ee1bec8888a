import type { Clock } from '@caretaker/readings/base';
import { pinnedBundleKey } from '../access/bundle-key.ts';
import { type BundleState, keptBundle } from '../bundle/index.ts';
import type { EdgeConfig } from '../config.ts';
import type { GatewayStatus } from '../http/index.ts';
import { type Finding, instant, ok, warn } from './finding.ts';

/** By what the gateway goes, or would at its next start. */
export async function configurationFindings(
  config: Pick<EdgeConfig, 'dataDirectory' | 'gateway'>,
  clock: Clock,
  running: GatewayStatus | null,
): Promise<Finding[]> {
  if (running !== null) {
    const pinned = await pinnedBundleKey(config.dataDirectory, config.gateway);
    return findingsOf(running.configuration, pinned !== null);
  }
  const { state, pinned } = await keptBundle(config, clock);
  return findingsOf(state, pinned);
}

function findingsOf(state: BundleState, pinned: boolean): Finding[] {
  const { version, issued, trouble, notApplied } = state;
  const found: Finding[] = [];
  if (trouble !== null) {
    const next = trouble.next ?? 'See the log of the gateway.';
    found.push(warn(trouble.code, trouble.message, next));
  }
  if (notApplied !== null) {
    const { at, code, message, next = 'See the log of the gateway.' } = notApplied;
    const text = `A configuration of the cloud changed nothing at ${instant(at)}: ${message}`;
    found.push(warn(code, text, next));
  }
  if (version !== null) {
    const text = `Version ${version} of the cloud's configuration, of ${instant(issued)}, is in force.`;
    return [ok('CONFIGURATION_OF_CLOUD', text), ...found];
  }
  const text = pinned
    ? 'The gateway goes by its own settings: the cloud has sent no configuration yet.'
    : 'The gateway goes by its own settings, and has pinned no key to believe configuration by.';
  return [ok('CONFIGURATION_OWN', text), ...found];
}
