import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Asset as Declared, Point as DeclaredPoint } from '@caretaker/devices/model';
import type { ReadingStore } from '@caretaker/readings';
import { CaretakerError, type Clock, type Log } from '@caretaker/readings/base';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Backtests } from '../backtest/jobs.ts';
import type { Database } from '../db/database.ts';
import type { Directory } from '../estates/directory.ts';
import type { GatewayDesk } from '../gateways/desk.ts';
import type { GatewayRegistry } from '../gateways/registry.ts';
import type { LiveBoard } from '../live/board.ts';
import type { LiveStreams } from '../live/streams.ts';
import type { PlannedDesk } from '../overlay/desk.ts';
import type { Overlay } from '../overlay/overlay.ts';
import type { Changes } from '../standards/changes.ts';
import type { InForce } from '../standards/in-force.ts';

/** What the routes work with. */
export interface Api {
  readonly database: Database;
  readonly store: ReadingStore;
  readonly directory: Directory;
  readonly inForce: InForce;
  readonly changes: Changes;
  readonly backtests: Backtests;
  readonly board: LiveBoard;
  readonly streams: LiveStreams;
  readonly registry: GatewayRegistry;
  readonly gateways: GatewayDesk;
  readonly overlay: Overlay;
  readonly planned: PlannedDesk;
  readonly clock: Clock;
  readonly log: Log;
  /** Why the cloud cannot do its work now; empty when it can. */
  readonly troubles: () => Promise<readonly string[]>;
  /** Prometheus text. */
  readonly metrics: () => Promise<string>;
}

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** @throws CaretakerError `CLOUD_ESTATE_UNKNOWN` */
export function requireEstate(api: Api, id: string) {
  const estate = api.directory.estates.get(id);
  if (estate !== undefined) return estate;
  throw new CaretakerError({
    code: 'CLOUD_ESTATE_UNKNOWN',
    message: `There is no estate ${id}.`,
    next: 'See /api/estates.',
  });
}

/** @param id `estate/asset` @throws CaretakerError `CLOUD_ASSET_UNKNOWN` */
export function requireAsset(api: Api, id: string): Declared {
  const asset = api.directory.assets.get(id);
  if (asset !== undefined) return asset;
  throw new CaretakerError({
    code: 'CLOUD_ASSET_UNKNOWN',
    message: `There is no asset ${id}.`,
    next: 'See /api/assets.',
  });
}

/** @param id `estate/asset/metric` @throws CaretakerError `CLOUD_POINT_UNKNOWN` */
export function requirePoint(api: Api, id: string): { point: DeclaredPoint; asset: Declared } {
  const found = api.directory.points.get(id);
  if (found !== undefined) return found;
  throw new CaretakerError({
    code: 'CLOUD_POINT_UNKNOWN',
    message: `There is no point ${id}.`,
    next: 'See /api/points.',
  });
}
