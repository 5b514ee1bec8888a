export { type BootTime, bootInstant, bootTimeOf, mostBoots } from './boot-time.ts';
export { writeAtomically } from './files.ts';
export { Journal } from './journal.ts';
export type { SegmentReader, Stretch } from './reader.ts';
export { longestWord } from './record.ts';
export type { Room } from './room.ts';
export { bootId, type Loss } from './state.ts';
export { removedBy, type Tombstone } from './tombstone.ts';
