import { createEdge, readEdgeConfig } from '@caretaker/edge';
import { type Clock, silentLog, systemClock } from '@caretaker/readings/base';
import { edgeStatus } from '../product/edge-status.ts';
import { until } from '../servers/process.ts';
import { FastDevices } from './drain-devices.ts';
import {
  type DrainMessage,
  type DrainShape,
  drainEstate,
  messagesOf,
  orderOf,
  roundsOf,
} from './drain-estate.ts';

/*
 * The whole gateway in a process of its own, with a clock that goes as fast as its devices speak: so it journals in
 * half a minute what takes three days. All that it acknowledges came by MQTT at QoS 1.
 */

/** What the parent asks. */
export type FillOrder =
  | { readonly type: 'begin'; readonly shape: DrainShape; readonly began: number }
  /** The cloud is gone: go through the absence, then stop in good order. */
  | { readonly type: 'away' };

export type FillNews =
  /** The cloud has heard every device once. */
  | { readonly type: 'told' }
  | {
      readonly type: 'filled';
      readonly messages: number;
      readonly readings: number;
      readonly seconds: number;
    };

/** Messages of one turn of the clock. */
const perTurn = 800;
/** The gateway is up that long before the absence begins. */
const before = 60_000;

/** The machine's clock moved back; from `turnTo` on it stands still between two calls. */
class FastClock implements Clock {
  readonly #shift: number;
  #now: number | null = null;

  constructor(shift: number) {
    this.#shift = shift;
  }

  now(): number {
    return this.#now ?? systemClock.now() + this.#shift;
  }

  monotonic(): number {
    return this.now();
  }

  after(delayMs: number, task: () => void): () => void {
    return systemClock.after(delayMs, task);
  }

  every(periodMs: number, task: () => void): () => void {
    return systemClock.every(periodMs, task);
  }

  turnTo(instant: number): void {
    this.#now = Math.max(this.now(), Math.ceil(instant));
  }
}

async function fill({ shape, began }: Extract<FillOrder, { type: 'begin' }>): Promise<void> {
  const estate = drainEstate(shape);
  const order = orderOf(estate);
  const clock = new FastClock(began - before - systemClock.now());
  // Its clock goes faster than that of its cloud.
  const config = { ...readEdgeConfig(process.env, clock.now()), clock: 'trust' as const };
  const edge = createEdge(config, { clock, log: silentLog });
  const { mqttPort, httpPort } = await edge.start();
  const devices = new FastDevices(mqttPort);
  await devices.connect();
  const first = [...messagesOf(estate, order, began, 0)];
  await devices.publish(first);
  const place = {
    edgeUrl: `http://127.0.0.1:${httpPort}`,
    folder: process.env.CARETAKER_DATA ?? '',
  };
  await until('the cloud has everything', async () => {
    const { uplink } = await edgeStatus(place);
    return uplink.connected && uplink.pending === 0;
  });
  say({ type: 'told' });
  await hear('away');
  const since = performance.now();
  const sent = await goThrough();
  const seconds = (performance.now() - since) / 1_000;
  devices.leave();
  await edge.stop();
  say({ type: 'filled', seconds, ...sent });

  async function goThrough() {
    let turn: DrainMessage[] = [];
    let messages = 0;
    let readings = 0;
    const flush = async () => {
      clock.turnTo(turn.at(-1)?.at ?? 0);
      await devices.publish(turn);
      turn = [];
    };
    for (let round = 1; round <= roundsOf(shape); round += 1) {
      for (const message of messagesOf(estate, order, began, round)) {
        turn.push(message);
        messages += 1;
        readings += message.values.length;
        if (turn.length === perTurn) await flush();
      }
    }
    await flush();
    return { messages, readings };
  }
}

function say(news: FillNews): void {
  process.send?.(news);
}

function hear(type: FillOrder['type']): Promise<void> {
  return new Promise((resolve) => {
    const listen = (order: FillOrder) => {
      if (order.type !== type) return;
      process.off('message', listen);
      resolve();
    };
    process.on('message', listen);
  });
}

process.once('disconnect', () => process.exit(1));
process.once('message', (order: FillOrder) => {
  if (order.type !== 'begin') return;
  fill(order).then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
