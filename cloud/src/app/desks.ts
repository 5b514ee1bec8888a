import { AlarmDesk } from '../alarms/desk.ts';
import { Backtests } from '../backtest/jobs.ts';
import type { CloudConfig } from '../config.ts';
import { EstateDesk } from '../estates/desk.ts';
import { horizon } from '../host/engine-state.ts';
import type { OutboxWorker } from '../outbox/outbox.ts';
import { PlannedDesk } from '../overlay/desk.ts';
import { Changes } from '../standards/changes.ts';
import { ClockWatch } from '../tickets/clocks/watch.ts';
import { TicketFeed, type TicketFeedParts } from '../tickets/feed.ts';
import type { Accounts } from './accounts.ts';
import type { Live } from './live.ts';
import type { Stores, Surroundings, Undo } from './stores.ts';

/** Where drafts of the standard are tried. */
export function backtestsOf(
  config: CloudConfig,
  { clock, log }: Surroundings,
  stores: Stores,
): Backtests {
  const { inForce, directory } = stores;
  return new Backtests({
    source: config.readings,
    database: config.database,
    standard: () => inForce.standard,
    estates: () => [...directory.estates.keys()],
    clock,
    log,
  });
}

/** How readings come to be judged otherwise while the cloud runs. */
export function changesOf(
  config: CloudConfig,
  { clock, log }: Surroundings,
  { directory, inForce }: Stores,
  { hosts, board, registry }: Live,
  { audit }: Accounts,
): Changes {
  return new Changes({
    inForce,
    directory,
    source: config.standardFolder,
    clock,
    log,
    audit,
    horizon,
    renew: async (estate, change) => hosts.get(estate)?.renew(change),
    judgedTo(estate) {
      const points = estate.assets.flatMap((asset) => asset.points);
      const newest = points.map((point) => board.newest(point.id)?.at ?? 0);
      const heard = directory.gatewaysOf(estate.id).map((id) => registry.completeTo(id) ?? 0);
      return [...newest, ...heard].reduce((a, b) => Math.max(a, b), 0);
    },
  });
}

/** Where estates are changed. */
export function estateDeskOf(
  { database, directory, inForce }: Stores,
  { hosts, board }: Live,
  { audit }: Accounts,
): EstateDesk {
  return new EstateDesk({
    ...{ database, directory, inForce, audit },
    renew: async (estate, change) => hosts.get(estate)?.renew(change),
    changed: (estate) => board.renewed(estate),
  });
}

/** Where planned work is announced. */
export function plannedDeskOf(
  { clock }: Surroundings,
  { database, directory }: Stores,
  { hosts, board, overlay }: Live,
  { audit }: Accounts,
): PlannedDesk {
  return new PlannedDesk({
    database,
    audit,
    directory,
    overlay,
    clock,
    reconsider: async (estate, subjects) => hosts.get(estate)?.reconsider(subjects),
    touch: (subjects) => board.touch(subjects),
  });
}

/** Where alarms of gateways arrive. */
export async function alarmDeskOf(
  { clock, log }: Surroundings,
  { database, directory, inForce }: Stores,
  { hosts, board, registry }: Live,
  outbox: OutboxWorker,
): Promise<AlarmDesk> {
  const desk = new AlarmDesk({
    ...{ database, directory, registry, hosts, clock, log },
    standard: () => inForce.standard,
    tell(news) {
      board.alarmed(news);
      if (news.tickets.length > 0) outbox.wake();
    },
  });
  await desk.load();
  return desk;
}

/** Who looks after the clocks of tickets. */
export async function clockWatchOf(
  { clock }: Surroundings,
  { database, directory }: Stores,
  { board }: Live,
): Promise<ClockWatch> {
  const { timeOf } = directory;
  const watch = new ClockWatch({ database, timeOf, clock, tell: (row) => board.ticket(row) });
  await watch.load();
  return watch;
}

/** By what gateways are told of tickets. */
export async function ticketFeedOf(
  { publicUrl }: CloudConfig,
  { clock }: Surroundings,
  { database, directory }: Stores,
  { board }: Live,
  reply: TicketFeedParts['reply'],
  undo: Undo,
): Promise<TicketFeed> {
  const feed = new TicketFeed({ database, directory, publicUrl, reply, clock });
  board.onTicket((row) => feed.note(row));
  undo.push(() => feed.stop());
  await feed.load();
  return feed;
}
