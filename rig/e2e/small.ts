import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findBinary } from '../src/servers/binary.ts';

/** A gate, two lifts and a bin, two of them also reached through Zigbee2MQTT. */
export const smallEstate = join(import.meta.dirname, 'small-estate.yaml');

const run = promisify(execFile);

/** Name and password of a device. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

/** Publishes one message with QoS 1 as a person would at a terminal; resolves when it is acknowledged. */
export async function mosquittoPublish(
  port: number,
  topic: string,
  message: string,
  login?: Login,
): Promise<void> {
  const binary = findBinary('mosquitto_pub') ?? 'mosquitto_pub';
  const who = login === undefined ? [] : ['-u', login.user, '-P', login.password];
  const what = ['-q', '1', '-t', topic, '-m', message];
  await run(binary, ['-h', '127.0.0.1', '-p', String(port), ...who, ...what]);
}
