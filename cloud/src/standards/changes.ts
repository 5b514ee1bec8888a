import type { Estate } from '@caretaker/devices/model';
import { CaretakerError, type Clock, FaultsError, type Log } from '@caretaker/readings/base';
import { diffStandards, estateAt, type StandardDiff, standardAt } from '@caretaker/standards';
import type { Directory } from '../estates/directory.ts';
import type { InForce } from './in-force.ts';
import { type OwnNumbers, ownNumber, placeNumbers } from './placing.ts';
import { loadApart, nameOf, type Source } from './source.ts';

export interface OverrideRequest extends OwnNumbers {
  readonly estate: string;
  readonly by: string;
  readonly reason: string;
  /** UTC epoch milliseconds; null for now. */
  readonly from: number | null;
}

export interface Reloaded {
  /** Null when the standard is the one in force. */
  readonly diff: StandardDiff | null;
}

export interface ChangesParts {
  readonly inForce: InForce;
  readonly directory: Directory;
  readonly source: Source;
  readonly clock: Clock;
  readonly log: Log;
  /** What goes on between two frames of an estate, after which it is judged by what is in force then. */
  readonly renew: (estate: string, change: () => Promise<void>) => Promise<void>;
  /** Time up to which readings of an estate were judged, or were said to be complete. */
  readonly judgedTo: (estate: Estate) => number;
}

/** A device's clock may run ahead by this much; beyond it, a time is no reason to let a change wait. */
const ahead = 5 * 60_000;

/**
 * Changes by what readings are judged, never for a time that has passed. A change counts from now, or from just
 * after the newest reading that was judged already.
 */
export class Changes {
  readonly #parts: ChangesParts;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(parts: ChangesParts) {
    this.#parts = parts;
  }

  /**
   * Reads the standard again and brings it into force.
   * @throws FaultsError `STANDARDS_INVALID` with every fault; what is in force stays so
   */
  reload(by: string, note: string): Promise<Reloaded> {
    return this.#inTurn(async () => {
      const { inForce, source, clock, log, directory } = this.#parts;
      const loaded = await loadApart(source);
      if ('faults' in loaded) {
        const { faults } = loaded;
        inForce.refused = { source: nameOf(source), at: clock.now(), faults };
        log.error({ faults: faults.length }, 'the standard was refused; the one in force stays');
        throw new FaultsError(
          'STANDARDS_INVALID',
          'The standard has faults; the one in force stays.',
          faults,
        );
      }
      inForce.refused = null;
      const { standard } = loaded;
      const before = inForce.versions.newest?.standard;
      if (before?.version === standard.version) return { diff: null };
      await this.#between([...directory.estates.values()], async (effective) => {
        const recorded = clock.now();
        await inForce.versions.add(standard, { effective, by, note, recorded });
      });
      log.info({ version: standard.version }, 'another standard came into force');
      return { diff: before === undefined ? null : diffStandards(before, standard) };
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
      if (from !== null && from < recorded) throw inThePast();
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
        const more = { estate: estate.id, rule, by, reason, recorded, effective };
        await inForce.overrides.add(news.map((number) => ({ ...number, ...more })));
        inForce.changed(estate.id);
      });
    });
  }

  /** Runs `change` while none of the estates judges anything, with the earliest time it may count from. */
  #between(estates: readonly Estate[], change: (effective: number) => Promise<void>) {
    const { inForce, clock, judgedTo, renew } = this.#parts;
    const run = estates.reduceRight<() => Promise<void>>(
      (inner, estate) => () => renew(estate.id, inner),
      async () => {
        const now = clock.now();
        const judged = Math.max(now, ...estates.map((estate) => judgedTo(estate) + 1));
        const before = inForce.versions.newest?.effective ?? 0;
        await change(Math.max(before, Math.min(judged, now + ahead)));
      },
    );
    return run();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#tail.then(work);
    this.#tail = turn.catch(() => {});
    return turn;
  }
}

function inThePast(): CaretakerError {
  return new CaretakerError({
    code: 'CLOUD_EFFECTIVE_PAST',
    message: 'What readings were judged by is not changed afterwards.',
    next: 'Leave "from" out, or give a time to come.',
  });
}
