export { farewell } from './farewell.ts';
export type { OutletCounts } from './outlet.ts';
export { type Outward, type OutwardConfig, startOutward } from './outward.ts';
export { outwardOf } from './settings.ts';
