export type { CompleteTo, Frame } from './frame.ts';
