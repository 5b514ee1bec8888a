import type { Asset } from '@caretaker/devices/model';
import type { Cover } from './cover.ts';

/** What planned work is about: a subject, or every asset of a touchpoint or place of the estate. */
export type PlannedScope =
  | { readonly type: 'subject'; readonly subject: string }
  | { readonly type: 'touchpoint'; readonly touchpoint: string }
  /** By its name, in either language. */
  | { readonly type: 'place'; readonly place: string };

/** Work announced beforehand. An overlay: readings are judged as ever, and nothing of it is stored with them. */
export interface PlannedWork {
  readonly estate: string;
  readonly scope: PlannedScope;
  /** [from, to), UTC epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  /** When it was called off, or ended early; null: it lasts until `to`. */
  readonly cancelled: number | null;
}

/** When it was really over. */
export function endOf({ to, cancelled }: Pick<PlannedWork, 'to' | 'cancelled'>): number {
  return cancelled === null ? to : Math.min(to, cancelled);
}

/**
 * Whether planned work is about a subject.
 * @param asset the asset that the subject is; undefined for a gateway
 */
export function isAbout(work: PlannedWork, subject: string, asset: Asset | undefined): boolean {
  const { scope, estate } = work;
  if (scope.type === 'subject') return scope.subject === subject;
  if (asset === undefined || asset.estate !== estate) return false;
  if (scope.type === 'touchpoint') return asset.touchpoint === scope.touchpoint;
  return asset.place.en === scope.place || asset.place.zh === scope.place;
}

/**
 * The stretches in which planned work hides what it is about. Its end counts when event time has passed it: until
 * then it goes on, whatever a clock says, since nobody knows yet what stands after it.
 * @param works those about the subject
 * @param now event time that is complete for the subject, UTC epoch milliseconds
 */
export function plannedCovers<W extends PlannedWork>(works: readonly W[], now: number): Cover<W>[] {
  return works.flatMap((by) => {
    const end = endOf(by);
    if (end <= by.from) return [];
    return [{ from: by.from, to: end <= now ? end : Number.POSITIVE_INFINITY, by }];
  });
}

/** The planned work under way at `at` that lasts longest; null when there is none. */
export function underWay<W extends PlannedWork>(works: readonly W[], at: number): W | null {
  return works
    .filter((work) => work.from <= at && at < endOf(work))
    .reduce<W | null>((last, w) => (last === null || endOf(w) > endOf(last) ? w : last), null);
}

/**
 * From when on an outage counts as one: what begins within planned work belongs to the work until that is over.
 * An outage that was there before the work is none of its doing and counts throughout.
 * @param works stretches [from, to) in which work was really planned
 */
export function countsFrom(
  onset: number,
  works: readonly { readonly from: number; readonly to: number }[],
): number {
  let from = onset;
  for (const work of works.toSorted((a, b) => a.from - b.from)) {
    if (work.from <= from && from < work.to) from = work.to;
  }
  return from;
}
