import { startGateway } from './edge-gateway.ts';
import { probe } from './edge-pressure.ts';

const devices = 1_000;
/** Seconds after its start that a flow begins: the gateway has warmed up by then, and is measured. */
const laterS = 8;

/** What flows do that nobody wants. */
const wild = {
  /** Computes without an end, in pieces too short for anybody to end it. */
  looping: 'const end = Date.now() + 2000; while (Date.now() < end); return msg;',
  crashing: "Promise.reject(new Error('on purpose'));",
  'memory-eating': 'const kept = []; setInterval(() => kept.push(Buffer.alloc(20000000, 1)), 5);',
} as const;

export type Wildness = keyof typeof wild;
export const wildness = Object.keys(wild) as Wildness[];

/** Milliseconds to the PUBACK of 50 devices at ten messages a second each, beside Node-RED with these flows. */
export async function measureFlows(what: Wildness | 'idle'): Promise<number[]> {
  const flows = what === 'idle' ? [] : flowsThat(wild[what], what === 'looping' ? 0.1 : laterS);
  const gateway = await startGateway(devices, flows);
  try {
    await probe(gateway.port);
    return await probe(gateway.port);
  } finally {
    await gateway.stop();
  }
}

function flowsThat(func: string, onceDelay: number): object[] {
  const at = { z: 'tab', x: 0, y: 0 };
  const start = { props: [{ p: 'payload' }], once: true, onceDelay, payloadType: 'date' };
  // What comes out goes in again.
  return [
    { id: 'tab', type: 'tab', label: 'wild' },
    { id: 'go', type: 'inject', ...at, ...start, wires: [['wild']] },
    { id: 'wild', type: 'function', ...at, func, outputs: 1, wires: [['again']] },
    {
      id: 'again',
      type: 'delay',
      ...at,
      timeout: '1',
      timeoutUnits: 'milliseconds',
      pauseType: 'delay',
      wires: [['wild']],
    },
  ];
}
