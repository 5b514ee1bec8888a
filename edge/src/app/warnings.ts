import type { Log } from '@caretaker/readings/base';
import { isLoopback } from '../access/index.ts';

/** Readings and codes that leave this machine in the clear can be read on the way, and changed. */
export function warnOfPlain(addresses: readonly string[], log: Log): void {
  for (const address of addresses) {
    const { protocol, hostname } = new URL(address);
    const plain = protocol === 'mqtt:' || protocol === 'http:';
    if (!plain || isLoopback(hostname.replace(/^\[|\]$/g, ''))) continue;
    log.warn({ protocol, hostname }, 'the cloud is reached without TLS');
  }
}

/** Passes on an error unless it says the same as the one before. */
export function sayOnce(say: (error: unknown) => void): (error: unknown) => void {
  let said = '';
  return (error) => {
    if (String(error) === said) return;
    said = String(error);
    say(error);
  };
}
