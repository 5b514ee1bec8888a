import { randomBytes } from 'node:crypto';
import { factOf } from '@caretaker/standards';
import type { Condition } from '@caretaker/standards/engine';
import { GatewayRegistry } from '../gateways/registry.ts';
import { EstateHost } from '../host/estate-host.ts';
import type { HostEvents } from '../host/events.ts';
import { sendAck } from '../inbox/desk.ts';
import type { Transport } from '../inbox/transport.ts';
import { LiveBoard } from '../live/board.ts';
import { EventRing } from '../live/ring.ts';
import { LiveStreams } from '../live/streams.ts';
import type { OutboxWorker } from '../outbox/outbox.ts';
import { Overlay } from '../overlay/overlay.ts';
import { loadPlans } from '../overlay/plans.ts';
import { TraceKeeper } from '../tickets/proof/freeze.ts';
import type { ProofSources } from '../tickets/proof/load.ts';
import type { Stores, Surroundings, Undo } from './stores.ts';

export type Live = Awaited<ReturnType<typeof buildLive>>;

/** What is known of the present, and who is told of it. */
export async function buildLive({ clock }: Surroundings, stores: Stores, undo: Undo) {
  const { database, store, directory, inForce } = stores;
  const registry = new GatewayRegistry();
  await registry.load(database, directory, clock.now());
  const ring = new EventRing(randomBytes(6).toString('hex'));
  const streams = new LiveStreams(ring, clock);
  const overlay = new Overlay({ directory, registry, clock, standard: () => inForce.standard });
  overlay.put(await loadPlans(database));
  const hosts = new Map<string, EstateHost>();
  const tellFact = (condition: Condition) => {
    const asset = directory.assets.get(condition.subject);
    if (asset === undefined) return factOf(condition, inForce.standard);
    const related = inForce.related(asset.estate);
    return factOf(condition, inForce.standard, inForce.asset(asset), related);
  };
  const board = new LiveBoard({
    directory,
    registry,
    ring,
    streams,
    clock,
    plannedOn: (subject) => overlay.shownOn(subject),
    conditions: (estate, subject) => hosts.get(estate)?.conditions(subject) ?? [],
    factOf: tellFact,
  });
  const proofs: ProofSources = {
    ...{ directory, registry, inForce, store },
    conditions(estate, subject) {
      const host = hosts.get(estate);
      return host?.ready === true ? host.conditions(subject) : null;
    },
    newest: (point) => board.newest(point),
    now: () => clock.now(),
  };
  await board.load(store, database);
  streams.start();
  undo.push(() => {
    board.stop();
    streams.stop();
  });
  const traces = new TraceKeeper({ database, sources: proofs, hosts });
  await traces.load();
  board.onTicket((row) => traces.changed(row));
  return { registry, board, streams, hosts, overlay, proofs, traces, factOf: tellFact };
}

/** One host for each estate, each caught up with what it had accepted. */
export async function startHosts(
  hosts: Map<string, EstateHost>,
  shared: Omit<ConstructorParameters<typeof EstateHost>[0], 'estate'> & Pick<Stores, 'directory'>,
  undo: Undo,
): Promise<void> {
  for (const estate of shared.directory.estates.keys()) {
    const host = new EstateHost({ ...shared, estate });
    hosts.set(estate, host);
    await host.start();
    undo.push(() => host.stop());
  }
}

/** What happens when a host has judged. */
export function eventsOf(
  transport: Transport,
  { board, traces }: Live,
  outbox: OutboxWorker,
): HostEvents {
  return {
    ack: (gateway, journal, accepted, rewind) =>
      sendAck(transport, gateway, { journal, accepted, rewind }),
    judged(news, readings, subjects, behind) {
      board.judged(news, readings, subjects, behind);
      traces.note(readings);
      if (news.tickets.length > 0) outbox.wake();
    },
    gateway: (gateway) => board.gateway(gateway, false),
  };
}
