import { CaretakerError } from '@caretaker/readings/base';

const LOOPBACK = /^(127(\.\d{1,3}){3}|::1|::ffff:127(\.\d{1,3}){3}|localhost)$/;

/** Whether an address can only be reached from this machine. */
export function isLoopback(address: string): boolean {
  return LOOPBACK.test(address);
}

/**
 * Whether clients may come without a name: only when asked for, and only where nobody but this machine can
 * connect.
 * @param host what the broker listens on
 * @throws CaretakerError `EDGE_ANONYMOUS_NOT_LOOPBACK` when it is asked for elsewhere
 */
export function allowAnonymous(asked: boolean, host: string): boolean {
  if (!asked) return false;
  if (isLoopback(host)) return true;
  throw new CaretakerError({
    code: 'EDGE_ANONYMOUS_NOT_LOOPBACK',
    message: `Devices without a credential were allowed, and ${host} can be reached from other machines.`,
    next: 'Listen on 127.0.0.1, or give each device a credential with "caretaker device add".',
  });
}
