import { createHistogram } from 'node:perf_hooks';

/** How long turns of the event loop kept the processor, milliseconds. */
export interface Turns {
  readonly p99: number;
  readonly most: number;
  /** Processor seconds of the whole process since its start. */
  readonly cpu: number;
}

/**
 * Measures the processor time of each turn of this process's event loop. Unlike the delay of a timer it says the
 * same on a busy machine. @returns what there was since the last call
 */
export function watchTurns(): () => Turns {
  const turns = createHistogram();
  const spent = () => {
    const { user, system } = process.threadCpuUsage();
    return user + system;
  };
  let before = spent();
  const look = () => {
    const now = spent();
    turns.record(Math.max(1, now - before));
    before = now;
    setTimeout(look, 1).unref();
  };
  look();
  return () => {
    const { user, system } = process.cpuUsage();
    const cpu = (user + system) / 1e6;
    const told = { p99: turns.percentile(99) / 1_000, most: turns.max / 1_000, cpu };
    turns.reset();
    return told;
  };
}
