import type { Asset, Estate, LiveEvents, Phase, Severity, Ticket } from '@caretaker/cloud/contract';

/** The newest value of a point, as the stream said it. */
export interface LivePoint {
  readonly id: string;
  readonly value: number | string | boolean;
  readonly at: number;
  readonly verdict: 'ok' | 'breach' | 'unknown';
  readonly phase: Phase;
  readonly severity: Severity | null;
}

export type LiveEvent = {
  [K in keyof LiveEvents]: { readonly event: K; readonly data: LiveEvents[K] };
}[keyof LiveEvents];

/** Everything that streams: newest values only, so its size is that of the estate. */
export interface LiveData {
  estates: readonly Estate[];
  readonly assets: Map<string, Asset>;
  readonly points: Map<string, LivePoint>;
  readonly tickets: Map<number, Ticket>;
}

/** What a listener can wait for. */
export type LiveKey =
  | 'estates'
  | 'assets'
  | 'tickets'
  | `asset:${string}`
  | `point:${string}`
  | `ticket:${number}`;

export function emptyLiveData(): LiveData {
  return { estates: [], assets: new Map(), points: new Map(), tickets: new Map() };
}

function applyState(data: LiveData, event: LiveEvents['state']): LiveKey[] {
  const changed: LiveKey[] = [];
  for (const point of event.points) {
    const known = data.points.get(point.id);
    // Late data never pushes a newer value off the screen.
    if (known !== undefined && known.at > point.at) continue;
    data.points.set(point.id, point);
    changed.push(`point:${point.id}`);
  }
  for (const { id, state } of event.assets) {
    const asset = data.assets.get(id);
    if (asset === undefined) continue;
    data.assets.set(id, { ...asset, state });
    changed.push(`asset:${id}`);
  }
  if (event.assets.length > 0) changed.push('assets');
  return changed;
}

function applyGateway(data: LiveData, event: LiveEvents['gateway']): LiveKey[] {
  const { estate: id, ...gateway } = event;
  data.estates = data.estates.map((estate) => {
    if (estate.id !== id) return estate;
    const others = estate.gateways.filter((known) => known.id !== gateway.id);
    const gateways = [...others, gateway].sort((a, b) => a.id.localeCompare(b.id));
    return { ...estate, gateways };
  });
  return ['estates'];
}

/** Keeps the row with the higher revision: a snapshot may already hold what the stream says next. */
export function applyTicket(data: LiveData, ticket: Ticket): LiveKey[] {
  const known = data.tickets.get(ticket.id);
  if (known !== undefined && known.revision > ticket.revision) return [];
  data.tickets.set(ticket.id, ticket);
  return ['tickets', `ticket:${ticket.id}`];
}

/** Applies one event in place and names what changed by it. */
export function applyEvent(data: LiveData, event: LiveEvent): LiveKey[] {
  switch (event.event) {
    case 'state':
      return applyState(data, event.data);
    case 'ticket':
      return applyTicket(data, event.data);
    case 'gateway':
      return applyGateway(data, event.data);
    case 'episode':
    case 'reset':
      return [];
  }
}

/** Takes over a snapshot and names everything it touches. Points keep the newest value they have. */
export function applySnapshot(
  data: LiveData,
  snapshot: { readonly assets: readonly Asset[]; readonly tickets: readonly Ticket[] },
): LiveKey[] {
  const before = [...data.assets.keys()];
  data.assets.clear();
  for (const asset of snapshot.assets) data.assets.set(asset.id, asset);
  const tickets = [...data.tickets.keys()];
  data.tickets.clear();
  for (const ticket of snapshot.tickets) data.tickets.set(ticket.id, ticket);
  const assets = new Set([...before, ...data.assets.keys()]);
  const ids = new Set([...tickets, ...data.tickets.keys()]);
  return [
    'assets',
    'tickets',
    ...[...assets].map((id): LiveKey => `asset:${id}`),
    ...[...ids].map((id): LiveKey => `ticket:${id}`),
  ];
}
