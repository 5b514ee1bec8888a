import type { Clock } from '@caretaker/readings/base';
import type { Database } from '../db/database.ts';
import type { Audit } from '../identity/deed.ts';
import { GatewayKeys } from './enrolment.ts';
import { GatewayReports } from './reports.ts';
import { GatewayTokens } from './tokens.ts';

/** Everything about who gateways are, put together. */
export interface Gateways {
  readonly keys: GatewayKeys;
  readonly tokens: GatewayTokens;
  readonly reports: GatewayReports;
}

export async function openGateways(
  database: Database,
  audit: Audit,
  clock: Clock,
): Promise<Gateways> {
  const keys = new GatewayKeys(database, audit);
  await keys.refresh(clock.now());
  return {
    keys,
    tokens: new GatewayTokens(keys, clock.now()),
    reports: new GatewayReports(database),
  };
}
