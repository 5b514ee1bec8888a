export type { Asset, Estate, FieldMapping, Mapping, Point } from './estate.ts';
