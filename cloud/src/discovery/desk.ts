import type { Estate } from '@caretaker/devices/model';
import { CaretakerError } from '@caretaker/readings/base';
import type { Status } from '@caretaker/readings/uplink';
import type { Discovery, DiscoveryConfirm } from '../contract/index.ts';
import type { Database } from '../db/database.ts';
import { requestOf } from '../db/once.ts';
import type { EstateDesk } from '../estates/desk.ts';
import type { Audit, Author } from '../identity/deed.ts';
import { assetOf, compose } from './compose.ts';
import {
  type DiscoveryFilter,
  type DiscoveryRow,
  decide,
  findDiscovery,
  listDiscoveries,
  shown,
  takeIn,
} from './rows.ts';

type Told = Extract<Status, { type: 'discovery' }>;

interface Parts {
  readonly database: Database;
  readonly audit: Audit;
  readonly estates: EstateDesk;
}

/** Devices that gateways hear and that no mapping names: people say what they are, or that they are none of ours. */
export class DiscoveryDesk {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** A gateway tells of its inbox. */
  told(estate: string, gateway: string, status: Told): Promise<void> {
    return this.#parts.database.write((tx) => takeIn(tx, { estate, gateway }, status));
  }

  /** Heard last first. */
  async list(filter: DiscoveryFilter): Promise<Discovery[]> {
    return (await listDiscoveries(this.#parts.database, filter)).map(shown);
  }

  /**
   * @param sees whether the one who asks may know of an estate
   * @throws CaretakerError `CLOUD_DISCOVERY_UNKNOWN`
   */
  async find(id: string, sees: (estate: string) => boolean): Promise<DiscoveryRow> {
    const row = await findDiscovery(this.#parts.database.read, id);
    if (row !== undefined && sees(row.estate)) return row;
    throw new CaretakerError({
      code: 'CLOUD_DISCOVERY_UNKNOWN',
      message: 'This device is not in the inbox; a mapping may name it by now.',
      next: 'See /api/discovery.',
    });
  }

  /**
   * Takes a device into its estate, once for each key: with assets, points and mapping, all of it or nothing.
   * @throws FaultsError `DEVICES_ESTATE_INVALID`, `CLOUD_ESTATE_OVERRIDES` with every fault
   * @throws CaretakerError `CLOUD_DISCOVERY_NO_SUGGESTION`, `CLOUD_DISCOVERY_DECIDED`, `CLOUD_KEY_REUSED`
   */
  confirm(row: DiscoveryRow, said: DiscoveryConfirm, by: Author, key: string): Promise<Discovery> {
    const { id, estate, gateway, device, topic } = row;
    const found = shown(row);
    const asset = assetOf(found, said);
    const edit = (declared: Estate) => {
      if (row.state === 'confirmed') throw decidedAlready();
      return compose(found, said, declared);
    };
    const request = requestOf('discovery-confirm', id, said, by.actor);
    const wish = { estate, edit, by, revision: null, write: { key, request } };
    return this.#parts.estates.change(wish, async (tx, { revision }) => {
      const taken = await decide(tx, id, 'confirmed', by, `${estate}/${asset}`);
      if (taken === undefined) throw decidedAlready();
      const entry = { at: by.at, actor: by.actor, action: 'discovery.confirm' };
      const detail = { gateway, device: device ?? topic, asset, revision };
      await this.#parts.audit(tx, { ...entry, object: `estate:${estate}`, detail });
      return shown(taken);
    });
  }

  /**
   * Says that a device is none of ours, or that it may be after all.
   * @throws CaretakerError `CLOUD_DISCOVERY_DECIDED`
   */
  ignore(
    { id, estate, gateway, device, topic, state }: DiscoveryRow,
    ignored: boolean,
    by: Author,
  ): Promise<Discovery> {
    const wanted = ignored ? 'ignored' : 'waiting';
    return this.#parts.database.write(async (tx) => {
      const row = await decide(tx, id, wanted, by);
      if (row === undefined) throw decidedAlready();
      if (state !== wanted) {
        const entry = { at: by.at, actor: by.actor, action: 'discovery.ignore' };
        const detail = { gateway, device: device ?? topic, ignored };
        await this.#parts.audit(tx, { ...entry, object: `estate:${estate}`, detail });
      }
      return shown(row);
    });
  }
}

function decidedAlready(): CaretakerError {
  return new CaretakerError({
    code: 'CLOUD_DISCOVERY_DECIDED',
    message: 'This device was taken into its estate already.',
    next: 'Change its asset and mapping in the estate.',
  });
}
