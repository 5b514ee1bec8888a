import { once } from 'node:events';
import type { BrokerNews, BrokerOrder, Side } from './edge-broker.ts';
import type { LoadNews, LoadOrder } from './edge-load.ts';
import { child, memoryOf, news } from './edge-process.ts';

/** How a load looks; its name is part of a case's name. */
export interface Shape {
  readonly connections: number;
  readonly window: number;
  readonly warmUp: number;
  readonly measured: number;
}

export const shapes = {
  '8x200': { connections: 8, window: 200, warmUp: 150_000, measured: 400_000 },
  '1000x1': { connections: 1_000, window: 1, warmUp: 30_000, measured: 120_000 },
} as const satisfies Record<string, Shape>;

export interface Ingested {
  /** Acknowledged a second. */
  readonly rate: number;
  readonly cpuUs: number;
  /** Most resident memory. */
  readonly rssMb: number;
  /** Bytes that a client which subscribed to everything heard. */
  readonly heardBytes: number;
}

/**
 * Measures how many readings a second one side acknowledges: the gateway durably, a bare aedes after counting.
 * 109-byte JSON at QoS 1, loader in its own process, the same for both.
 * @param listener whether a client listens to everything meanwhile
 */
export async function measureIngest(side: Side, shape: Shape, listener = false): Promise<Ingested> {
  const broker = child('./edge-broker.ts');
  const loader = child('./edge-load.ts');
  try {
    const ask = (order: BrokerOrder) => broker.send(order);
    ask({ type: 'start', side, devices: shape.connections });
    const started = await news<BrokerNews>(broker);
    if (started.type !== 'started') throw new Error('the broker did not start');
    const cpu = async () => {
      ask({ type: 'usage' });
      const said = await news<BrokerNews>(broker);
      return said.type === 'usage' ? said.cpuUs : 0;
    };
    loader.send({ port: started.port, ...shape, listener } satisfies LoadOrder);
    await news<LoadNews>(loader);
    const before = await cpu();
    const done = await news<LoadNews>(loader);
    if (done.type !== 'done') throw new Error('the loader did not end');
    const after = await cpu();
    const rssMb = memoryOf(broker.pid ?? 0).most;
    ask({ type: 'stop' });
    await once(broker, 'exit');
    return {
      rate: (shape.measured / done.ms) * 1_000,
      cpuUs: (after - before) / shape.measured,
      rssMb,
      heardBytes: done.heardBytes,
    };
  } finally {
    broker.kill();
    loader.kill();
  }
}
