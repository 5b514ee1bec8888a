import type { Clock, Text } from '@caretaker/readings/base';
import type { Standard } from '@caretaker/standards';
import {
  type Cover,
  endOf,
  type Hiding,
  hidingOf,
  isAbout,
  plannedCovers,
  underWay,
} from '@caretaker/standards/overlay';
import { type Directory, gatewaySubject } from '../estates/directory.ts';
import type { GatewayRegistry } from '../gateways/registry.ts';
import type { TicketOverlay } from '../tickets/hidden.ts';
import type { Plan } from './plans.ts';

export interface OverlayParts {
  readonly directory: Directory;
  readonly registry: GatewayRegistry;
  readonly clock: Clock;
  /** The one in force. */
  readonly standard: () => Standard;
}

/** A subject that planned work is about. */
export interface PlannedChange {
  readonly subject: string;
  /** When the work begins, UTC epoch milliseconds. */
  readonly since: number;
}

/** What lies over the conditions: which rules hide which others, and planned work. In memory, as the rows say. */
export class Overlay implements TicketOverlay {
  readonly #parts: OverlayParts;
  readonly #plans = new Map<number, Plan>();
  #hiding: {
    readonly of: Standard;
    readonly estates: Directory['estates'];
    readonly index: Hiding;
  } | null = null;

  constructor(parts: OverlayParts) {
    this.#parts = parts;
  }

  /** By the standard in force. */
  get hiding(): Hiding {
    const { directory, standard } = this.#parts;
    const of = standard();
    const { estates } = directory;
    if (this.#hiding?.of !== of || this.#hiding.estates !== estates) {
      this.#hiding = { of, estates, index: hidingOf(of, [...estates.values()]) };
    }
    return this.#hiding.index;
  }

  /** Takes in planned work as it is written now. */
  put(plans: readonly Plan[]): void {
    for (const plan of plans) this.#plans.set(plan.id, plan);
  }

  plansOf(subject: string): readonly Plan[] {
    const asset = this.#parts.directory.assets.get(subject);
    return [...this.#plans.values()].filter((plan) => isAbout(plan, subject, asset));
  }

  /** The planned work that shows on a subject now, by the cloud's clock; null when there is none. */
  shownOn(subject: string): Plan | null {
    const { clock, directory } = this.#parts;
    const now = clock.now();
    const active = [...this.#plans.values()].filter((p) => p.from <= now && now < endOf(p));
    if (active.length === 0) return null;
    const asset = directory.assets.get(subject);
    return underWay(
      active.filter((plan) => isAbout(plan, subject, asset)),
      now,
    );
  }

  plannedCovers = (subject: string): readonly Cover<Text>[] => {
    if (this.#plans.size === 0) return [];
    const plans = this.plansOf(subject);
    if (plans.length === 0) return [];
    return plannedCovers(plans, this.#knownTo(subject)).map(({ by, ...span }) => ({
      ...span,
      by: { en: `Planned work: ${by.reason}`, zh: `计划作业：${by.reason}` },
    }));
  };

  /** What a plan is about, gateways included. */
  subjectsOf(plan: Plan): readonly string[] {
    const { directory } = this.#parts;
    const assets = [...directory.assets].filter(([subject, asset]) =>
      isAbout(plan, subject, asset),
    );
    const gateways = this.gatewaySubjects(plan.estate);
    return [
      ...assets.map(([subject]) => subject),
      ...gateways.filter((subject) => isAbout(plan, subject, undefined)),
    ];
  }

  gatewaySubjects(estate: string): readonly string[] {
    const gateways = this.#parts.directory.gatewaysOf(estate);
    return gateways.map((gateway) => gatewaySubject(estate, gateway));
  }

  /** Subjects behind a gateway whose planned work is over since its event time moved from `before` to `now`. */
  overSince(gateway: string, before: number | null, now: number): readonly PlannedChange[] {
    const { assets } = this.#parts.directory;
    return this.#over(before ?? Number.NEGATIVE_INFINITY, now).flatMap((plan) =>
      this.subjectsOf(plan)
        .filter((subject) => assets.get(subject)?.gateway === gateway)
        .map((subject) => ({ subject, since: plan.from })),
    );
  }

  /** The same for gateways themselves, whose episodes the cloud's clock drives. */
  gatewaysOverSince(before: number, now: number): readonly (PlannedChange & { estate: string })[] {
    const { assets } = this.#parts.directory;
    return this.#over(before, now).flatMap((plan) =>
      this.subjectsOf(plan)
        .filter((subject) => !assets.has(subject))
        .map((subject) => ({ subject, since: plan.from, estate: plan.estate })),
    );
  }

  /** Assets on which planned work began or ended in (before, now] by the cloud's clock. */
  turned(before: number, now: number): readonly string[] {
    const passed = (at: number) => before < at && at <= now;
    const plans = [...this.#plans.values()].filter((p) => passed(p.from) || passed(endOf(p)));
    return [...new Set(plans.flatMap((plan) => this.subjectsOf(plan)))];
  }

  #over(before: number, now: number): readonly Plan[] {
    return [...this.#plans.values()].filter((plan) => {
      const end = endOf(plan);
      return before < end && end <= now;
    });
  }

  /** Event time that is complete for a subject. A gateway that is silent has none but the cloud's clock. */
  #knownTo(subject: string): number {
    const { directory, registry, clock } = this.#parts;
    const asset = directory.assets.get(subject);
    if (asset === undefined) return clock.now();
    return registry.completeTo(asset.gateway) ?? Number.NEGATIVE_INFINITY;
  }
}
