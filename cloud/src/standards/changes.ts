import type { Estate } from '@caretaker/devices/model';
import { CaretakerError, type Clock, FaultsError, type Log } from '@caretaker/readings/base';
import {
  diffStandards,
  estateAt,
  type Standard,
  type StandardDiff,
  standardAt,
} from '@caretaker/standards';
import type { Directory } from '../estates/directory.ts';
import type { Audit, Detail } from '../identity/deed.ts';
import type { InForce } from './in-force.ts';
import { type OwnNumbers, ownNumber, placeNumbers } from './placing.ts';
import { loadApart, nameOf, type Source } from './source.ts';

/** Who changes something: the name that is shown, and the actor of the audit log. */
export interface Author {
  readonly name: string;
  readonly actor: string;
}

export interface OverrideRequest extends OwnNumbers {
  readonly estate: string;
  readonly by: Author;
  readonly reason: string;
  /** UTC epoch milliseconds; null for now. */
  readonly from: number | null;
}

export interface ReloadRequest {
  readonly by: Author;
  readonly note: string;
  /** UTC epoch milliseconds; null for now. */
  readonly effective: number | null;
}

export interface Reloaded {
  /** The version that holds the standard. */
  readonly number: number;
  /** Null when it is in force then anyway. */
  readonly diff: StandardDiff | null;
}

export interface ChangesParts {
  readonly inForce: InForce;
  readonly directory: Directory;
  readonly source: Source;
  readonly clock: Clock;
  readonly log: Log;
  readonly audit: Audit;
  /** What goes on between two frames of an estate, after which it is judged by what is in force then. */
  readonly renew: (estate: string, change: () => Promise<void>) => Promise<void>;
  /** Time up to which readings of an estate were judged, or were said to be complete. */
  readonly judgedTo: (estate: Estate) => number;
}

/** A device's clock may run ahead by this much; beyond it, a time is no reason to let a change wait. */
const ahead = 5 * 60_000;

/**
 * Changes by what readings are judged, never for a time that has passed. A change counts from now, or from just
 * after the newest reading that was judged already, or from a time to come.
 */
export class Changes {
  readonly #parts: ChangesParts;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(parts: ChangesParts) {
    this.#parts = parts;
  }

  /**
   * Reads the standard again and brings it into force, now or at a time to come.
   * @throws FaultsError `STANDARDS_INVALID` with every fault; what is in force stays so
   * @throws CaretakerError `CLOUD_EFFECTIVE_PAST`
   */
  reload({ by, note, effective: asked }: ReloadRequest): Promise<Reloaded> {
    return this.#inTurn(async () => {
      const { inForce, clock, log } = this.#parts;
      if (asked !== null && asked < clock.now()) throw inThePast('effective');
      const standard = await this.#load();
      const { versions } = inForce;
      const before = versions.at(asked ?? clock.now());
      if (before?.version === standard.version) return { number: before.number, diff: null };
      const added = await this.#between(this.#everywhere(), (free) => {
        const recorded = clock.now();
        const effective = asked === null ? free : Math.max(asked, free);
        const said = { effective, by: by.name, note, recorded };
        const { version } = standard;
        return versions.add(standard, said, (tx, number) =>
          this.#audit(tx, by, 'standard.reload', `standard:${number}`, {
            version,
            effective,
            note,
          }),
        );
      });
      const { number, effective } = added;
      log.info({ version: standard.version, effective }, 'another standard comes into force');
      return {
        number,
        diff: before === undefined ? null : diffStandards(before.standard, standard),
      };
    });
  }

  /**
   * Takes a version back that has not taken effect.
   * @throws CaretakerError `CLOUD_VERSION_UNKNOWN`, `CLOUD_VERSION_IN_FORCE`
   */
  withdraw(reference: number, by: Author): Promise<void> {
    return this.#inTurn(async () => {
      const { inForce, clock, log } = this.#parts;
      const { number, version, effective, withdrawn } = inForce.versions.find(String(reference));
      if (withdrawn !== null) return;
      await this.#between(this.#everywhere(), async (free) => {
        const at = clock.now();
        if (effective <= at || effective < free) throw hasTakenEffect(number);
        await inForce.versions.withdraw(number, { by: by.name, at }, (tx) =>
          this.#audit(tx, by, 'standard.withdraw', `standard:${number}`, { version, effective }),
        );
      });
      log.info({ version, effective }, 'a standard to come was taken back');
    });
  }

  /**
   * Gives an estate numbers of its own. What is in force already is not said twice.
   * @throws CaretakerError `CLOUD_EFFECTIVE_PAST`
   * @throws FaultsError `CLOUD_OVERRIDE_INVALID` with every fault
   */
  override(request: OverrideRequest): Promise<void> {
    return this.#inTurn(async () => {
      const { inForce, clock, directory } = this.#parts;
      const { by, reason, rule, from } = request;
      const estate = directory.estates.get(request.estate);
      if (estate === undefined) throw new Error('routes ask for estates that are there');
      const recorded = clock.now();
      if (from !== null && from < recorded) throw inThePast('from');
      const at = from ?? recorded;
      const held = inForce.overrides.of(estate.id);
      const then = estateAt(estate, held, at);
      const placed = placeNumbers(standardAt(inForce.versions.all, at), then, request);
      const news = placed.filter((n) => ownNumber(then, n.point, rule, n.name) !== n.value);
      if (news.length === 0) return;
      // A clock that was set back must not put what is said now behind what was said before.
      const said = held.map(({ effective }) => effective).filter((t) => t <= recorded + ahead);
      const earliest = Math.max(at, ...(from === null ? said : []));
      await this.#between([estate], async (free) => {
        const effective = Math.max(earliest, free);
        const more = { estate: estate.id, rule, by: by.name, reason, recorded, effective };
        await inForce.overrides.add(
          news.map((number) => ({ ...number, ...more })),
          (tx) =>
            this.#audit(tx, by, 'limit.change', `estate:${estate.id}`, {
              rule,
              reason,
              effective,
              numbers: news.map(({ point, name, value }) => ({
                point,
                name,
                before: ownNumber(then, point, rule, name),
                after: value,
              })),
            }),
        );
        inForce.changed(estate.id);
      });
    });
  }

  #everywhere(): readonly Estate[] {
    return [...this.#parts.directory.estates.values()];
  }

  async #load(): Promise<Standard> {
    const { inForce, source, clock, log } = this.#parts;
    const loaded = await loadApart(source);
    if ('standard' in loaded) {
      inForce.refused = null;
      return loaded.standard;
    }
    const { faults } = loaded;
    inForce.refused = { source: nameOf(source), at: clock.now(), faults };
    log.error({ faults: faults.length }, 'the standard was refused; the one in force stays');
    const message = 'The standard has faults; the one in force stays.';
    throw new FaultsError('STANDARDS_INVALID', message, faults);
  }

  /** Runs `change` while none of the estates judges anything, with the earliest time it may count from. */
  async #between<T>(
    estates: readonly Estate[],
    change: (earliest: number) => Promise<T>,
  ): Promise<T> {
    const { inForce, clock, judgedTo, renew } = this.#parts;
    let result: T | undefined;
    const run = estates.reduceRight<() => Promise<void>>(
      (inner, estate) => () => renew(estate.id, inner),
      async () => {
        const now = clock.now();
        const judged = Math.max(now, ...estates.map((estate) => judgedTo(estate) + 1));
        // A clock that was set back must not put this before what came into force at once when that was said.
        const atOnce = inForce.versions.all.filter(
          ({ effective, recorded }) => effective <= Math.min(now, recorded) + ahead,
        );
        const said = atOnce.map(({ effective }) => effective);
        result = await change(Math.max(0, ...said, Math.min(judged, now + ahead)));
      },
    );
    await run();
    return result as T;
  }

  #audit(
    tx: Parameters<Audit>[0],
    by: Author,
    action: string,
    object: string,
    detail: Detail,
  ): Promise<void> {
    const { audit, clock } = this.#parts;
    return audit(tx, { at: clock.now(), actor: by.actor, action, object, detail });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#tail.then(work);
    this.#tail = turn.catch(() => {});
    return turn;
  }
}

function inThePast(field: string): CaretakerError {
  return new CaretakerError({
    code: 'CLOUD_EFFECTIVE_PAST',
    message: 'What readings were judged by is not changed afterwards.',
    next: `Leave "${field}" out, or give a time to come.`,
  });
}

function hasTakenEffect(number: number): CaretakerError {
  return new CaretakerError({
    code: 'CLOUD_VERSION_IN_FORCE',
    message: `Readings were judged by version ${number} of the standard already.`,
    next: 'Reload the standard that is to count from now on.',
  });
}
