import type { Reading, Series } from '../reading.ts';
import { refuseType, type Sifted } from '../store/check.ts';
import type { Conflict, Refusal, WriteResult } from '../store.ts';
import { keyOf } from './fields.ts';
import { type Held, sift } from './held.ts';
import type { PartialWrite } from './partial-write.ts';
import type { Rollups, Turn } from './rollups.ts';

/** Lines of one request: writing 5,000 held the event loop for up to 86 ms, at the same rate. */
const CHUNK = 2_000;

export interface WriterParts {
  readonly held: Held;
  readonly rollups: Rollups;
  /**
   * Sends readings to the server; durable when it resolves.
   * @returns null when all were kept, or what the server says of those that it dropped.
   * @throws CaretakerError when nothing is known of them, or nothing was kept.
   */
  send(
    readings: readonly Reading[],
    series: ReadonlyMap<string, Series>,
  ): Promise<PartialWrite | null>;
}

interface Outcome {
  written: number;
  readonly conflicts: Conflict[];
  readonly refused: Refusal[];
}

/** Writes so that the first value under (point, at) stays, one write after the other. */
export class FirstValueWriter {
  readonly #parts: WriterParts;
  /** The end of the turns asked for so far: each must see what the one before it wrote. */
  #turns: Promise<unknown> = Promise.resolve();

  constructor(parts: WriterParts) {
    this.#parts = parts;
  }

  /** Runs work when nothing is being written. */
  readonly turn: Turn = async (work) => {
    const turn = this.#turns.then(work);
    this.#turns = turn.catch(() => {});
    return await turn;
  };

  /** Resolves when nothing is being written any more. */
  async idle(): Promise<void> {
    await this.#turns;
  }

  async write(sifted: Sifted): Promise<WriteResult> {
    const { written, conflicts, refused } = await this.turn(() => this.#writeAll(sifted));
    const offered = sifted.kept.length + sifted.refused.length;
    const duplicates = offered - written - conflicts.length - refused.length;
    return { written, duplicates, conflicts, refused };
  }

  async #writeAll({ kept, series, refused }: Sifted): Promise<Outcome> {
    const outcome: Outcome = { written: 0, conflicts: [], refused: [...refused] };
    for (let from = 0; from < kept.length; from += CHUNK) {
      const part = await this.#keepable(kept.slice(from, from + CHUNK), series, outcome.refused);
      const held = await this.#parts.held.find(part, series);
      const fresh = sift(part, held, (offered, value) =>
        outcome.conflicts.push({ offered, held: value }),
      );
      await this.#parts.rollups.mark(fresh);
      await this.#send(fresh, series, outcome);
    }
    return outcome;
  }

  async #keepable(
    readings: readonly Reading[],
    series: ReadonlyMap<string, Series>,
    refused: Refusal[],
  ): Promise<readonly Reading[]> {
    const { held, rollups } = this.#parts;
    const rawFrom = rollups.rawFrom ?? 0;
    const clashing = await held.clashing(series.values());
    if (clashing.size === 0 && readings.every(({ at }) => at >= rawFrom)) return readings;
    return readings.filter((reading) => {
      const type = clashing.get(reading.point);
      if (reading.at < rawFrom) refused.push(refuseExpired(reading));
      else if (type !== undefined) refused.push(refuseType(reading, type));
      else return true;
      return false;
    });
  }

  /**
   * A partial write names one reason and no points. So the server is asked which it holds; those missing for
   * the reason named are refused, and what is left is offered again, to hear its own reason.
   */
  async #send(
    readings: readonly Reading[],
    series: ReadonlyMap<string, Series>,
    outcome: Outcome,
  ): Promise<void> {
    let rest = readings;
    while (rest.length > 0) {
      const partial = await this.#offer(rest, series);
      if (partial === null) {
        outcome.written += rest.length;
        return;
      }
      const held = await this.#parts.held.lookUp(rest, series);
      const missing = rest.filter((reading) => !held.has(keyOf(reading)));
      const named = missing.filter((reading) => isNamed(partial, series.get(reading.point)));
      const left = new Set(named.length > 0 ? named : missing);
      for (const reading of left)
        outcome.refused.push(refusalOf(partial, reading, named.length > 0));
      outcome.written += rest.length - missing.length;
      rest = missing.filter((reading) => !left.has(reading));
    }
  }

  async #offer(
    readings: readonly Reading[],
    series: ReadonlyMap<string, Series>,
  ): Promise<PartialWrite | null> {
    const { held } = this.#parts;
    try {
      const partial = await this.#parts.send(readings, series);
      if (partial === null) held.wrote(readings, series);
      else held.forget();
      return partial;
    } catch (error) {
      held.forget();
      throw error;
    }
  }
}

function refuseExpired(reading: Reading): Refusal {
  const message = 'Of its hour only the summary is left, so that whether it is new cannot be known';
  return { reading, code: 'READINGS_STORE_EXPIRED', message };
}

function isNamed({ clash }: PartialWrite, series: Series | undefined): boolean {
  return clash !== null && clash.kind === series?.kind && clash.metric === series.metric;
}

function refusalOf({ reason, clash }: PartialWrite, reading: Reading, clashes: boolean): Refusal {
  if (clashes && clash !== null) return refuseType(reading, clash.held);
  const code = /retention/.test(reason) ? 'READINGS_STORE_EXPIRED' : 'READINGS_STORE_REFUSED';
  return { reading, code, message: `InfluxDB does not keep this: ${reason}` };
}
