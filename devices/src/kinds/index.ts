export type { Kind, Metric } from './kind.ts';
