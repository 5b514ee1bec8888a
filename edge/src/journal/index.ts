export { Journal } from './journal.ts';
export type { SegmentReader, Stretch } from './reader.ts';
export { longestWord } from './record.ts';
export type { Room } from './room.ts';
export type { Loss } from './state.ts';
export { removedBy, type Tombstone } from './tombstone.ts';
