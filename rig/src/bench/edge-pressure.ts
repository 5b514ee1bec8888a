import { setTimeout as wait } from 'node:timers/promises';
import type { FloodNews, FloodOrder } from './edge-flood.ts';
import { startGateway } from './edge-gateway.ts';
import { child, memoryOf, news } from './edge-process.ts';

const devices = 1_000;
const settleMs = 5_000;
const overloadMs = 12_000;
const probeMs = 6_000;
const probes = { connections: 50, everyMs: 100 };
/** More than anybody takes: the socket of the flooder is always full. */
const endless = 1_000_000;

export interface Memory {
  /** Resident memory in MB once it has been idle for a while. */
  readonly idle: number;
  /** The most while it was offered more than it takes. */
  readonly loaded: number;
  /** Messages a second offered, and taken off the sender's hands. */
  readonly offered: number;
  readonly sent: number;
}

/** @param perSecond what is offered over 1,000 connections. */
export async function measureMemory(perSecond: number): Promise<Memory> {
  const gateway = await startGateway(devices);
  const flooder = child('./edge-flood.ts');
  try {
    await wait(settleMs);
    const idle = memoryOf(gateway.pid).now;
    const { port } = gateway;
    flooder.send({
      type: 'flood',
      port,
      connections: devices,
      perSecond,
      ms: overloadMs,
    } satisfies FloodOrder);
    await news<FloodNews>(flooder);
    const done = await news<FloodNews>(flooder);
    if (done.type !== 'flooded') throw new Error('the flood did not end');
    const seconds = overloadMs / 1_000;
    const loaded = memoryOf(gateway.pid).most;
    return { idle, loaded, offered: done.offered / seconds, sent: done.sent / seconds };
  } finally {
    flooder.kill();
    await gateway.stop();
  }
}

/** Milliseconds to the PUBACK of 50 devices at ten messages a second each, idle and while one more client floods. */
export async function measureFlood(): Promise<{ idle: number[]; flooded: number[] }> {
  const gateway = await startGateway(devices);
  try {
    await probe(gateway.port);
    const idle = await probe(gateway.port);
    const flooder = child('./edge-flood.ts');
    try {
      flooder.send({
        ...{ type: 'flood', port: gateway.port, connections: 1 },
        ...{ perSecond: endless, ms: 2 * probeMs },
      } satisfies FloodOrder);
      await news<FloodNews>(flooder);
      return { idle, flooded: await probe(gateway.port) };
    } finally {
      flooder.kill();
    }
  } finally {
    await gateway.stop();
  }
}

/** Milliseconds to the PUBACK of 50 devices at ten messages a second each. */
export async function probe(port: number): Promise<number[]> {
  const prober = child('./edge-flood.ts');
  try {
    prober.send({ type: 'probe', port, ms: probeMs, ...probes } satisfies FloodOrder);
    await news<FloodNews>(prober);
    const done = await news<FloodNews>(prober);
    return done.type === 'probed' ? [...done.ms] : [];
  } finally {
    prober.kill();
  }
}
