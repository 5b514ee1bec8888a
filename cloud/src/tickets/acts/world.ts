import type { Text } from '@caretaker/readings/base';
import type { Condition } from '@caretaker/standards/engine';
import type { Tx } from '../../db/database.ts';
import type { Directory } from '../../estates/directory.ts';
import type { TicketRow } from '../rows.ts';
import type { Watch } from './act.ts';

/** What the rules of tickets know of the estates. */
export interface TicketWorld {
  readonly directory: Directory;
  /** What the engine last said of a subject. */
  readonly conditions: (estate: string, subject: string) => readonly Condition[];
  /** Who can say whether a ticket's own fault is gone; by the conditions of its item where nobody knows better. */
  readonly watch?: (tx: Tx, row: TicketRow) => Promise<Watch>;
}

const ofPlace = 'place:';

/** Names a place as the subject of a ticket or of a code. */
export function placeSubject(estate: string, place: string): string {
  return `${estate}/${ofPlace}${place}`;
}

/** What comes after the estate in a subject. */
function restOf(subject: string): string {
  const slash = subject.indexOf('/');
  return slash < 0 ? '' : subject.slice(slash + 1);
}

/** The place that a subject is; null for one that is a thing. */
export function placeIn(subject: string): string | null {
  const rest = restOf(subject);
  return rest.startsWith(ofPlace) ? rest.slice(ofPlace.length) : null;
}

/** A place as the estate names it in both languages; as it was given where the estate does not know it. */
function placeNamed({ directory }: TicketWorld, estate: string, place: string): Text {
  const assets = directory.estates.get(estate)?.assets ?? [];
  const known = assets.find((asset) => asset.place.en === place || asset.place.zh === place);
  return known?.place ?? { en: place, zh: place };
}

/** Where a subject is; null when the estate does not say. */
export function placeOf(world: TicketWorld, subject: string): Text | null {
  const [estate = ''] = subject.split('/', 1);
  const place = placeIn(subject);
  if (place !== null) return placeNamed(world, estate, place);
  return world.directory.assets.get(subject)?.place ?? null;
}

/** What people call a subject. */
export function nameOf(world: TicketWorld, subject: string): { name: Text; demo: boolean } {
  const [estate = ''] = subject.split('/', 1);
  const place = placeIn(subject);
  const { directory } = world;
  const declared = directory.estates.get(estate);
  const demo = declared?.demo ?? false;
  if (place !== null) return { name: placeNamed(world, estate, place), demo };
  if (restOf(subject) === '') return { name: declared?.name ?? { en: subject, zh: subject }, demo };
  return directory.nameOf(subject);
}

/**
 * Who can say whether what a ticket is about is well: the rules that found it, if anything is heard of them. A sensor
 * that never said that something was wrong cannot prove that it is mended.
 */
export function watchOf(
  world: TicketWorld,
  { estate, subject }: Pick<TicketRow, 'estate' | 'subject'>,
  rules: readonly string[],
): Watch {
  if (rules.length === 0) return 'none';
  // Gateways are watched by the cloud itself.
  if (restOf(subject).startsWith('gateway:')) return 'watched';
  const conditions = world.conditions(estate, subject).filter((one) => rules.includes(one.rule));
  return conditions.every(({ verdict }) => verdict === 'unknown') ? 'silent' : 'watched';
}
