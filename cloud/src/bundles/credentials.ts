import type { BundleCredential } from '@caretaker/devices/model';
import { deviceDigest, newDeviceSalt, newDeviceSecret } from '@caretaker/readings/secrets';
import type { CloudCredential, NewCredential } from '../contract/index.ts';
import type { BundleTables } from '../db/bundle-tables.ts';
import type { Database } from '../db/database.ts';
import { type Audit, type Author, type By, refuse } from '../identity/deed.ts';

type Row = Omit<BundleTables['device_credentials'], 'number'>;

/** Levels of a topic that a bridge may own; see `prefixOf` of the gateway, which looks again. */
const prefixForm =
  /^(?!(?:caretaker|ctk|ctk-events|node-red)(?:\/|$))[^/+#$\0][^/+#\0]*(?:\/[^/+#\0]+){0,31}$/;

/**
 * Credentials of devices and bridges that the cloud gives. They reach their gateway with its configuration; each
 * secret is shown once, and only its digest is kept.
 */
export class DeviceCredentials {
  readonly #database: Database;
  readonly #audit: Audit;
  /** Those in force by gateway: another list whenever one comes or goes. */
  #byGateway: ReadonlyMap<string, readonly BundleCredential[]> = new Map();

  constructor(database: Database, audit: Audit) {
    this.#database = database;
    this.#audit = audit;
  }

  async load(): Promise<void> {
    const rows = await this.#database.read
      .selectFrom('device_credentials')
      .selectAll()
      .where('revoked', 'is', null)
      .orderBy('id')
      .execute();
    const grouped = Map.groupBy(rows, ({ gateway }) => gateway);
    this.#byGateway = new Map([...grouped].map(([gateway, own]) => [gateway, own.map(bundled)]));
  }

  /** Those in force; the same list until one comes or goes. */
  of(gateway: string): readonly BundleCredential[] {
    return this.#byGateway.get(gateway) ?? none;
  }

  /** All that were ever given for a gateway, by id, the newest of one id first. */
  async list(gateway: string): Promise<CloudCredential[]> {
    const rows = await this.#database.read
      .selectFrom('device_credentials')
      .selectAll()
      .where('gateway', '=', gateway)
      .orderBy('id')
      .orderBy('number', 'desc')
      .execute();
    return rows.map(shown);
  }

  /**
   * @param assets of the gateway
   * @returns the secret, which nobody can tell again
   * @throws CaretakerError `CLOUD_CREDENTIAL_EXISTS`, `CLOUD_CREDENTIAL_ASSET`, `CLOUD_CREDENTIAL_PREFIX`
   */
  async issue(
    gateway: string,
    wish: NewCredential,
    assets: ReadonlySet<string>,
    by: Author,
  ): Promise<string> {
    check(wish, assets, this.of(gateway));
    const { id, kind } = wish;
    const secret = newDeviceSecret();
    const salt = newDeviceSalt();
    const holder = JSON.stringify(wish.kind === 'device' ? wish.assets : wish.prefix);
    const row: Row = {
      ...{ gateway, id, kind, holder, salt, digest: deviceDigest(salt, id, secret) },
      ...{ created: by.at, created_by: by.name, revoked: null },
    };
    await this.#database.write(async (tx) => {
      const kept = await tx
        .insertInto('device_credentials')
        .values(row)
        .onConflict((conflict) => conflict.doNothing())
        .returning('number')
        .executeTakeFirst();
      if (kept === undefined) exists(id);
      const detail = { gateway, ...wish };
      await this.#audit(tx, { ...by, action: 'credential.issue', object: `device:${id}`, detail });
    });
    await this.load();
    return secret;
  }

  /** @throws CaretakerError `CLOUD_CREDENTIAL_UNKNOWN` */
  async revoke(gateway: string, id: string, by: By): Promise<void> {
    await this.#database.write(async (tx) => {
      const ended = await tx
        .updateTable('device_credentials')
        .set({ revoked: by.at })
        .where('gateway', '=', gateway)
        .where('id', '=', id)
        .where('revoked', 'is', null)
        .returning('number')
        .executeTakeFirst();
      if (ended === undefined) {
        refuse(
          'CLOUD_CREDENTIAL_UNKNOWN',
          `The cloud has given no credential "${id}" for the gateway ${gateway} that is in force.`,
          'One of the gateway itself is revoked there: caretaker device revoke.',
        );
      }
      const object = `device:${id}`;
      await this.#audit(tx, { ...by, action: 'credential.revoke', object, detail: { gateway } });
    });
    await this.load();
  }
}

const none: readonly BundleCredential[] = [];

function check(
  wish: NewCredential,
  assets: ReadonlySet<string>,
  others: readonly BundleCredential[],
): void {
  if (others.some(({ id }) => id === wish.id)) exists(wish.id);
  if (wish.kind === 'device') {
    const unknown = wish.assets.filter((asset) => !assets.has(asset));
    if (unknown.length === 0) return;
    refuse(
      'CLOUD_CREDENTIAL_ASSET',
      `The gateway has no asset ${unknown.join(', ')}.`,
      'Name assets that come by this gateway; see /api/assets.',
    );
  }
  const { prefix } = wish;
  const within = (one: string, other: string) => `${one}/`.startsWith(`${other}/`);
  const meets = others.find(
    (one) => one.kind === 'bridge' && (within(one.prefix, prefix) || within(prefix, one.prefix)),
  );
  if (meets === undefined && prefixForm.test(prefix)) return;
  refuse(
    'CLOUD_CREDENTIAL_PREFIX',
    meets === undefined
      ? `Nobody can own the topics below "${prefix}".`
      : `The bridge "${meets.id}" owns topics that meet "${prefix}".`,
    'Give each bridge a prefix of its own, such as zigbee2mqtt.',
  );
}

function exists(id: string): never {
  return refuse(
    'CLOUD_CREDENTIAL_EXISTS',
    `There is a credential "${id}" in force already.`,
    'Choose another name, or revoke that one first.',
  );
}

function bundled({ id, kind, holder, salt, digest, created }: Row): BundleCredential {
  const common = { id, salt, hash: digest, created, revoked: null };
  const held = JSON.parse(holder);
  return kind === 'device' ? { ...common, kind, assets: held } : { ...common, kind, prefix: held };
}

function shown({ id, kind, holder, created, created_by: by, revoked }: Row): CloudCredential {
  const common = { id, created, by, revoked };
  const held = JSON.parse(holder);
  return kind === 'device' ? { ...common, kind, assets: held } : { ...common, kind, prefix: held };
}
