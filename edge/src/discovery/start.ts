import path from 'node:path';
import { Discovery, type DiscoveryOptions } from './inbox.ts';
import { DiscoveryReport, type Teller } from './report.ts';

interface StartOptions extends Omit<DiscoveryOptions, 'file' | 'rows'> {
  readonly dataDirectory: string;
}

/**
 * Opens the list of devices that no mapping names in the gateway's data folder.
 * @throws CaretakerError `EDGE_DISCOVERY_UNAVAILABLE`
 */
export function startDiscovery({ dataDirectory, ...options }: StartOptions): {
  readonly discovery: Discovery;
  /** From now on the cloud is told what changes. */
  reportTo(uplink: Teller): void;
  stop(): void;
} {
  const file = path.join(dataDirectory, 'discovery.sqlite');
  const discovery = new Discovery({ ...options, file });
  discovery.start();
  let report: DiscoveryReport | null = null;
  return {
    discovery,
    reportTo(uplink) {
      report = new DiscoveryReport({ discovery, uplink, clock: options.clock });
      report.start();
    },
    stop() {
      report?.stop();
      discovery.stop();
    },
  };
}
