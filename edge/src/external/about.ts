import { randomUUID } from 'node:crypto';
import { CaretakerError, type Clock, type Fault } from '@caretaker/readings/base';
import type { Trust } from '@caretaker/readings/tls';
import { Line } from './line.ts';

/** What a broker says of itself to a client that asks. */
export interface BrokerFacts {
  /** `mosquitto version 2.0.11`; null when it does not say. */
  readonly version: string | null;
  /** Messages that it has dropped since its start; null when it does not say. */
  readonly dropped: number | null;
}

const versionTopic = '$SYS/broker/version';
const droppedTopic = '$SYS/broker/publish/messages/dropped';
/** Both are retained, so that they come at once where there are any. */
const LISTEN_MS = 1_000;
/** Longer is no version. */
const MOST_CHARACTERS = 100;

/** Connects to the broker of the devices as a client of its own. @returns why it cannot, when it cannot */
export async function askBroker(
  { url, topics }: { readonly url: string; readonly topics: readonly string[] },
  trust: Trust,
  clock: Clock,
): Promise<BrokerFacts | Fault> {
  const said = new Map<string, string>();
  const { promise: enough, resolve } = Promise.withResolvers<void>();
  let line: Line | null = null;
  try {
    ({ line } = await Line.open({
      ...{ url, trust, clock, session: false },
      clientId: `caretaker-doctor-${randomUUID().slice(0, 8)}`,
      onPublish(_line, { topic, payload }, safe) {
        safe();
        if (topic.startsWith('$SYS/'))
          said.set(topic, payload.toString().slice(0, MOST_CHARACTERS));
        if (said.size === 2) resolve();
      },
      onEnd: () => resolve(),
    }));
    await line.subscribe(topics);
    await line.subscribe([versionTopic, droppedTopic]).catch(() => resolve());
    const cancel = clock.after(LISTEN_MS, resolve);
    await enough;
    cancel();
  } catch (error) {
    if (!(error instanceof CaretakerError)) throw error;
    const { code, message, next } = error;
    return { code, message, ...(next === undefined ? {} : { next }) };
  } finally {
    line?.close();
  }
  const dropped = Number(said.get(droppedTopic));
  return {
    version: said.get(versionTopic) ?? null,
    dropped: said.has(droppedTopic) && Number.isFinite(dropped) ? dropped : null,
  };
}
