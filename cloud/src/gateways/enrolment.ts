import { createPublicKey, randomUUID, verify } from 'node:crypto';
import {
  type EnrolAnswer,
  enrolmentText,
  enrolmentTextOfRotation,
  enrolRequestSchema,
  rotateRequestSchema,
} from '@caretaker/readings/uplink';
import type { Database, Tx } from '../db/database.ts';
import type { GatewayKeyTables } from '../db/gateway-key-tables.ts';
import { type Audit, type By, type Detail, refuse } from '../identity/deed.ts';
import { digestOf, plainCode, readableCode } from '../identity/secrets.ts';

const CODE_MS = 3_600_000;
/** Five groups of 20 bits: nobody guesses it within its hour. */
const CODE_GROUPS = 5;
/** A gateway that dies between the cloud's answer and its own disk still has its old key. */
const ROTATION_GRACE_MS = 3_600_000;

export type GatewayKeyRow = Readonly<GatewayKeyTables['gateway_keys']>;

/** A key that no longer counts: whoever is connected by it is to be cut off. */
export type OnEnded = (key: { readonly gateway: string; readonly key: string }) => void;

/**
 * Codes and keys of gateways. A code is given out once, works once and for an hour; what it is exchanged for is
 * a public key, so nothing in the database lets anybody be a gateway.
 */
export class GatewayKeys {
  readonly #database: Database;
  readonly #audit: Audit;
  readonly #listeners = new Set<OnEnded>();
  #keys: ReadonlyMap<string, GatewayKeyRow> = new Map();
  /** Gateways that have ever had a key. */
  #known: ReadonlySet<string> = new Set();
  #refreshing: Promise<void> = Promise.resolve();

  constructor(database: Database, audit: Audit) {
    this.#database = database;
    this.#audit = audit;
  }

  /** Calls the listener for every key that ends: revoked, replaced and past its time, or gone. */
  onEnded(listener: OnEnded): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Reads the keys again, and tells of those that have ended. Called at the start and every second, it also notices
   * what another process has revoked.
   */
  refresh(now: number): Promise<void> {
    // One after another: an older answer of the database must not come last.
    const turn = this.#refreshing.then(() => this.#refresh(now));
    this.#refreshing = turn.catch(() => {});
    return turn;
  }

  async #refresh(now: number): Promise<void> {
    const rows = await this.#database.read.selectFrom('gateway_keys').selectAll().execute();
    this.#known = new Set(rows.map(({ gateway }) => gateway));
    const before = this.#keys;
    this.#keys = new Map(rows.filter((row) => isGood(row, now)).map((row) => [row.id, row]));
    for (const { id, gateway } of before.values()) {
      if (this.#keys.has(id)) continue;
      for (const listener of this.#listeners) listener({ gateway, key: id });
    }
  }

  /** @returns the key while it counts */
  good(id: string, now: number): GatewayKeyRow | null {
    const row = this.#keys.get(id);
    return row !== undefined && isGood(row, now) ? row : null;
  }

  /** Whether any key of the gateway counts. */
  has(gateway: string, now: number): boolean {
    return [...this.#keys.values()].some((row) => row.gateway === gateway && isGood(row, now));
  }

  /** Whether a gateway had a key and none of its keys counts any more. */
  revoked(gateway: string, now: number): boolean {
    return this.#known.has(gateway) && !this.has(gateway, now);
  }

  /** All keys ever, the newest first. */
  async list(): Promise<GatewayKeyRow[]> {
    return await this.#database.read
      .selectFrom('gateway_keys')
      .selectAll()
      .orderBy('created', 'desc')
      .orderBy('id')
      .execute();
  }

  /** A new code; the gateway's earlier ones that nobody used are void. */
  async issueCode(
    gateway: string,
    estate: string,
    by: By,
  ): Promise<{ code: string; expires: number }> {
    const code = readableCode(CODE_GROUPS);
    const expires = by.at + CODE_MS;
    const row = { digest: digestOf(plainCode(code)), gateway, estate, created: by.at, expires };
    await this.#database.write(async (tx) => {
      await voidCodes(tx, gateway);
      await tx
        .insertInto('gateway_codes')
        .values({ ...row, used: null })
        .execute();
      await this.#tell(tx, by, 'gateway.code', gateway, { estate, expires });
    });
    return { code, expires };
  }

  /**
   * Exchanges a code for the key that the gateway has made. Its earlier keys end: a gateway is one machine. The same
   * request again has the same answer, for the gateway may have died before it kept the first one.
   * @throws CaretakerError `CLOUD_ENROLMENT_REFUSED`, the same for every reason, which would help to guess
   */
  async enrol(request: unknown, now: number): Promise<EnrolAnswer> {
    const parsed = enrolRequestSchema.safeParse(request);
    if (!parsed.success) return refused();
    const { code, publicKey, proof } = parsed.data;
    if (!signedBy(publicKey, enrolmentText(code, publicKey), proof)) return refused();
    const row = await this.#database.write(async (tx) => {
      const spent = await tx
        .updateTable('gateway_codes')
        .set({ used: now })
        .where('digest', '=', digestOf(plainCode(code)))
        .where('used', 'is', null)
        .where('expires', '>', now)
        .returning(['gateway', 'estate'])
        .executeTakeFirst();
      if (spent === undefined) return await exchanged(tx, code, publicKey, now);
      await endKeys(tx, spent.gateway, now);
      const by = { actor: `gateway:${spent.gateway}`, at: now };
      return await this.#keep(tx, { ...spent, public_key: publicKey }, by, 'gateway.enrol');
    });
    await this.refresh(now);
    return { gateway: row.gateway, estate: row.estate, key: row.id, at: now };
  }

  /**
   * Replaces the key of a gateway that has proved itself with its present one, which stays good for an hour. The same
   * request again has the same answer, for the first one may have been lost.
   * @throws CaretakerError `CLOUD_ENROLMENT_REFUSED`
   */
  async rotate(present: GatewayKeyRow, request: unknown, now: number): Promise<EnrolAnswer> {
    const parsed = rotateRequestSchema.safeParse(request);
    if (!parsed.success || this.good(present.id, now) === null) return refused();
    const { publicKey, proof } = parsed.data;
    const { gateway, estate } = present;
    if (!signedBy(publicKey, enrolmentTextOfRotation(gateway, publicKey), proof)) return refused();
    const row = await this.#database.write(async (tx) => {
      const replaced = await tx
        .updateTable('gateway_keys')
        .set({ until: now + ROTATION_GRACE_MS })
        .where('id', '=', present.id)
        .where('revoked', 'is', null)
        .where('until', 'is', null)
        .executeTakeFirst();
      // Revoked meanwhile, or already replaced: a stolen old key must not make new ones.
      if (Number(replaced.numUpdatedRows) !== 1) return await newestKey(tx, gateway, publicKey);
      const by = { actor: `gateway:${gateway}`, at: now };
      const key = { gateway, estate, public_key: publicKey };
      return await this.#keep(tx, key, by, 'gateway.rotate');
    });
    await this.refresh(now);
    return { gateway, estate, key: row.id, at: now };
  }

  /** Ends every key and code of a gateway; whoever is connected by one is cut off. */
  async revoke(gateway: string, by: By): Promise<void> {
    await this.#database.write(async (tx) => {
      await voidCodes(tx, gateway);
      await endKeys(tx, gateway, by.at);
      await this.#tell(tx, by, 'gateway.revoke', gateway, {});
    });
    await this.refresh(by.at);
  }

  async #keep(
    tx: Tx,
    key: Pick<GatewayKeyRow, 'gateway' | 'estate' | 'public_key'>,
    by: By,
    action: string,
  ): Promise<GatewayKeyRow> {
    const row = { ...key, id: randomUUID(), created: by.at, until: null, revoked: null };
    const kept = await tx
      .insertInto('gateway_keys')
      .values(row)
      .onConflict((conflict) => conflict.column('public_key').doNothing())
      .returning('id')
      .executeTakeFirst();
    // A key that was known once is not a fresh one.
    if (kept === undefined) return refused();
    await this.#tell(tx, by, action, key.gateway, { keyId: row.id, publicKey: key.public_key });
    return row;
  }

  async #tell(tx: Tx, by: By, action: string, gateway: string, detail: Detail) {
    const object = `gateway:${gateway}`;
    await this.#audit(tx, { at: by.at, actor: by.actor, action, object, detail });
  }
}

function isGood({ until, revoked }: GatewayKeyRow, now: number): boolean {
  return revoked === null && (until === null || now < until);
}

async function voidCodes(tx: Tx, gateway: string): Promise<void> {
  await tx
    .deleteFrom('gateway_codes')
    .where('gateway', '=', gateway)
    .where('used', 'is', null)
    .execute();
}

async function endKeys(tx: Tx, gateway: string, now: number): Promise<void> {
  await tx
    .updateTable('gateway_keys')
    .set({ revoked: now })
    .where('gateway', '=', gateway)
    .where('revoked', 'is', null)
    .execute();
}

/** The key that a code was already exchanged for, if it is this one. */
async function exchanged(tx: Tx, code: string, publicKey: string, now: number) {
  const spent = await tx
    .selectFrom('gateway_codes')
    .select('gateway')
    .where('digest', '=', digestOf(plainCode(code)))
    .where('expires', '>', now)
    .executeTakeFirst();
  return spent === undefined ? refused() : await newestKey(tx, spent.gateway, publicKey);
}

/** The key of a gateway that is in force and was not replaced, if it is this one. */
async function newestKey(tx: Tx, gateway: string, publicKey: string): Promise<GatewayKeyRow> {
  const row = await tx
    .selectFrom('gateway_keys')
    .selectAll()
    .where('gateway', '=', gateway)
    .where('public_key', '=', publicKey)
    .where('revoked', 'is', null)
    .where('until', 'is', null)
    .executeTakeFirst();
  return row ?? refused();
}

/** Whether the holder of an Ed25519 key has signed a text. */
function signedBy(publicKey: string, text: string, signature: string): boolean {
  try {
    const key = createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: publicKey },
      format: 'jwk',
    });
    return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url'));
  } catch {
    // Not every 32 bytes are a key.
    return false;
  }
}

function refused(): never {
  return refuse(
    'CLOUD_ENROLMENT_REFUSED',
    'The gateway cannot be enrolled with this code and key.',
    'Make a new code: one is good once and for an hour.',
  );
}
