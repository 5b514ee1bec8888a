import { CaretakerError, type Clock } from '@caretaker/readings/base';
import mqtt, { type MqttClient } from 'mqtt';
import { type Message, messageOf, type ReplayMap } from './map.ts';
import { plainMessageOf } from './plain.ts';
import { createPublisher } from './publish.ts';
import { readRows } from './rows.ts';
import { createPace } from './speed.ts';

/** What to replay and how. */
export interface ReplayOptions {
  readonly file: string;
  /** Null for a file in our own form. */
  readonly map: ReplayMap | null;
  readonly url: string;
  /** Name and password of a credential; null where the gateway asks for none. */
  readonly credential?: { readonly username: string; readonly password: string } | null;
  /**
   * Times faster than recorded; Infinity for as fast as the gateway acknowledges. A function is asked before each
   * message, with the time of its reading, and resolves when it may go.
   */
  readonly speed: number | ((at: number) => Promise<void>);
  /** Moves all times so that the newest reading is measured now. */
  readonly shift: boolean;
  /** Messages on their way at once. */
  readonly window?: number;
  readonly clock: Clock;
  readonly onProgress?: (done: number, total: number) => void;
  /** Something a person should know, such as a lost connection. */
  readonly onNotice?: (text: string) => void;
}

/** Counts of messages, one for each row with a value. */
export interface ReplayCounts {
  readonly published: number;
  readonly acknowledged: number;
}

const connectLimitMs = 10_000;
const progressEvery = 100;

async function* messages({ file, map }: ReplayOptions): AsyncGenerator<Message> {
  for await (const { row, where } of readRows(file)) {
    const message = map === null ? plainMessageOf(row, where) : messageOf(row, map, where);
    if (message !== null) yield message;
  }
}

/** Reads the whole file once, so that a bad row stops the replay before anything is published. */
async function survey(options: ReplayOptions): Promise<{ total: number; newest: number }> {
  let total = 0;
  let newest = Number.NEGATIVE_INFINITY;
  for await (const message of messages(options)) {
    total += 1;
    newest = Math.max(newest, message.at);
  }
  if (total > 0) return { total, newest };
  throw new CaretakerError({
    code: 'CLI_REPLAY_EMPTY',
    message: 'No row of the file has a reading.',
    where: options.file,
    next: 'Check the names of the columns in the map against the first line of the file.',
  });
}

/** Connects, or says after at most 10 s that nobody answers; later breaks are answered by connecting again. */
async function connect({ url, credential }: ReplayOptions): Promise<MqttClient> {
  const client = mqtt.connect(url, {
    ...credential,
    reconnectPeriod: 300,
    connectTimeout: connectLimitMs,
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  client.once('connect', () => resolve());
  // mqtt.js repeats the event with every failed attempt; without a listener it would end the process.
  client.on('error', reject);
  client.once('close', () => reject(new Error('the connection was closed')));
  try {
    await promise;
    return client;
  } catch (cause) {
    client.end(true);
    throw new CaretakerError(
      {
        code: 'CLI_REPLAY_CONNECT',
        message: 'No gateway answers.',
        where: url,
        next: 'Start Caretaker first, or name its address with --url.',
      },
      { cause },
    );
  }
}

/** Says once that the connection is lost, and once that it is back. */
function reportBreaks(client: MqttClient, say: (text: string) => void): void {
  let lost = false;
  client.on('close', () => {
    if (!lost) say('connection lost; the rest waits until the gateway is back');
    lost = true;
  });
  client.on('connect', () => {
    if (lost) say('connected again');
    lost = false;
  });
}

/**
 * Publishes a recorded file through MQTT in the file's order, and resolves when every message is acknowledged.
 * @throws CaretakerError `CLI_REPLAY_*`.
 */
export async function replay(options: ReplayOptions): Promise<ReplayCounts> {
  const { clock, onProgress, onNotice } = options;
  const { total, newest } = await survey(options);
  const shiftMs = options.shift ? clock.now() - newest : 0;
  const client = await connect(options);
  reportBreaks(client, (text) => onNotice?.(text));
  const publisher = createPublisher(client, clock, options.window ?? 200);
  const pace = typeof options.speed === 'number' ? createPace(options.speed, clock) : options.speed;
  let published = 0;
  for await (const { topic, at, values } of messages(options)) {
    await pace(at);
    await publisher.send({ topic, payload: JSON.stringify({ at: at + shiftMs, ...values }) });
    published += 1;
    if (published % progressEvery === 0) onProgress?.(publisher.acknowledged, total);
  }
  await publisher.settled();
  onProgress?.(total, total);
  client.removeAllListeners('close');
  await client.endAsync();
  return { published, acknowledged: publisher.acknowledged };
}
