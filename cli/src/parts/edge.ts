import { createEdge, readEdgeConfig } from '@caretaker/edge';
import { systemClock } from '@caretaker/readings/base';
import { giveBackMemory } from './give-back-memory.ts';
import { runPart } from './run-part.ts';

/** `caretaker edge`: the gateway of one estate. */
export function runEdge(): Promise<void> {
  return runPart('edge', async (log) => {
    const edge = createEdge(readEdgeConfig(process.env), {
      ...{ clock: systemClock, log },
      settled: giveBackMemory,
    });
    const { code, ...ports } = await edge.start();
    giveBackMemory();
    const entry = code === null ? null : ({ kind: 'page', code } as const);
    return { ports, entry, stop: () => edge.stop() };
  });
}
