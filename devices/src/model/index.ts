export { type Bundle, type BundleCredential, readBundle } from './bundle.ts';
export { type EstateEdit, editEstate } from './edit.ts';
export type { Asset, Estate, FieldMapping, Mapping, Point } from './estate.ts';
export { loadEstate } from './load.ts';
export { describeSeries } from './series.ts';
export { readEstateValue } from './stored.ts';
