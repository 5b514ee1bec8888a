import { CaretakerError, FaultsError, type Log } from '@caretaker/readings/base';
import {
  diffStandards,
  estateAt,
  type Standard,
  type StandardDiff,
  standardAt,
} from '@caretaker/standards';
import { type Author, ahead, Gap, type GapParts } from './gap.ts';
import { type OwnNumbers, ownNumber, placeNumbers } from './placing.ts';
import { checkPeriod, planLimits, planStandard } from './restate.ts';
import { recordRestatement } from './restatements.ts';
import { loadApart, nameOf, type Source } from './source.ts';

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

/** What is to count from a time that has passed, and why. */
export interface StandardRestatement {
  readonly by: Author;
  readonly reason: string;
  /** UTC epoch milliseconds. */
  readonly from: number;
  /** Number or name of a version that is kept; null to read the standard again. */
  readonly version: string | null;
}

export interface LimitsRestatement extends OverrideRequest {
  readonly from: number;
}

export interface Reloaded {
  /** The version that holds the standard. */
  readonly number: number;
  /** Null when it is in force then anyway. */
  readonly diff: StandardDiff | null;
}

export interface ChangesParts extends GapParts {
  readonly source: Source;
  readonly log: Log;
  /** How far back readings are judged again, milliseconds. */
  readonly horizon: number;
}

/**
 * Changes by what readings are judged, never for a time that has passed. A change counts from now, or from just
 * after the newest reading that was judged already, or from a time to come.
 */
export class Changes {
  readonly #parts: ChangesParts;
  readonly #gap: Gap;

  constructor(parts: ChangesParts) {
    this.#parts = parts;
    this.#gap = new Gap(parts);
  }

  /**
   * Reads the standard again and brings it into force, now or at a time to come.
   * @throws FaultsError `STANDARDS_INVALID` with every fault; what is in force stays so
   * @throws CaretakerError `CLOUD_EFFECTIVE_PAST`
   */
  reload({ by, note, effective: asked }: ReloadRequest): Promise<Reloaded> {
    return this.#gap.inTurn(async () => {
      const { inForce, clock, log } = this.#parts;
      if (asked !== null && asked < clock.now()) throw inThePast('effective');
      const standard = await this.#load();
      const { versions } = inForce;
      const before = versions.at(asked ?? clock.now());
      if (before?.version === standard.version) return { number: before.number, diff: null };
      const added = await this.#gap.everywhere((free) => {
        const recorded = clock.now();
        const effective = asked === null ? free : Math.max(asked, free);
        const said = { effective, by: by.name, note, recorded };
        const { version } = standard;
        return versions.add(standard, said, (tx, number) =>
          this.#gap.audit(tx, by, 'standard.reload', `standard:${number}`, {
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
    return this.#gap.inTurn(async () => {
      const { inForce, clock, log } = this.#parts;
      const { number, version, effective, withdrawn } = inForce.versions.find(String(reference));
      if (withdrawn !== null) return;
      await this.#gap.everywhere(async (free) => {
        const at = clock.now();
        if (effective <= at || effective < free) throw hasTakenEffect(number);
        await inForce.versions.withdraw(number, { by: by.name, at }, (tx) =>
          this.#gap.audit(tx, by, 'standard.withdraw', `standard:${number}`, {
            version,
            effective,
          }),
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
    return this.#gap.inTurn(async () => {
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
      await this.#gap.between([estate], async (free) => {
        const effective = Math.max(earliest, free);
        const more = { estate: estate.id, rule, by: by.name, reason, recorded, effective };
        await inForce.overrides.add(
          news.map((number) => ({ ...number, ...more })),
          (tx) =>
            this.#gap.audit(tx, by, 'limit.change', `estate:${estate.id}`, {
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

  /**
   * Lets a standard count from a time that has passed: what was judged since then is judged anew, and nobody is
   * paged. What is to come stays to come.
   * @throws CaretakerError `CLOUD_RESTATEMENT_PERIOD`, `CLOUD_VERSION_UNKNOWN`
   * @throws FaultsError `STANDARDS_INVALID` with every fault
   */
  restateStandard({ by, reason, from, version }: StandardRestatement): Promise<Reloaded> {
    return this.#gap.inTurn(async () => {
      const { inForce, clock, log, horizon, directory } = this.#parts;
      const { versions } = inForce;
      checkPeriod(from, clock.now(), horizon);
      const standard = version === null ? await this.#load() : versions.find(version).standard;
      const before = versions.at(from);
      const number = await this.#gap.everywhere(async () => {
        const recorded = clock.now();
        const plan = planStandard(inForce, standard, from, recorded);
        if (plan === null) return null;
        const { rules } = plan;
        const replaced = plan.replaced.map((entry) => entry.number);
        const of = { kind: 'standard', estate: null, subjects: null } as const;
        const record = { ...of, since: from, by: by.name, reason, recorded, rules };
        const said = { effective: from, by: by.name, note: reason, recorded };
        const detail = { version: standard.version, from, reason, replaced };
        const added = await versions.restate(
          standard,
          said,
          replaced,
          (tx) => recordRestatement(tx, record, [...directory.estates.keys()]),
          (tx, n) => this.#gap.audit(tx, by, 'standard.restate', `standard:${n}`, detail),
        );
        return added.number;
      });
      if (number === null) return { number: before?.number ?? 0, diff: null };
      log.info({ version: standard.version, from }, 'a standard was restated');
      return {
        number,
        diff: before === undefined ? null : diffStandards(before.standard, standard),
      };
    });
  }

  /**
   * The same for numbers of an estate.
   * @returns whether anything is judged otherwise by them
   * @throws CaretakerError `CLOUD_RESTATEMENT_PERIOD`
   * @throws FaultsError `CLOUD_OVERRIDE_INVALID` with every fault
   */
  restateLimits(request: LimitsRestatement): Promise<boolean> {
    return this.#gap.inTurn(async () => {
      const { inForce, clock, log, horizon, directory } = this.#parts;
      const { by, reason, rule, from } = request;
      const estate = directory.estates.get(request.estate);
      if (estate === undefined) throw new Error('routes ask for estates that are there');
      checkPeriod(from, clock.now(), horizon);
      if (planLimits(inForce, estate, request, from, clock.now()) === null) return false;
      await this.#gap.between([estate], async () => {
        const recorded = clock.now();
        const plan = planLimits(inForce, estate, request, from, recorded);
        if (plan === null) return;
        const of = { kind: 'limits', estate: estate.id, subjects: plan.subjects } as const;
        const record = { ...of, since: from, by: by.name, reason, recorded, rules: [rule] };
        const more = { estate: estate.id, rule, by: by.name, reason, recorded, effective: from };
        const numbers = plan.numbers.map((number, k) => ({
          point: number.point,
          name: number.name,
          before: plan.before[k] ?? null,
          after: number.value,
        }));
        await inForce.overrides.restate(
          plan.numbers.map((number) => ({ ...number, ...more })),
          plan.replaced.map(({ id }) => id),
          (tx) => recordRestatement(tx, record, [estate.id]),
          (tx) =>
            this.#gap.audit(tx, by, 'limit.restate', `estate:${estate.id}`, {
              rule,
              reason,
              from,
              numbers,
            }),
        );
        inForce.changed(estate.id);
      });
      log.info({ estate: estate.id, rule, from }, 'limits were restated');
      return true;
    });
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
