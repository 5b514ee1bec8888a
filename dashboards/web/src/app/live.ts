import type { Asset, Estate, Page, Ticket } from '@caretaker/cloud/contract';
import { get, getAll, url } from '../api/client.ts';
import { LiveConnection, type StreamStatus } from '../live/connection.ts';
import { LiveHub } from '../live/hub.ts';

/** The live data of the page. */
export const hub = new LiveHub((flush) => requestAnimationFrame(flush));

let status: StreamStatus | null = null;
const statusListeners = new Set<() => void>();

function setStatus(next: StreamStatus | null): void {
  status = next;
  for (const tell of statusListeners) tell();
}

/** Null until the first byte or the first failure. */
export function streamStatus(): StreamStatus | null {
  return status;
}

export function onStreamStatus(listener: () => void): () => void {
  statusListeners.add(listener);
  return () => statusListeners.delete(listener);
}

/** Every estate; also what the first page waits for. */
export async function loadEstates(signal?: AbortSignal): Promise<readonly Estate[]> {
  const page = await get<Page<Estate>>('/api/estates', {}, signal);
  hub.setEstates(page.items);
  return page.items;
}

async function loadSnapshot(estate: string, signal: AbortSignal): Promise<void> {
  const [assets, tickets] = await Promise.all([
    getAll<Asset>('/api/assets', { estate }),
    getAll<Ticket>('/api/tickets', { estate, state: 'open' }),
    loadEstates(signal),
  ]);
  signal.throwIfAborted();
  hub.snapshot(assets, tickets);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}

let followed: string | null = null;
let onRefused = () => {};

/** Calls back when a stream is refused for want of a session, or because roles have changed. */
export function onStreamRefused(listener: () => void): void {
  onRefused = listener;
}

async function openStream(target: string, init: RequestInit): Promise<Response> {
  const answer = await fetch(target, init);
  if (answer.status === 401 || answer.status === 403) onRefused();
  return answer;
}

/**
 * Follows one estate until the returned function is called.
 * Another estate's data is dropped first, so the two never mix; the same estate's stays until there is newer.
 */
export function followEstate(estate: string): () => void {
  if (followed !== estate) hub.clear();
  followed = estate;
  const connection = new LiveConnection({
    url: url('/api/events', { estate }),
    loadSnapshot: (signal) => loadSnapshot(estate, signal),
    onEvent: (event) => hub.apply(event),
    onStatus: setStatus,
    fetch: openStream,
    monotonic: () => performance.now(),
    pause,
  });
  void connection.run();
  return () => {
    connection.stop();
    setStatus(null);
  };
}
