import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { type Clock, systemClock } from '@caretaker/readings/base';
import { gatewayCode } from '../product/enrolment.ts';
import { type Part, startPart } from '../product/parts.ts';
import type { Sandbox } from '../product/sandbox.ts';
import { type DrainShape, drainGateway } from './drain-estate.ts';
import type { FillNews, FillOrder } from './drain-fill.ts';

export type Filled = Extract<FillNews, { type: 'filled' }>;

const limitMs = 600_000;
/** The cloud was up that long before the absence began. */
const margin = 120_000;

function withSettings(sandbox: Sandbox, more: Record<string, string>): Sandbox {
  return { ...sandbox, environment: { ...sandbox.environment, ...more } };
}

/** Three days ago: the gateway makes itself known, says what every device measures, and loses its cloud. */
export async function goAway(
  sandbox: Sandbox,
  shape: DrainShape,
  began: number,
  parts: Part[],
): Promise<Filled> {
  const shift = began - margin - Date.now();
  const clock: Clock = { ...systemClock, now: () => systemClock.now() + shift };
  const past = withSettings(sandbox, { RIG_CLOCK_SHIFT_MS: String(shift) });
  const cloud = await startPart('cloud', past, undefined, limitMs);
  parts.push(cloud);
  const code = await gatewayCode(sandbox, drainGateway, clock);
  const gateway = fork(join(import.meta.dirname, 'drain-fill.ts'), {
    env: { ...process.env, ...sandbox.environment, CARETAKER_ENROL_CODE: code },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  try {
    ask(gateway, { type: 'begin', shape, began });
    await news(gateway, 'told');
    await cloud.kill();
    ask(gateway, { type: 'away' });
    return await news(gateway, 'filled');
  } finally {
    gateway.kill('SIGKILL');
  }
}

function ask(child: ChildProcess, order: FillOrder): void {
  child.send(order);
}

function news<T extends FillNews['type']>(
  child: ChildProcess,
  type: T,
): Promise<Extract<FillNews, { type: T }>> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`filling the journal ended: ${code}`));
    child.once('exit', ended);
    child.once('message', (told: FillNews) => {
      child.off('exit', ended);
      if (told.type === type) resolve(told as Extract<FillNews, { type: T }>);
      else reject(new Error(`${type} was to come, and ${told.type} came`));
    });
  });
}
