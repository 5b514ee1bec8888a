export type { Asset, Estate, FieldMapping, Mapping, Point } from './estate.ts';
export { loadEstate } from './load.ts';
export { describeSeries } from './series.ts';
