import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Estate } from '@caretaker/devices/model';
import type { Reading } from '@caretaker/readings';
import { CaretakerError } from '@caretaker/readings/base';
import type { Standard } from '@caretaker/standards';
import {
  createEngine,
  type Engine,
  type EngineOptions,
  type Episode,
  type EpisodeChange,
  prepareCalendars,
  restoreEngine,
} from '@caretaker/standards/engine';
import { type KeptColumns, KeptReadings } from './kept-readings.ts';
import { pointsOf } from './standard.ts';

export interface JudgeOptions {
  readonly estate: Estate;
  readonly gateway: string;
  /** Only what is judged here. */
  readonly standard: Standard;
}

/** What a judge knows, to be kept over a restart. */
export interface JudgeState {
  readonly engine: Uint8Array;
  readonly kept: readonly KeptColumns[];
}

const hour = 3_600_000;
/** What lies longer behind its own receipt is history, and nothing for a gateway to act on. */
const horizon = 48 * hour;
const ahead = 48 * hour;

/** The engine of the cloud on the rules that are marked local, and the readings of one gateway. */
export class LocalJudge {
  readonly #gateway: string;
  readonly #options: EngineOptions;
  readonly #engine: Engine;
  readonly #kept: KeptReadings;
  /** What stands while the state is being made, when the engine must be left alone; else null. */
  #stood: readonly Episode[] | null = null;
  /** Points that a rule looks at, as the journal names them, and as the engine does. */
  readonly #watched: ReadonlyMap<string, string>;
  /** Rules on assets. */
  readonly rules: number;

  constructor({ estate, gateway, standard }: JudgeOptions, state: JudgeState | null) {
    this.#gateway = gateway;
    this.#options = { standard, estates: [estate], horizon };
    const restored = state === null ? null : restoredFrom(this.#options, state.engine);
    this.#engine = restored ?? createEngine(this.#options);
    const conditions = this.#engine.conditions();
    this.rules = conditions.length;
    const looked = new Set(conditions.flatMap(({ points }) => points));
    const own = pointsOf(estate, gateway).map((point) => [point, `${estate.id}/${point}`] as const);
    this.#watched = new Map(own.filter(([, point]) => looked.has(point)));
    this.#kept = new KeptReadings([...this.#watched.values()], restored && state ? state.kept : []);
  }

  /** Judges readings of the journal. @returns whether any of them was one that a rule looks at */
  take(readings: readonly Reading[]): boolean {
    const fresh: Reading[] = [];
    for (const reading of readings) {
      const point = this.#watched.get(reading.point);
      if (point === undefined) continue;
      const own = { ...reading, point };
      if (this.#kept.add(own)) fresh.push(own);
    }
    if (fresh.length === 0) return false;
    for (const work of this.#engine.accept(fresh)) {
      this.#engine.rejudge(work, this.#kept.between(work.points, work.from, work.to));
    }
    return true;
  }

  /** All that the gateway received up to `time` was taken. */
  advance(time: number): void {
    this.#engine.advance(this.#gateway, time);
  }

  /** What became otherwise since the last call. */
  changes(): readonly EpisodeChange[] {
    return this.#engine.drain();
  }

  /** Whether the rule of an episode judges its subject here. */
  has({ subject, rule }: Pick<Episode, 'subject' | 'rule'>): boolean {
    return this.#engine.conditions(subject).some((one) => one.rule === rule);
  }

  /** Breaches that stand. */
  standing(): readonly Episode[] {
    if (this.#stood !== null) return this.#stood;
    return this.#engine.episodes().filter(({ end }) => end === null);
  }

  /** Whether a rule says that all is well, or is judged no more; not while it does not know. */
  isOver({ subject, rule }: Pick<Episode, 'subject' | 'rule'>): boolean {
    const condition = this.#engine.conditions(subject).find((one) => one.rule === rule);
    return condition === undefined || condition.phase === 'ok';
  }

  /** The readings that show an episode: the one that was worst, and the newest of each point that decides. */
  shown({ subject, rule, worstAt }: Episode): readonly Reading[] {
    const condition = this.#engine.conditions(subject).find((one) => one.rule === rule);
    const points = condition?.points ?? [];
    const worst = worstAt === null ? [] : this.#kept.between(points, worstAt, worstAt);
    const newest = points.flatMap((point) => this.#kept.newest(point) ?? []);
    return [...new Set([...worst, ...newest])];
  }

  /** Compiles the calendars of the days to come, so that no reading waits for them; a step at a time. */
  *prepare(now: number): Generator<void, void, void> {
    const { standard, estates } = this.#options;
    yield* prepareCalendars(standard, estates, now - horizon, now + ahead);
  }

  /** Nothing may be taken before it is there. It is made in parts: of a large estate it is megabytes. */
  async state(): Promise<JudgeState> {
    this.#stood = this.standing();
    try {
      const parts: Uint8Array[] = [];
      for (const part of this.#engine.snapshotParts()) {
        parts.push(part);
        await nextTurn();
      }
      return { engine: Buffer.concat(parts), kept: this.#kept.columns() };
    } finally {
      this.#stood = null;
    }
  }
}

/** @returns null when the state is of another program */
function restoredFrom(options: EngineOptions, state: Uint8Array): Engine | null {
  try {
    return restoreEngine(options, state);
  } catch (error) {
    if (error instanceof CaretakerError) return null;
    throw error;
  }
}
