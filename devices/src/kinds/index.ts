export { kinds } from './catalogue.ts';
export type { Kind, Metric } from './kind.ts';
