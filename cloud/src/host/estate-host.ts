import { CaretakerError } from '@caretaker/readings/base';
import type { Frame } from '@caretaker/readings/frame';
import type { Status } from '@caretaker/readings/uplink';
import type { Condition, Engine, EpisodeChange } from '@caretaker/standards/engine';
import type { Tx } from '../db/database.ts';
import type { GatewayRegistry } from '../gateways/registry.ts';
import type { Settling } from '../gateways/settling.ts';
import { Lane } from '../inbox/lane.ts';
import { greet, type Position, place } from '../inbox/place.ts';
import type { Overlay, PlannedChange } from '../overlay/overlay.ts';
import type { Naming } from '../tickets/write.ts';
import { Arrived } from './arrived.ts';
import { type CommitContext, type Committed, commitChanges } from './commit.ts';
import { type EngineParts, prepareAhead } from './engine-state.ts';
import type { HostEvents } from './events.ts';
import { drainAll, judge } from './judging.ts';
import { Localiser } from './localiser.ts';
import type { Meter } from './meter.ts';
import { pause } from './pause.ts';
import { Positions } from './positions.ts';
import { bringUp, loadPositions, withoutTicket } from './recovery.ts';
import { frameOf, refuseReadings, refuseWhole } from './refused.ts';
import { saveFrame, savePosition } from './rows.ts';
import { saveSnapshot } from './snapshots.ts';
import type { Stored } from './storing.ts';

type Hello = Extract<Status, { type: 'hello' }>;

export interface HostParts extends EngineParts {
  readonly registry: GatewayRegistry;
  readonly settling: Settling;
  readonly naming: Naming;
  readonly overlay: Overlay;
  readonly events: HostEvents;
  readonly meter: Meter;
  readonly reach: (place: string) => void | Promise<void>;
}

/** Frames that may wait for one estate before its gateways are made to wait, bytes. */
const laneBound = 16 * 1024 * 1024;
const framesPerSnapshot = 500;
/** A restart judges again what came since: a few seconds' worth. */
const readingsPerSnapshot = 500_000;
/** Frames that are stored while the one before them is judged. */
const framesAhead = 2;
const retryWaits = [100, 500, 2000, 5000] as const;

/**
 * Takes the frames of one estate's gateways, one after another: store them, judge them, commit what follows,
 * acknowledge. Nothing is acknowledged that is not committed; whatever fails is done again.
 */
export class EstateHost {
  readonly #parts: HostParts;
  #localiser: Localiser;
  readonly #lane = new Lane(laneBound);
  /** Frames that wait for their turn. */
  readonly #arrived: Arrived[] = [];
  #engine: Engine | null = null;
  /** The engine may be ahead of the database: unless the commit succeeds it is built anew. */
  #inDoubt = false;
  #covers = 0;
  #framesSinceSnapshot = 0;
  #readingsSinceSnapshot = 0;
  readonly #positions = new Positions();
  #stopping = false;

  constructor(parts: HostParts) {
    this.#parts = parts;
    this.#localiser = new Localiser(parts.directory, parts.estate);
  }

  get estate(): string {
    return this.#parts.estate;
  }

  /** Bytes of frames that wait. */
  get waiting(): number {
    return this.#lane.held;
  }

  get ready(): boolean {
    return this.#engine !== null && !this.#inDoubt;
  }

  start(): Promise<void> {
    return this.#lane.run(() => this.#recover());
  }

  /** Finishes the frame in hand and keeps the engine's state; frames that still wait come again. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#lane.idle();
    if (this.ready) await this.#snapshot();
  }

  conditions(subject?: string): readonly Condition[] {
    return this.#engine?.conditions(subject) ?? [];
  }

  /** Queues a frame as received. @returns when there is room for another */
  frame(gateway: string, bytes: Uint8Array): Promise<void> {
    const arrived = new Arrived(gateway, bytes);
    this.#arrived.push(arrived);
    return this.#lane.push(bytes.length, () => {
      this.#arrived.shift();
      return this.#insist(() => this.#take(arrived));
    });
  }

  /** A gateway introduces its journal. */
  hello(gateway: string, hello: Hello): Promise<void> {
    return this.#lane.push(0, () => this.#insist(() => this.#greet(gateway, hello)));
  }

  /** Takes in what the cloud itself knows of a gateway, such as that it is silent. */
  change(changes: readonly EpisodeChange[]): Promise<void> {
    return this.between((tx, context) => commitChanges(tx, changes, context));
  }

  /** Runs a transaction between two frames, and tells what came of it. */
  between(work: (tx: Tx, context: CommitContext) => Promise<Committed>): Promise<void> {
    return this.#lane.run(() =>
      this.#insist(async () => {
        const { database, events } = this.#parts;
        const context = this.context({ behind: false });
        events.judged(await database.write((tx) => work(tx, context)), [], []);
      }),
    );
  }

  /** With what changes of this estate are written. */
  context(how: Pick<CommitContext, 'behind' | 'quiet' | 'subjects'>): CommitContext {
    const { naming, overlay, clock, directory } = this.#parts;
    const { zone = 'UTC' } = directory.estates.get(this.estate) ?? {};
    const told = { naming, overlay, zone, timeOf: directory.timeOf };
    return { estate: this.estate, ...told, now: clock.now(), ...how };
  }

  /** Looks again at the tickets of subjects of which nothing changed but the planned work about them. */
  reconsider(subjects: readonly PlannedChange[]): Promise<void> {
    return this.#lane.run(() => this.#insist(() => this.#reconsider(subjects)));
  }

  async #reconsider(subjects: readonly PlannedChange[], quiet = false): Promise<void> {
    if (subjects.length === 0) return;
    const { database, events } = this.#parts;
    const news = await database.write((tx) =>
      this.#commit(tx, [], { behind: true, quiet, subjects }),
    );
    events.judged(news, [], []);
  }

  /**
   * Runs `change` between two frames; from then on the estate is as it is declared then, and judged by what is in force
   * then.
   */
  renew(change: () => Promise<void>): Promise<void> {
    return this.#lane.run(async () => {
      if (this.ready) await this.#snapshot();
      await change();
      this.#inDoubt = true;
      await this.#insist(async () => {});
    });
  }

  snapshot(): Promise<void> {
    return this.#lane.run(async () => {
      if (!this.ready) return;
      await prepareAhead(this.#parts);
      if (this.#framesSinceSnapshot > 0) await this.#snapshot();
    });
  }

  /** Does it again until it succeeds: what cannot be stored now is neither lost nor acknowledged. */
  async #insist(work: () => Promise<void>): Promise<void> {
    for (let attempt = 0; !this.#stopping; attempt += 1) {
      try {
        if (this.#engine === null || this.#inDoubt) await this.#recover();
        return await work();
      } catch (error) {
        const wait = retryWaits[Math.min(attempt, retryWaits.length - 1)] ?? 5000;
        this.#parts.meter.failures += 1;
        this.#parts.log.error(
          { estate: this.estate, error: describe(error), wait },
          'a frame could not be stored and judged; trying again',
        );
        await new Promise<void>((done) => this.#parts.clock.after(wait, done));
      }
    }
  }

  async #recover(): Promise<void> {
    const { engine, covers, news, quiet } = await bringUp(this.#parts, (tx, changes, silent) =>
      this.#commit(tx, changes, { behind: true, quiet: silent }),
    );
    this.#positions.load(await loadPositions(this.#parts));
    // Another estate may be in force than before.
    this.#localiser = new Localiser(this.#parts.directory, this.estate);
    this.#engine = engine;
    this.#inDoubt = false;
    this.#covers = covers;
    this.#parts.events.judged(news, [], engine.drainTouched());
    // What hid them may have ended, or no longer be in the standard.
    await this.#reconsider(await withoutTicket(this.#parts), quiet);
  }

  async #greet(gateway: string, hello: Hello): Promise<void> {
    const { database, registry, clock, events, log } = this.#parts;
    const known = this.#positions.get(gateway, hello.journal) ?? null;
    const before = registry.journal(gateway);
    const former = before === null ? null : this.#positions.get(gateway, before);
    const { position, losses } = greet(hello, known, known === null ? (former ?? null) : null);
    const at = clock.now();
    await database.write(async (tx) => {
      await savePosition(tx, gateway, position);
      await registry.lost(
        tx,
        gateway,
        losses.map((loss) => ({ ...loss, at })),
      );
      await registry.save(tx, gateway, hello.journal);
    });
    registry.opened(gateway, hello.journal);
    for (const loss of losses) log.error({ gateway, ...loss }, 'a gateway has lost readings');
    this.#positions.set(gateway, position);
    events.ack(gateway, position.journal, position.accepted, false);
    events.gateway(gateway);
  }

  async #take(arrived: Arrived): Promise<void> {
    const { gateway } = arrived;
    const frame = await this.#decode(arrived);
    if (frame === null) return;
    const { journal } = frame;
    const position = this.#positions.get(gateway, journal) ?? this.#positions.adopt(frame);
    const { events, meter, reach } = this.#parts;
    if (position === null) {
      events.ack(gateway, frame.journal, 0, true);
      return;
    }
    const placing = place(position.accepted, frame);
    if (placing.type === 'gap') {
      meter.rewinds += 1;
      events.ack(gateway, frame.journal, position.accepted, true);
      return;
    }
    if (placing.type === 'duplicate') {
      meter.duplicateFrames += 1;
      events.ack(gateway, frame.journal, position.accepted, false);
      return;
    }
    const newest = Math.max(position.newest, placing.accepted, frame.completeTo.sequence);
    const next = { journal: frame.journal, accepted: placing.accepted, newest };
    const stored = await this.#store(arrived, placing.skip);
    await reach('cloud.after-store-write');
    // What fails is done again in its turn.
    this.#storeAhead(gateway, next).catch(() => {});
    await this.#accept(arrived, stored, placing.skip, next);
    await reach('cloud.before-ack');
    events.ack(gateway, frame.journal, placing.accepted, false);
    const many = this.#readingsSinceSnapshot >= readingsPerSnapshot;
    if (many || this.#framesSinceSnapshot >= framesPerSnapshot) await this.#snapshot();
  }

  /** Step 1: store, durable and idempotent. */
  async #store(arrived: Arrived, skip: number): Promise<Stored> {
    await pause();
    const local = arrived.localised(skip, this.#localiser);
    await pause();
    return arrived.store(local, this.#parts.store);
  }

  /**
   * Has the frames that wait next stored while this one is judged. Only those that bring nothing late: what the store
   * then holds more than the engine was told of is newer than what it judges again, which is how it tells them apart.
   * @param position where the gateway will be after the frame in hand
   */
  async #storeAhead(gateway: string, position: Position): Promise<void> {
    const after = new Positions();
    after.set(gateway, position);
    for (const arrived of this.#arrived.slice(0, framesAhead)) {
      const frame = arrived.ownFrame;
      if (frame === null) return;
      const { journal } = frame;
      const before =
        after.get(arrived.gateway, journal) ?? this.#positions.get(arrived.gateway, journal);
      const placing = before === undefined ? null : place(before.accepted, frame);
      if (before === undefined || placing?.type !== 'next') return;
      after.set(arrived.gateway, { ...before, accepted: placing.accepted });
      await pause();
      const local = arrived.localised(placing.skip, this.#localiser);
      if (!local.inOrder) return;
      // One after another: of two values for one instant the first one stays.
      await arrived.store(local, this.#parts.store);
    }
  }

  /** Step 2: judge what is stored, and commit what follows in one transaction. */
  async #accept(arrived: Arrived, stored: Stored, skip: number, next: Position): Promise<void> {
    const { store, database, registry, settling, meter, clock, overlay } = this.#parts;
    const { gateway, frame } = arrived;
    const { held } = stored;
    const whole = held.length === stored.known.length;
    const engine = this.#engineOrThrow();
    const caughtUp = next.accepted >= frame.completeTo.sequence;
    const { time } = frame.completeTo;
    const settled = caughtUp && settling.allows(gateway, registry.completeTo(gateway), time);
    const advanced = settled ? time : null;
    this.#inDoubt = true;
    await judge(engine, store, held);
    if (advanced !== null) engine.advance(gateway, advanced);
    await pause();
    const changes = await drainAll(engine);
    let news: Committed = { episodes: [], tickets: [] };
    const before = registry.completeTo(gateway);
    const over = advanced === null ? [] : overlay.overSince(gateway, before, advanced);
    // Also when all that it covers was thinned away: that must not be asked for again.
    const moved = next.accepted >= frame.first;
    if (moved || changes.length > 0 || over.length > 0) {
      if (advanced !== null) registry.judged(gateway, advanced);
      news = await database.write(async (tx) => {
        const { estate } = this;
        const kept = whole
          ? { skipped: skip, frame: arrived.bytes }
          : { skipped: 0, frame: frameOf(frame, held, estate) };
        this.#covers = await saveFrame(tx, { estate, gateway, advanced, ...kept });
        await savePosition(tx, gateway, next);
        await registry.save(tx, gateway);
        meter.refused += await refuseReadings(tx, gateway, stored, clock.now());
        return this.#commit(tx, changes, { behind: !caughtUp, subjects: over });
      });
      this.#framesSinceSnapshot += 1;
      this.#readingsSinceSnapshot += stored.fresh;
    }
    this.#inDoubt = false;
    this.#positions.set(gateway, next);
    if (advanced !== null) registry.judged(gateway, advanced);
    meter.frames += 1;
    meter.readings += stored.fresh;
    meter.duplicateReadings += stored.duplicates;
    this.#parts.events.judged(news, held, engine.drainTouched(), !caughtUp);
  }

  #engineOrThrow(): Engine {
    if (this.#engine === null) throw new Error('the engine is being built');
    return this.#engine;
  }

  #commit(
    tx: Tx,
    changes: readonly EpisodeChange[],
    how: Pick<CommitContext, 'behind' | 'quiet' | 'subjects'>,
  ): Promise<Committed> {
    return commitChanges(tx, changes, this.context(how));
  }

  async #decode(arrived: Arrived): Promise<Frame | null> {
    const { gateway, bytes } = arrived;
    try {
      const { frame } = arrived;
      if (frame.gateway === gateway) return frame;
      const reason = `A frame of gateway ${frame.gateway} came on the topic of ${gateway}.`;
      await this.#refuseFrame(gateway, 'CLOUD_WRONG_GATEWAY', reason, bytes);
    } catch (error) {
      if (!(error instanceof CaretakerError)) throw error;
      await this.#refuseFrame(gateway, error.code, error.message, bytes);
    }
    return null;
  }

  async #refuseFrame(gateway: string, code: string, reason: string, payload: Uint8Array) {
    const { database, clock, meter } = this.#parts;
    meter.refused += 1;
    const bad = { gateway, code, reason, topic: 'frames', payload };
    await database.write((tx) => refuseWhole(tx, bad, clock.now()));
  }

  async #snapshot(): Promise<void> {
    const engine = this.#engineOrThrow();
    const { database, clock, registry, directory, estate } = this.#parts;
    const kept = { engine, covers: this.#covers, at: clock.now() };
    await saveSnapshot(database, estate, kept, async (tx) => {
      for (const gateway of directory.gatewaysOf(estate)) await registry.save(tx, gateway);
    });
    this.#framesSinceSnapshot = 0;
    this.#readingsSinceSnapshot = 0;
  }
}

function describe(error: unknown): string {
  return error instanceof CaretakerError ? `${error.code}: ${error.message}` : String(error);
}
