import { CaretakerError, type Clock } from '@caretaker/readings/base';
import { isAbout } from '@caretaker/standards/overlay';
import type { PlannedWorkRequest } from '../contract/index.ts';
import type { Database } from '../db/database.ts';
import { answered, remember, requestOf } from '../db/once.ts';
import type { Directory } from '../estates/directory.ts';
import type { Audit, Author } from '../identity/deed.ts';
import type { Overlay, PlannedChange } from './overlay.ts';
import { cancelPlan, insertPlan, type Plan, readPlan } from './plans.ts';

const minute = 60_000;
/** What is going on already may be written down this much late; more would hide what has happened. */
const writtenLate = 5 * minute;
/** Longer work is a change of the estate. */
const longest = 14 * 24 * 60 * minute;

export interface PlannedDeskParts {
  readonly database: Database;
  readonly audit: Audit;
  readonly directory: Directory;
  readonly overlay: Overlay;
  readonly clock: Clock;
  /** Looks again at the tickets of these subjects of an estate. */
  readonly reconsider: (estate: string, subjects: readonly PlannedChange[]) => Promise<void>;
  /** Tells screens that what these subjects show may have changed. */
  readonly touch: (subjects: readonly string[]) => void;
}

/** Where people announce planned work and call it off. */
export class PlannedDesk {
  readonly #parts: PlannedDeskParts;
  /** Cloud clock of the last look. */
  #looked: number;

  constructor(parts: PlannedDeskParts) {
    this.#parts = parts;
    this.#looked = parts.clock.now();
  }

  /**
   * Announces planned work, once for each key: sent again, it gives the same answer, however much later.
   * @throws CaretakerError `CLOUD_PLANNED_PAST`, `CLOUD_PLANNED_LENGTH`, `CLOUD_PLANNED_SCOPE`,
   *   `CLOUD_KEY_REUSED`
   */
  async announce(wish: PlannedWorkRequest, by: Author, key: string): Promise<Plan> {
    const { database, audit } = this.#parts;
    const { actor, at: now } = by;
    const write = { key, request: requestOf('planned-work', { ...wish, actor }) };
    const { plan, done } = await database.write(async (tx) => {
      const before = await answered<Plan>(tx, write);
      if (before !== null) return { plan: before, done: false };
      this.#check(wish, now);
      const made = await insertPlan(tx, wish, by.name, now);
      await remember(tx, write, { status: 201, body: made, at: now });
      const { estate, scope, from, to, reason } = wish;
      const detail = { estate, scope, from, to, reason };
      const object = `planned-work:${made.id}`;
      await audit(tx, { at: now, actor, action: 'planned-work.announce', object, detail });
      return { plan: made, done: true };
    });
    if (done) await this.#changed(plan);
    return plan;
  }

  /**
   * Looks up in which estate planned work is.
   * @param sees whether the one who asks may know of an estate
   * @throws CaretakerError `CLOUD_PLANNED_UNKNOWN`
   */
  async estateOf(id: number, sees: (estate: string) => boolean): Promise<string> {
    const plan = await readPlan(this.#parts.database, id);
    if (plan !== undefined && sees(plan.estate)) return plan.estate;
    throw new CaretakerError({
      code: 'CLOUD_PLANNED_UNKNOWN',
      message: `There is no planned work ${id}.`,
      next: 'See /api/planned-work.',
    });
  }

  /**
   * Calls planned work off, or ends it early.
   * @throws CaretakerError `CLOUD_PLANNED_OVER`
   */
  async end(id: number, { actor, name, at }: Author): Promise<Plan> {
    const { database, audit } = this.#parts;
    const plan = await database.write(async (tx) => {
      const ended = await cancelPlan(tx, id, name, at);
      if (ended === undefined) return undefined;
      const entry = { at, actor, action: 'planned-work.end', object: `planned-work:${id}` };
      await audit(tx, { ...entry, detail: { estate: ended.estate } });
      return ended;
    });
    if (plan === undefined) {
      throw new CaretakerError({
        code: 'CLOUD_PLANNED_OVER',
        message: `Planned work ${id} is over.`,
        next: 'Announce new work instead.',
      });
    }
    await this.#changed(plan);
    return plan;
  }

  /** From time to time: screens follow the clock, and so do the tickets of gateways, which have no other time. */
  async look(): Promise<void> {
    const { overlay, clock, reconsider, touch } = this.#parts;
    const before = this.#looked;
    const now = clock.now();
    this.#looked = now;
    touch(overlay.turned(before, now));
    for (const { estate, ...change } of overlay.gatewaysOverSince(before, now)) {
      await reconsider(estate, [change]);
    }
  }

  async #changed(plan: Plan): Promise<void> {
    const { overlay, reconsider, touch } = this.#parts;
    overlay.put([plan]);
    const subjects = overlay.subjectsOf(plan);
    touch(subjects);
    await reconsider(
      plan.estate,
      subjects.map((subject) => ({ subject, since: plan.from })),
    );
  }

  #check(wish: PlannedWorkRequest, now: number): void {
    if (wish.from < now - writtenLate) {
      throw new CaretakerError({
        code: 'CLOUD_PLANNED_PAST',
        message: 'Planned work is announced before it begins, at most 5 minutes late.',
        next: 'Let it begin now.',
      });
    }
    if (wish.to <= wish.from || wish.to <= now || wish.to - wish.from > longest) {
      throw new CaretakerError({
        code: 'CLOUD_PLANNED_LENGTH',
        message: 'Planned work ends after it begins, in the future, and lasts at most 14 days.',
        next: 'Choose another end; announce longer work in parts.',
      });
    }
    if (!this.#exists(wish)) {
      throw new CaretakerError({
        code: 'CLOUD_PLANNED_SCOPE',
        message: `Nothing in the estate ${wish.estate} is what this work is about.`,
        next: 'Name an asset or gateway as a subject, a touchpoint, or a place, as /api/assets has them.',
      });
    }
  }

  #exists({ estate, scope }: PlannedWorkRequest): boolean {
    const { directory, overlay } = this.#parts;
    if (scope.type === 'subject' && !scope.subject.startsWith(`${estate}/`)) return false;
    const work = { estate, scope, from: 0, to: 0, cancelled: null };
    const assets = [...directory.assets].some(([subject, asset]) => isAbout(work, subject, asset));
    return assets || overlay.gatewaySubjects(estate).some((s) => isAbout(work, s, undefined));
  }
}
