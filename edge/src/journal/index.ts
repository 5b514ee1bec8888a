export { Journal, type JournalOptions } from './journal.ts';
export type { Loss } from './state.ts';
