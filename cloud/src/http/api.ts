import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Asset as Declared, Point as DeclaredPoint } from '@caretaker/devices/model';
import type { ReadingStore } from '@caretaker/readings';
import { CaretakerError, type Clock, type Log, type Text } from '@caretaker/readings/base';
import type { Condition } from '@caretaker/standards/engine';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { AuditChain } from '../audit/chain.ts';
import type { Backtests } from '../backtest/jobs.ts';
import type { DeviceCredentials } from '../bundles/credentials.ts';
import type { Database } from '../db/database.ts';
import type { DiscoveryDesk } from '../discovery/desk.ts';
import type { EstateDesk } from '../estates/desk.ts';
import type { Directory } from '../estates/directory.ts';
import type { FileDesk } from '../files/desk.ts';
import type { GatewayDesk } from '../gateways/desk.ts';
import type { GatewayRegistry } from '../gateways/registry.ts';
import type { Oidc } from '../identity/oidc/open.ts';
import type { Identity } from '../identity/open.ts';
import type { LiveBoard } from '../live/board.ts';
import type { LiveStreams } from '../live/streams.ts';
import type { PlannedDesk } from '../overlay/desk.ts';
import type { Overlay } from '../overlay/overlay.ts';
import type { Access } from '../policy/access.ts';
import type { Changes } from '../standards/changes.ts';
import type { InForce } from '../standards/in-force.ts';
import type { ProofSources } from '../tickets/proof/load.ts';
import type { SessionCookie } from './access/cookie.ts';

/** What the routes work with. */
export interface Api {
  readonly database: Database;
  readonly store: ReadingStore;
  readonly directory: Directory;
  readonly estates: EstateDesk;
  readonly discovery: DiscoveryDesk;
  readonly inForce: InForce;
  readonly changes: Changes;
  readonly backtests: Backtests;
  readonly files: FileDesk;
  readonly board: LiveBoard;
  readonly streams: LiveStreams;
  readonly registry: GatewayRegistry;
  readonly gateways: GatewayDesk;
  readonly credentials: DeviceCredentials;
  readonly overlay: Overlay;
  readonly proofs: ProofSources;
  /** What a condition says in a few words. */
  readonly factOf: (condition: Condition) => Text;
  readonly planned: PlannedDesk;
  readonly identity: Identity;
  /** Sign-in with the company's own accounts; null for passwords alone. */
  readonly oidc: Oidc | null;
  readonly chain: AuditChain;
  /** Where the last row of the audit log is noted. */
  readonly headsFile: string;
  readonly cookie: SessionCookie;
  /** Where people reach the cloud; null for wherever they do. */
  readonly publicUrl: string | null;
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

/**
 * An estate in which the one who asks may do what the route is for. One that they may not know of is as unknown as
 * one that there is not.
 * @throws CaretakerError `CLOUD_ESTATE_UNKNOWN`
 * @throws Forbidden `CLOUD_FORBIDDEN`
 */
export function requireEstate(api: Api, access: Access, id: string) {
  const estate = api.directory.estates.get(id);
  if (estate !== undefined && access.sees(id)) {
    access.require(id);
    return estate;
  }
  throw new CaretakerError({
    code: 'CLOUD_ESTATE_UNKNOWN',
    message: `There is no estate ${id}.`,
    next: 'See /api/estates.',
  });
}

/**
 * @param id `estate/asset`
 * @throws CaretakerError `CLOUD_ASSET_UNKNOWN`
 * @throws Forbidden `CLOUD_FORBIDDEN`
 */
export function requireAsset(api: Api, access: Access, id: string): Declared {
  const asset = api.directory.assets.get(id);
  if (asset !== undefined && access.sees(asset.estate)) {
    access.require(asset.estate);
    return asset;
  }
  throw new CaretakerError({
    code: 'CLOUD_ASSET_UNKNOWN',
    message: `There is no asset ${id}.`,
    next: 'See /api/assets.',
  });
}

/**
 * @param id `estate/asset/metric`
 * @throws CaretakerError `CLOUD_POINT_UNKNOWN`
 * @throws Forbidden `CLOUD_FORBIDDEN`
 */
export function requirePoint(
  api: Api,
  access: Access,
  id: string,
): { point: DeclaredPoint; asset: Declared } {
  const found = api.directory.points.get(id);
  if (found !== undefined && access.sees(found.asset.estate)) {
    access.require(found.asset.estate);
    return found;
  }
  throw new CaretakerError({
    code: 'CLOUD_POINT_UNKNOWN',
    message: `There is no point ${id}.`,
    next: 'See /api/points.',
  });
}

/**
 * The estates of a list: the one that is asked for, or all that one may know of.
 * @returns null for every estate
 * @throws CaretakerError `CLOUD_ESTATE_UNKNOWN`
 */
export function estatesOf(
  api: Api,
  access: Access,
  asked: string | undefined,
): readonly string[] | null {
  if (asked === undefined) return access.estates;
  return [requireEstate(api, access, asked).id];
}
