import type { Reading } from '@caretaker/readings';
import { createApi } from '../product/api.ts';
import { PlayedGateway } from '../product/gateway.ts';
import { startPart } from '../product/parts.ts';
import { createSandbox } from '../product/sandbox.ts';
import { readStanding, type Standing } from '../product/standing.ts';

const perFrame = 2_000;
/** A cloud that takes a gateway for one that was away waits this long before it lets time pass [cloud: Settling]. */
const settleMs = 30_000;

/**
 * What the same readings stand for when nothing goes wrong: each once, in the order in which they were measured, from
 * one gateway to a cloud of its own.
 * @param readings ascending by time
 * @param completeTo up to when time has passed, UTC epoch milliseconds
 */
export async function judgedInPeace(
  estateFile: string,
  gatewayId: string,
  readings: readonly Reading[],
  completeTo: number,
): Promise<Standing> {
  const sandbox = await createSandbox(estateFile, { CARETAKER_SIMULATE: '0' });
  const cloud = await startPart('cloud', sandbox);
  const gateway = new PlayedGateway(sandbox, gatewayId);
  const api = createApi(sandbox);
  try {
    await gateway.connect();
    for (let first = 0; first < readings.length; first += perFrame) {
      const frame = readings.slice(first, first + perFrame);
      await gateway.say(frame, Math.min(frame.at(-1)?.at ?? 0, completeTo - 2 * settleMs));
    }
    // The first may still be taken for a return, the second is after it, the third is the very instant.
    await gateway.say([], completeTo - 2 * settleMs);
    await gateway.say([], completeTo - settleMs);
    await gateway.say([], completeTo);
    const [judged] = (await api.estates()).flatMap((estate) => estate.gateways);
    if (judged?.completeTo !== completeTo) {
      throw new Error(`the reference is judged to ${judged?.completeTo}, not to ${completeTo}`);
    }
    return await readStanding(api);
  } finally {
    await gateway.leave();
    await cloud.kill();
    sandbox.dispose();
  }
}
