import { execFile } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findBinary } from '../servers/binary.ts';
import type { Sent } from './device.ts';
import type { Message } from './messages.ts';

const run = promisify(execFile);
const againMs = 150;
const limitMs = 10_000;

/** The path of mosquitto_pub; null where it is not installed. */
export const foreignClient = findBinary('mosquitto_pub');

/**
 * Publishes by a client that is not ours, one process a message, until it says that each is acknowledged.
 * @param life a number that changes with each process of the gateway
 */
export async function sayByForeignClient(
  port: number,
  messages: readonly Message[],
  life: () => number,
): Promise<Sent[]> {
  if (foreignClient === null) return [];
  const all: Sent[] = [];
  for (const message of messages) {
    const firstLife = life();
    const sent = { message, acknowledged: false, attempts: 0, firstLife, ackLife: -1 };
    all.push(sent);
    const { topic, payload, qos } = message;
    const args = ['-h', '127.0.0.1', '-p', String(port), '-i', 'chaos-foreign', '-c'];
    while (!sent.acknowledged) {
      sent.attempts += 1;
      try {
        await run(foreignClient, [...args, '-q', String(qos), '-t', topic, '-m', payload], {
          timeout: limitMs,
        });
        sent.ackLife = life();
        sent.acknowledged = true;
      } catch {
        await wait(againMs);
      }
    }
  }
  return all;
}
