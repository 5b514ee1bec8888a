import type { Asset, Estate, Ticket } from '@caretaker/cloud/contract';
import { useSearch } from '@tanstack/react-router';
import { useCallback, useSyncExternalStore } from 'react';
import { hub, onStreamStatus, streamStatus } from '../app/live.ts';
import { useNow } from '../time/use-now.ts';
import type { LiveKey, LivePoint } from './store.ts';
import { type StreamState, streamStateAt } from './stream-state.ts';

function useHub<T>(key: LiveKey, read: () => T): T {
  const subscribe = useCallback((listener: () => void) => hub.subscribe(key, listener), [key]);
  return useSyncExternalStore(subscribe, read);
}

export function useEstates(): readonly Estate[] {
  return useHub('estates', hub.estates);
}

/** The estate on screen: the one in the address, else the first. */
export function useEstate(): Estate | undefined {
  const estates = useEstates();
  const { estate } = useSearch({ strict: false });
  return estates.find((known) => known.id === estate) ?? estates[0];
}

/** The zone in which times are printed. */
export function useZone(): string {
  return useEstate()?.zone ?? 'UTC';
}

export function useAssets(): readonly Asset[] {
  return useHub('assets', hub.assets);
}

/** Open tickets and those that closed while the page was open. */
export function useTickets(): readonly Ticket[] {
  return useHub('tickets', hub.tickets);
}

/** False until the first snapshot is in. */
export function useLoaded(): boolean {
  return useHub('assets', hub.loaded);
}

export function useAsset(id: string): Asset | undefined {
  return useHub(`asset:${id}`, () => hub.asset(id));
}

export function usePoint(id: string): LivePoint | undefined {
  return useHub(`point:${id}`, () => hub.point(id));
}

export function useTicket(id: number): Ticket | undefined {
  return useHub(`ticket:${id}`, () => hub.ticket(id));
}

/** Whether what is on screen is live; renews once a second. */
export function useStream(): StreamState {
  const status = useSyncExternalStore(onStreamStatus, streamStatus);
  useNow();
  return streamStateAt(status, performance.now());
}
