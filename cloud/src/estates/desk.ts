import { type Estate, type EstateEdit, editEstate } from '@caretaker/devices/model';
import { CaretakerError, FaultsError } from '@caretaker/readings/base';
import { checkOverrides } from '@caretaker/standards';
import type { EstateDefinition } from '../contract/index.ts';
import type { Database, Tx } from '../db/database.ts';
import { answered, type KeyedWrite, remember } from '../db/once.ts';
import { Turns } from '../host/turns.ts';
import type { Audit, Author, Detail } from '../identity/deed.ts';
import type { InForce } from '../standards/in-force.ts';
import type { Directory } from './directory.ts';
import { shownDefinition } from './shown.ts';

export interface EstateDeskParts {
  readonly database: Database;
  readonly audit: Audit;
  readonly directory: Directory;
  readonly inForce: InForce;
  /** What goes on between two frames of an estate, which is judged as it is declared then. */
  readonly renew: (estate: string, change: () => Promise<void>) => Promise<void>;
  /** An estate has changed: whoever shows it should look. */
  readonly changed: (estate: string) => void;
}

export interface EstateWish {
  readonly estate: string;
  /** Made of the estate as it is when its turn comes. */
  readonly edit: (estate: Estate) => EstateEdit;
  readonly by: Author;
  readonly write: KeyedWrite;
  /** The one that the change was made for; null for whichever is there. */
  readonly revision: number | null;
}

export interface Changed {
  readonly estate: Estate;
  readonly revision: number;
}

/** Where estates are changed while the cloud runs: all of a change or nothing, one after another. */
export class EstateDesk {
  readonly #parts: EstateDeskParts;
  readonly #turns = new Turns();

  constructor(parts: EstateDeskParts) {
    this.#parts = parts;
  }

  /** The estate as it is kept. */
  async definition(estate: string): Promise<EstateDefinition> {
    const { read } = this.#parts.database;
    const row = await read
      .selectFrom('estates')
      .selectAll()
      .where('id', '=', estate)
      .executeTakeFirstOrThrow();
    const { definition, revision, changed } = row;
    return { estate, revision, changed, definition: shownDefinition(definition) };
  }

  /**
   * Changes an estate, once for each key. What is standing of its other assets stays so; readings of what is new are
   * judged from the next frame on.
   * @param also is done in the same transaction, and gives the answer: the same one when it is asked for again
   * @throws FaultsError `DEVICES_ESTATE_INVALID`, `CLOUD_ESTATE_OVERRIDES` with every fault; nothing has changed then
   * @throws CaretakerError `CLOUD_ESTATE_CHANGED`, `CLOUD_KEY_REUSED`
   */
  change<T>(wish: EstateWish, also: (tx: Tx, changed: Changed) => Promise<T>): Promise<T> {
    return this.#turns.run(() => this.#change(wish, also));
  }

  async #change<T>(wish: EstateWish, also: (tx: Tx, changed: Changed) => Promise<T>): Promise<T> {
    const { database, directory, inForce, renew, changed } = this.#parts;
    const before = await database.write((tx) => answered<T>(tx, wish.write));
    if (before !== null) return before;
    const estate = directory.estates.get(wish.estate);
    if (estate === undefined) throw new Error('routes ask for estates that are there');
    const { revision } = await database.read
      .selectFrom('estates')
      .select('revision')
      .where('id', '=', estate.id)
      .executeTakeFirstOrThrow();
    if (wish.revision !== null && wish.revision !== revision) throw hasChanged(estate.id, revision);
    const edit = wish.edit(estate);
    const next = editEstate(estate, edit);
    this.#refuseOverrides(estate, next);
    let answer: T | undefined;
    const take = async () => {
      answer = await database.write((tx) =>
        this.#write(tx, wish, { edit, estate: next, revision: revision + 1 }, also),
      );
      directory.replace(next);
      inForce.changed(next.id);
    };
    // Mappings are for gateways: nothing is judged by them.
    if (next.assets === estate.assets) await take();
    else await renew(next.id, take);
    changed(next.id);
    return answer as T;
  }

  async #write<T>(
    tx: Tx,
    { by, write }: EstateWish,
    { edit, estate, revision }: Changed & { readonly edit: EstateEdit },
    also: (tx: Tx, changed: Changed) => Promise<T>,
  ): Promise<T> {
    const { id } = estate;
    await tx
      .updateTable('estates')
      .set({ definition: JSON.stringify(estate), revision, changed: by.at })
      .where('id', '=', id)
      .execute();
    const detail = { revision, ...told(edit) };
    const object = `estate:${id}`;
    await this.#parts.audit(tx, { ...by, action: 'estate.change', object, detail });
    const answer = await also(tx, { estate, revision });
    await remember(tx, write, { status: 200, body: answer, at: by.at });
    return answer;
  }

  /** A limit that nothing reads would leave one in force that somebody believes to have changed. */
  #refuseOverrides(before: Estate, estate: Estate): void {
    const known = new Set(before.assets);
    const fresh = estate.assets.filter((asset) => !known.has(asset));
    if (fresh.length === 0) return;
    const reached = new Set(fresh.flatMap((asset) => Object.values(asset.relations).flat()));
    const bare = estate.assets
      .filter((asset) => known.has(asset) && reached.has(asset.id))
      .map((asset) => ({ ...asset, points: asset.points.map((p) => ({ ...p, limits: {} })) }));
    const { standard } = this.#parts.inForce;
    const faults = checkOverrides(standard, [{ ...estate, assets: [...fresh, ...bare] }]);
    if (faults.length === 0) return;
    const summary = `The change of the estate ${estate.id} overrides what the standard does not have:`;
    throw new FaultsError('CLOUD_ESTATE_OVERRIDES', summary, faults);
  }
}

/** What the audit log is told of a change: names, not whole entries. */
function told({ assets = [], points = {}, mappings = [], dropMappings = [] }: EstateEdit): Detail {
  const idOf = (raw: unknown) => String((raw as { readonly id?: unknown }).id);
  return {
    assets: assets.map(idOf),
    pointsOf: Object.keys(points),
    mappings: mappings.length,
    mappingsDropped: [...dropMappings],
  };
}

function hasChanged(estate: string, revision: number): CaretakerError {
  return new CaretakerError({
    code: 'CLOUD_ESTATE_CHANGED',
    message: `The estate ${estate} was changed meanwhile: it has revision ${revision}.`,
    next: `Look at /api/estates/${estate}/definition again and repeat the change.`,
  });
}
