import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadEstate } from '@caretaker/devices/model';
import type { Clock } from '@caretaker/readings/base';
import {
  enrolRequest,
  newGatewayKey,
  type TokenSigner,
  uplinkToken,
} from '@caretaker/readings/uplink';
import { AuditChain, auditInto } from '../audit/chain.ts';
import type { CloudConfig } from '../config.ts';
import { openDatabase } from '../db/database.ts';
import { openGateways } from '../gateways/open.ts';

/** Where gateways connect, and the passwords they do it with. */
export interface Uplink {
  readonly mqttPort: number;
  /** Good for one connection. @throws when this gateway has not enrolled */
  token(gateway: string): string;
}

/** No estate names it; it has enrolled all the same. */
export const strayGateway = 'court-9';

const enrolled = new Map<string, ReadonlyMap<string, TokenSigner>>();

/**
 * Lets the gateways of a cloud's estate enrol, before it starts: with codes, keys and proofs as they always do. Over a
 * restart they keep their keys.
 */
export async function enrolGateways(config: CloudConfig, clock: Clock): Promise<Uplink['token']> {
  const signers = enrolled.get(config.folder) ?? (await enrolAll(config, clock));
  enrolled.set(config.folder, signers);
  return (gateway) => {
    const signer = signers.get(gateway);
    if (signer === undefined) throw new Error(`${gateway} has not enrolled`);
    return uplinkToken(signer, clock.now());
  };
}

async function enrolAll(config: CloudConfig, clock: Clock): Promise<Map<string, TokenSigner>> {
  const file = config.estateFile ?? '';
  const estate = loadEstate(await readFile(file, 'utf8'), file);
  const ids = new Set([estate.gateway, ...estate.assets.map((one) => one.gateway), strayGateway]);
  await mkdir(config.folder, { recursive: true });
  const database = await openDatabase(config.database);
  const { keys } = await openGateways(database, auditInto(new AuditChain()), clock);
  const signers = new Map<string, TokenSigner>();
  const by = { actor: 'system', at: clock.now() };
  for (const id of ids) {
    const { code } = await keys.issueCode(id, estate.id, by);
    const pair = newGatewayKey();
    const { gateway, key } = await keys.enrol(enrolRequest(code, pair), clock.now());
    signers.set(id, { gateway, key, privateKey: pair.privateKey });
  }
  await database.close();
  return signers;
}

/** Revokes a gateway over the API, as an administrator. @param data the folder given as CARETAKER_DATA */
export async function revokeGateway(url: string, data: string, gateway: string): Promise<void> {
  const token = await readFile(join(data, 'admin-token'), 'utf8').catch(() => '');
  const answer = await fetch(`${url}/api/gateways/${gateway}/revoke`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token.trim()}` },
    body: '{}',
  });
  if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
}
