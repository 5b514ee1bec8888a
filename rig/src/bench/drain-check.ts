import { describeSeries } from '@caretaker/devices/model';
import type { Reading, ReadingValue } from '@caretaker/readings';
import { createSqliteReadings } from '@caretaker/readings/sqlite';
import { loadStandard } from '@caretaker/standards';
import { createEngine, type Episode } from '@caretaker/standards/engine';
import {
  type DrainEstate,
  type DrainMessage,
  drainEstateId,
  drainGateway,
  messagesOf,
  orderOf,
  roundsOf,
} from './drain-estate.ts';

/** Readings of each point: how many, and a sum over what they say that no order changes. */
export class Tally {
  readonly #places: ReadonlyMap<string, number>;
  readonly #counts: Uint32Array;
  readonly #sums: Float64Array;
  readonly #number = new Float64Array(2);
  readonly #words = new Uint32Array(this.#number.buffer);
  total = 0;

  /** @param points `asset/metric` */
  constructor(points: readonly string[]) {
    this.#places = new Map(points.map((point, place) => [point, place]));
    this.#counts = new Uint32Array(points.length);
    this.#sums = new Float64Array(points.length);
  }

  add(point: string, at: number, value: ReadingValue): void {
    const place = this.#places.get(point);
    if (place === undefined) throw new Error(`no such point: ${point}`);
    this.addAt(place, at, typeof value === 'string' ? hashOf(value) : Number(value));
  }

  /** @param value the number, 1 or 0 of a flag, `hashOf` a state */
  addAt(place: number, at: number, value: number): void {
    this.total += 1;
    this.#counts[place] = (this.#counts[place] as number) + 1;
    this.#number[0] = at;
    this.#number[1] = value;
    let mixed = 0x2545f491;
    for (const word of this.#words) {
      mixed = Math.imul(mixed ^ word, 0x9e3779b1);
      mixed ^= mixed >>> 15;
    }
    this.#sums[place] = (this.#sums[place] as number) + (mixed >>> 0);
  }

  /** Against what should be there: readings missing, readings too many, points where some are others. */
  against(expected: Tally): { lost: number; duplicated: number; altered: number } {
    const found = { lost: 0, duplicated: 0, altered: 0 };
    for (const [place, count] of this.#counts.entries()) {
      const wanted = expected.#counts[place] as number;
      found.lost += Math.max(0, wanted - count);
      found.duplicated += Math.max(0, count - wanted);
      if (count === wanted && this.#sums[place] !== expected.#sums[place]) found.altered += 1;
    }
    return found;
  }
}

function hashOf(word: string): number {
  let hash = 7;
  for (let k = 0; k < word.length; k += 1) hash = (Math.imul(hash, 31) + word.charCodeAt(k)) | 0;
  return hash;
}

function pointsOf({ devices }: DrainEstate): string[] {
  return devices.flatMap(({ id, points }) => points.map(({ metric }) => `${id}/${metric}`));
}

export function* readingsOf({ device, at, values }: DrainMessage): Generator<Reading> {
  for (const [k, { metric }] of device.points.entries()) {
    const value = values[k] as ReadingValue;
    yield {
      point: `${device.id}/${metric}`,
      at,
      received: at,
      value,
      stamped: true,
      history: false,
    };
  }
}

/** All messages of the absence, and the round before it. */
export function* allMessages(estate: DrainEstate, began: number): Generator<DrainMessage> {
  const order = orderOf(estate);
  for (let round = 0; round <= roundsOf(estate.shape); round += 1) {
    yield* messagesOf(estate, order, began, round);
  }
}

/** All that the gateway journalled of it. */
export function tallyAbsence(estate: DrainEstate, began: number): Tally {
  const tally = new Tally(pointsOf(estate));
  for (const { device, at, values } of allMessages(estate, began)) {
    for (const [k, value] of values.entries()) {
      tally.add(`${device.id}/${device.points[k]?.metric}`, at, value);
    }
  }
  return tally;
}

/** What the cloud's store holds, read while nobody writes to it. */
export async function tallyStore(file: string, estate: DrainEstate): Promise<Tally> {
  const points = pointsOf(estate);
  const tally = new Tally(points);
  const describe = describeSeries([estate.loaded]);
  const ids = points.map((point) => `${drainEstateId}/${point}`);
  const isState = ids.map((id) => describe(id)?.type === 'state');
  const store = createSqliteReadings({ file, describe });
  await store.start();
  try {
    for await (const batch of store.scanColumns(0, 2 ** 43, ids)) {
      const hashes = batch.words.map(hashOf);
      for (let k = 0; k < batch.length; k += 1) {
        const place = batch.point[k] as number;
        const value = batch.value[k] as number;
        const said = isState[place] ? (hashes[value] as number) : value;
        tally.addAt(place, batch.at[k] as number, said);
      }
    }
  } finally {
    await store.stop();
  }
  return tally;
}

/** Devices whose episodes are looked at one by one: those with a breach first. */
export function watchedDevices({ devices }: DrainEstate): readonly string[] {
  const wrong = devices.filter(({ breach }) => breach !== null).slice(0, 24);
  const well = devices.filter(({ breach, until }) => breach === null && until === Infinity);
  return [...wrong, ...well.slice(-16)].map(({ id }) => id);
}

/**
 * Episodes that an engine finds alone when it is given the same readings as they were measured, of those devices and
 * over by the end of the absence.
 */
export function referenceEpisodes(
  estate: DrainEstate,
  began: number,
  ids: readonly string[],
): readonly Episode[] {
  const wanted = new Set(ids);
  const own = estate.loaded;
  const estates = [{ ...own, assets: own.assets.filter(({ id }) => wanted.has(id)) }];
  const engine = createEngine({ standard: loadStandard(), estates, horizon: 35 * 86_400_000 });
  const devices = estate.devices.map((d) => ({
    ...d,
    until: wanted.has(d.id) ? d.until : -Infinity,
  }));
  let batch: Reading[] = [];
  const judge = () => {
    engine.accept(batch);
    engine.drain();
    batch = [];
  };
  for (const message of allMessages({ ...estate, devices }, began)) {
    for (const reading of readingsOf(message)) {
      batch.push({ ...reading, point: `${drainEstateId}/${reading.point}` });
    }
    if (batch.length >= 2_000) judge();
  }
  judge();
  const end = began + estate.shape.away;
  engine.advance(drainGateway, end);
  engine.drain();
  return engine.episodes().filter((episode) => isOver(episode, end));
}

/** Whether what comes after the absence changes nothing about it. */
export function isOver({ end }: Pick<Episode, 'end'>, absenceEnd: number): boolean {
  return end !== null && end < absenceEnd - 3_600_000;
}
