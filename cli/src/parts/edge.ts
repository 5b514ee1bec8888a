import { createEdge, readEdgeConfig } from '@caretaker/edge';
import { systemClock } from '@caretaker/readings/base';
import { pageOfCode } from '../edge-admin/link.ts';
import { runPart } from './run-part.ts';

/** `caretaker edge`: the gateway of one estate. */
export function runEdge(): Promise<void> {
  return runPart('edge', async (log) => {
    const config = readEdgeConfig(process.env);
    const edge = createEdge(config, { clock: systemClock, log });
    const { code, ...ports } = await edge.start();
    if (code !== null) {
      const page = pageOfCode(config, ports.httpPort, code);
      log.info({}, `sign in to the page of the gateway, once within 24 hours: ${page}`);
    }
    return { ports, stop: () => edge.stop() };
  });
}
