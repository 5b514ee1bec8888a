import type { Log } from '@caretaker/readings/base';

/**
 * Keeps Node from opening its debugger, which lets whoever reaches its port on this machine run anything in this
 * process, because of a mere signal: a confined process cannot read the secrets of its parent, but it can send that.
 * Node opens none when somebody listens to the signal.
 */
export function keepDebuggerShut(log: Log): () => void {
  const listener = () =>
    log.warn({}, 'a process asked for the debugger of the gateway: not opened');
  process.on('SIGUSR1', listener);
  return () => void process.off('SIGUSR1', listener);
}
