import type { Clock } from '@caretaker/readings/base';
import { AuditChain } from '../audit/chain.ts';
import type { Database } from '../db/database.ts';
import { GatewayKeys } from './enrolment.ts';
import { GatewayReports } from './reports.ts';
import { GatewayTokens } from './tokens.ts';

/** Everything about who gateways are, put together. */
export interface Gateways {
  readonly keys: GatewayKeys;
  readonly tokens: GatewayTokens;
  readonly reports: GatewayReports;
}

export async function openGateways(database: Database, clock: Clock): Promise<Gateways> {
  const chain = new AuditChain();
  const keys = new GatewayKeys(database, (tx, entry) => chain.append(tx, entry));
  await keys.refresh(clock.now());
  return {
    keys,
    tokens: new GatewayTokens(keys, clock.now()),
    reports: new GatewayReports(database),
  };
}
