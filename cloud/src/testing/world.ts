import { Directory } from '../estates/directory.ts';
import type { TicketWorld } from '../tickets/acts/world.ts';

/** A world of no estates, in which nothing is watched. */
export const unwatched: TicketWorld = { directory: new Directory([]), conditions: () => [] };
