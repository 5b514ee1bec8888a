import type { StreamStatus } from './connection.ts';

export interface StreamState {
  readonly state: 'connecting' | 'live' | 'lost';
  /** Milliseconds since the last byte. */
  readonly silentFor: number;
  readonly error: unknown;
}

/** A heartbeat comes every 2 s. Pages look once a second, so that 6 s after the last byte everybody sees it. */
const lostAfter = 5000;

/** @param now on the clock of `heardAt`. */
export function streamStateAt(status: StreamStatus | null, now: number): StreamState {
  if (status === null) return { state: 'connecting', silentFor: 0, error: null };
  const silentFor = Math.max(0, now - status.heardAt);
  return { state: silentFor >= lostAfter ? 'lost' : 'live', silentFor, error: status.error };
}
